"""docs/design.md, "How to add": a data source and an exporter, added as it says."""

import pathlib
import shutil
import subprocess
import sys

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]

STRIPES = '''"""Bars that lie or stand."""

import numpy as np

from enas_tf.data.images import splits
from enas_tf.data.images.image_data import ImageData, Split


def load(*, seed):
    """20 images of 8 x 8."""
    labels = np.arange(20, dtype=np.int32) % 2
    images = np.zeros((20, 8, 8, 1), np.uint8)
    images[labels == 0, ::2] = 255
    images[labels == 1, :, ::2] = 255
    parts = splits.arrange(dict(train=Split(images, labels)), name="stripes", seed=seed)
    return ImageData("stripes", *parts[:3], class_names=("lies", "stands"))
'''
STRIPES_BRANCH = """    if config.dataset == "stripes":
        from enas_tf.data.images import stripes

        return stripes.load(seed=config.split_seed)
"""
COUNTING = '''"""A text that counts."""


def lines():
    """Its lines by the split."""
    words = "one two three four".split()
    return {split: [" ".join(words)] * 5 for split in ("train", "valid", "test")}
'''
COUNTING_BRANCH = """    if dataset == "counting":
        return encoded(dataset, counting.lines(), vocab_size=vocab_size)
"""
READ_THEM = """
import sys

from enas_tf.command import places
from enas_tf.config import sections
from enas_tf.data.images import load as images
from enas_tf.data.text import load as texts

for space, name in (("macro", "stripes"), ("rnn", "counting")):
    config = sections.Config(
        run=sections.RunConfig(search_for=space), data=sections.DataConfig(dataset=name)
    )
    places.check_data(config)
data = images.load(sections.DataConfig(dataset="stripes"))
print(len(data.train.labels), len(data.valid.labels), len(data.test.labels))
print(*data.class_names, *data.image_shape)
text = texts.load("counting")
print(*sorted(text.vocabulary), len(text.train))
print("tensorflow" in sys.modules)
"""

WEIGHTS = '''"""The weights alone, for NumPy."""

import keras
import numpy as np

FILE = "weights.npz"


def write(model, folder):
    """Writes FILE, with the weights in their order."""
    np.savez(folder / FILE, *model.get_weights())


def answer(model, folder, images):
    """The answers of a network of this shape that has the weights of FILE."""
    with np.load(folder / FILE) as arrays:
        again = keras.models.clone_model(model)
        again.set_weights([arrays[name] for name in arrays.files])
    return again(images, training=False)
'''
EXPORT_IT = """
import pathlib
import sys

import keras
import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.export import images as export
from enas_tf.run import layout

run = pathlib.Path(sys.argv[1])
images = keras.Input([4, 4, 1])
final = keras.Model(images, keras.layers.Dense(2)(keras.layers.Flatten()(images)))
model = export.deployable(final, mean=np.ones(1), std=np.ones(1), name="small")
sample = np.arange(48, dtype=np.uint8).reshape(3, 4, 4, 1)
export.export(model, run / "final", class_names=["a", "b"], sample=sample)
print(*sorted(path.name for path in (run / "final").iterdir()))
sums = (run / "final" / "SHA256SUMS").read_text()
print(sums.count("weights.npz"))
print(any(pathlib.PurePath("final/weights.npz").match(name) for name in layout.FILES))

from enas_tf.export import weights

whole = weights.answer
weights.answer = lambda *given: 0.5 + whole(*given)
try:
    export.export(model, run / "final", class_names=["a", "b"], sample=sample)
except RuntimeError as error:
    print(error)
"""


@pytest.fixture
def clone(tmp_path):
    """A copy of the sources, to be added to."""
    shutil.copytree(REPOSITORY / "enas_tf", tmp_path / "clone" / "enas_tf")
    return tmp_path / "clone"


def put(clone, file, before, lines):
    """Writes `lines` into a file of the copy, before the one place of `before`."""
    path = clone / "enas_tf" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, (file, before)
    path.write_text(text.replace(before, lines + before), encoding="utf-8")


def new(clone, file, text):
    (clone / "enas_tf" / file).write_text(text, encoding="utf-8")


def run(clone, script, *words):
    """What the script prints, run with the copy's sources."""
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=clone,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_source_of_images_and_one_of_texts_are_read_by_their_names(clone):
    new(clone, "data/images/stripes.py", STRIPES)
    put(
        clone,
        "data/images/load.py",
        '    if config.dataset == "digits":\n',
        STRIPES_BRANCH,
    )
    new(clone, "data/text/counting.py", COUNTING)
    put(clone, "data/text/load.py", '"python_docs")\n', '"counting", ')
    put(clone, "data/text/load.py", "ptb, python_docs, vocabulary\n", "counting, ")
    put(clone, "data/text/load.py", '    if dataset == "ptb":\n', COUNTING_BRANCH)
    assert run(clone, READ_THEM) == [
        "12 4 4",
        "lies stands 8 8 1",
        "<eos> four one three two 25",
        "False",
    ]


def test_an_exporter_writes_its_file_and_is_held_against_the_model(clone, tmp_path):
    new(clone, "export/weights.py", WEIGHTS)
    file = "export/images.py"
    put(clone, file, "import keras\n", "from enas_tf.export import weights\n")
    put(
        clone,
        file,
        "        served = Served(self.model)\n",
        "        weights.write(self.model, folder)\n",
    )
    put(
        clone,
        file,
        "        return [float(np.max(np.abs(answer - expected)))",
        "        answers.append(weights.answer(self.model, folder, self.sample))\n",
    )
    put(
        clone,
        "run/layout.py",
        '    f"{FINAL}/{SUMS}",\n',
        '    "final/weights.npz",\n',
    )
    listed, sums, known, refused = run(clone, EXPORT_IT, str(tmp_path / "run"))
    assert listed.split() == [
        "SHA256SUMS",
        "classes.txt",
        "model.keras",
        "saved_model",
        "weights.npz",
    ]
    assert (sums, known) == ("1", "True")
    assert refused.startswith("the exported model's answers differ by 0.5 from")
