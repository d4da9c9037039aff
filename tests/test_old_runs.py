"""Run folders of earlier versions are read, and their runs go on to the same bits.

tests/data_files/README.md says what is in them and how they were made.
"""

import functools
import json
import lzma
import pathlib
import shutil
import tarfile

import keras
import make_old_runs
import numpy as np
import pytest
import runs
from PIL import Image

from enas_tf.config.sections import ConfigError
from enas_tf.export import predict_images as predict
from enas_tf.export import predict_text
from enas_tf.run import settings as run_settings

FILES = pathlib.Path(__file__).parent / "data_files"
VERSIONS = sorted(path.name[5:-7] for path in FILES.glob("runs_*.tar.xz"))
SPACES = sorted(make_old_runs.SPACES)
# What is said of runs that go on, and may end or do end otherwise than they would have.
ROUNDING, EOS = "the rnn cell rounds in another order", "an <eos> at the end of a line"
NOTES = {
    ("0.1.0", "rnn", "search"): f"{ROUNDING}, {EOS}",
    ("0.1.0", "rnn", "train"): EOS,
    ("0.2.0", "rnn", "search"): ROUNDING,
    ("0.3.0", "rnn", "search"): ROUNDING,
}
# What the first tests of a run of CI look at; the others take minutes.
QUICK = {("0.1.0", "macro"), ("0.2.0", "rnn"), ("0.3.0", "micro")}
every = pytest.mark.parametrize(
    ("version", "space"),
    [
        pytest.param(v, s, marks=() if (v, s) in QUICK else pytest.mark.slow)
        for v in VERSIONS
        for s in SPACES
    ],
)


@functools.cache
def record(version):
    """What the maker wrote down."""
    with lzma.open(FILES / f"runs_{version}.tar.xz") as file:
        with tarfile.open(fileobj=file) as archive:
            return json.load(archive.extractfile(make_old_runs.RECORD))


@pytest.fixture
def unpacked(tmp_path, monkeypatch):
    """A function: a version -> its files lie in the current folder."""
    monkeypatch.chdir(tmp_path)

    def unpack(version):
        with tarfile.open(FILES / f"runs_{version}.tar.xz") as archive:
            archive.extractall(tmp_path, filter="data")
        return tmp_path

    return unpack


def look(space, mode, **given):
    """What `bin/main.py --mode=MODE --output_dir=FOLDER` does."""
    values = dict(mode=mode, output_dir=f"{space}_all", **given)
    runs.run_exactly(values, seen=True)


def facts(folder, stage):
    """What run.json says of a stage, its durations left out."""
    found = json.loads((pathlib.Path(folder) / "run.json").read_text())
    return {k: v for k, v in found["stages"][stage].items() if k != "seconds"}


def forget(folder, stage):
    """Takes out of run.json what it says of a stage."""
    path = pathlib.Path(folder) / "run.json"
    run = json.loads(path.read_text())
    del run["stages"][stage]
    path.write_text(json.dumps(run))


def is_like_then(version):
    """Whether this machine computes as that on which the old runs were made."""
    here, then = make_old_runs.machine(), record(version)["made_with"]
    return all(here[name] == then[name] for name in here)


def given_of(version, space, stage):
    """The flags of the old command, and those that it needs today."""
    arc = pathlib.Path(f"{space}_all/arcs/best.txt").read_text().strip()
    values = make_old_runs.of_stage(space, stage, arc)
    if version == "0.1.0" and "seed" in values:
        values["split_seed"] = values["seed"]
    return values


@every
def test_evaluate_finds_what_was_found_then(version, space, unpacked):
    unpacked(version)
    then = facts(f"{space}_all", "train")
    look(space, "evaluate", evaluate_again=True)
    now = facts(f"{space}_all", "evaluate")
    name = "test_perplexity" if space == "rnn" else "test_accuracy"
    assert now[name] == pytest.approx(then[name], rel=1e-5)


def answers(space, folder):
    """(words, numbers): what the export says of inputs that are made in `folder`."""
    folder.mkdir(exist_ok=True)
    if space == "rnn":
        (folder / "a.txt").write_text("the cat sat on\non a mat\n")
        (found,) = predict_text.predict(pathlib.Path(f"{space}_all/final"), folder)
        return [found.num_words], [found.log_probability]
    for number in range(4):
        image = np.random.default_rng(number).integers(0, 256, (8, 8), np.uint8)
        Image.fromarray(image).save(folder / f"{number}.png")
    found = predict.predict(pathlib.Path(f"{space}_all/final"), folder)
    assert all(one.label in "0123456789" for one in found)
    return [one.label for one in found], [one.probability for one in found]


@every
def test_an_old_export_answers_and_is_written_anew(version, space, unpacked, tmp_path):
    unpacked(version)
    words, numbers = answers(space, tmp_path / "asked")
    keras_file = pathlib.Path(f"{space}_all/final/model.keras")
    keras.models.load_model(keras_file, compile=False)
    old = keras_file.read_bytes()
    look(space, "export")
    assert keras_file.read_bytes() != old
    again = answers(space, tmp_path / "asked")
    assert again == (words, pytest.approx(numbers, rel=1e-4))


def drawn(folder):
    """(source, arc) of all arcs that deriving drew."""
    rows = (pathlib.Path(folder) / "arcs/derived.jsonl").read_text().splitlines()
    return sorted((row["source"], row["arc"]) for row in map(json.loads, rows))


@every
def test_derive_draws_the_arcs_of_then_and_finds_the_same(version, space, unpacked):
    unpacked(version)
    if space == "micro":
        pytest.skip("its search is not kept; that which goes on is derived from")
    folder = f"{space}_all"
    arcs, then = drawn(folder), facts(folder, "derive")
    forget(folder, "derive")
    look(space, "derive")
    assert drawn(folder) == arcs
    if version == "0.1.0":
        return  # its figures were of other images (D29, D31)
    now = facts(folder, "derive")
    # More is told today; what was told then is the same.
    assert now.keys() >= then.keys()
    for name, value in then.items():
        if isinstance(value, float):
            value = pytest.approx(value, rel=1e-5)
        assert now[name] == value, name


def test_an_old_search_with_a_seed_is_told_how_to_go_on(unpacked):
    """Its --seed decided the split, which is now another flag."""
    unpacked("0.1.0")
    values = given_of("0.1.0", "macro", "search")
    del values["split_seed"]
    with pytest.raises(ConfigError, match="Give --split_seed=3 again"):
        runs.run_exactly(values)


@every
@pytest.mark.parametrize("stage", make_old_runs.LAST_STEP)
def test_a_run_that_was_killed_then_ends_with_the_bits_of_then(
    version, space, stage, unpacked, caplog
):
    unpacked(version)
    values = given_of(version, space, stage)
    folder = pathlib.Path(values["output_dir"])
    runs.run_exactly(values)
    found = make_old_runs.digests(folder, stage)
    note = NOTES.get((version, space, stage), "")
    assert (
        f"this {run_settings.NOUNS[stage]}, and since then {note}" in caplog.text
    ) == (note != "")
    if not is_like_then(version):
        pytest.skip("went on; the bits are those of another kind of machine")
    then = record(version)["ends"][folder.name]
    differing = [name for name in then if found.get(name) != then[name]]
    assert bool(differing) == (ROUNDING in note), differing


def test_nothing_in_them_names_a_place_of_the_machine_that_made_them(unpacked):
    for version in VERSIONS:
        folder = unpacked(version)
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix in (".json", ".jsonl", ".txt", ""):
                content = path.read_bytes()
                assert b"/tmp" not in content and b"/home" not in content, path
        shutil.rmtree(folder)
        folder.mkdir()
