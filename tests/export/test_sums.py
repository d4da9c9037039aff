"""An export that is not what was written is refused; its sums are sha256sum's."""

import hashlib
import json
import shutil
import subprocess
import zipfile

import pytest

from enas_tf.config.sections import ConfigError
from enas_tf.export import sums as export_sums

WEIGHTS = bytes(range(256)) * 20


@pytest.fixture
def final(tmp_path):
    """The folder of an export, with a `model.keras` as Keras writes it: not packed."""
    folder = tmp_path / "run" / "final"
    (folder / "saved_model" / "variables").mkdir(parents=True)
    (folder / "saved_model" / "saved_model.pb").write_bytes(b"graph")
    (folder / "saved_model" / "variables" / "variables.index").write_bytes(b"index")
    (folder / "classes.txt").write_text("cat\ndog\n")
    with zipfile.ZipFile(folder / "model.keras", "w") as archive:
        archive.writestr("model.weights.h5", WEIGHTS)
        archive.writestr("classes.json", json.dumps(["cat", "dog"]))
    return folder


@pytest.fixture
def sealed(final):
    export_sums.write(final)
    export_sums.refuse_damaged(final)
    return final


def refusal(final):
    with pytest.raises(ConfigError) as caught:
        export_sums.refuse_damaged(final)
    line = str(caught.value)
    assert "\n" not in line
    assert line.endswith(
        f"Write the model anew with --mode=export and --output_dir={final.parent}."
    )
    return line


def flip(path, place, bit=0):
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    path.write_bytes(content)


def test_the_sums_are_those_of_sha256sum(sealed):
    lines = (sealed / "SHA256SUMS").read_text().splitlines()
    assert [line[66:] for line in lines] == [
        "classes.txt",
        "model.keras",
        "saved_model/saved_model.pb",
        "saved_model/variables/variables.index",
    ]
    assert lines[2][:64] == hashlib.sha256(b"graph").hexdigest()
    if program := shutil.which("sha256sum"):
        subprocess.run([program, "-c", "--quiet", "SHA256SUMS"], cwd=sealed, check=True)


@pytest.mark.parametrize(
    "name", ["classes.txt", "model.keras", "saved_model/saved_model.pb"]
)
def test_one_bit_of_any_file_is_noticed(name, sealed):
    flip(sealed / name, 2, 5)
    assert f"{name} is not as SHA256SUMS has it" in refusal(sealed)


def test_a_missing_file_is_noticed(sealed):
    (sealed / "saved_model" / "variables" / "variables.index").unlink()
    assert "variables.index is not as SHA256SUMS has it" in refusal(sealed)


def test_one_bit_of_the_sums_is_noticed(sealed):
    path = sealed / "SHA256SUMS"
    content = path.read_bytes()
    for place in range(len(content)):
        flip(path, place)
        assert "SHA256SUMS" in refusal(sealed)
        path.write_bytes(content)


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_sums_of_some_files_only_are_damage(kept, sealed):
    lines = (sealed / "SHA256SUMS").read_text().splitlines(keepends=True)
    (sealed / "SHA256SUMS").write_text("".join(lines[:kept]))
    assert "SHA256SUMS is damaged" in refusal(sealed)


def test_a_file_of_another_format_is_asked_by_its_sum_alone(final):
    (final / "model.onnx").write_bytes(b"an engine's")
    export_sums.write(final)
    export_sums.refuse_damaged(final, "model.onnx")
    flip(final / "model.onnx", 4)
    assert "model.onnx is not as SHA256SUMS has it" in refusal(final)
    flip(final / "model.onnx", 4)
    lines = (final / "SHA256SUMS").read_text().splitlines(keepends=True)
    others = "".join(line for line in lines if "onnx" not in line)
    (final / "SHA256SUMS").write_text(others)
    export_sums.refuse_damaged(final)
    with pytest.raises(ConfigError, match="SHA256SUMS is damaged"):
        export_sums.refuse_damaged(final, "model.onnx")
    (final / "SHA256SUMS").unlink()
    with pytest.raises(ConfigError, match="not there, which has the sum of model.onnx"):
        export_sums.refuse_damaged(final, "model.onnx")


def test_what_a_user_puts_beside_it_is_let_be(sealed):
    (sealed / "notes.txt").write_text("mine")
    extra = sealed / "saved_model" / "assets.extra"
    extra.mkdir()
    (extra / "tf_serving_warmup_requests").write_text("mine")
    export_sums.refuse_damaged(sealed)


def test_one_flipped_bit_of_an_older_models_weights_is_noticed(final):
    export_sums.refuse_damaged(final)
    path = final / "model.keras"
    start = path.read_bytes().index(WEIGHTS)
    for place in (start, start + 2600, start + len(WEIGHTS) - 1):
        flip(path, place, 3)
        assert "model.keras is damaged" in refusal(final)
        flip(path, place, 3)


def test_no_bit_of_an_older_model_is_a_traceback(final):
    path = final / "model.keras"
    content = path.read_bytes()
    places = [*range(60), *range(len(content) - 250, len(content))]
    for place in places:
        flip(path, place, place % 8)
        try:
            export_sums.refuse_damaged(final)  # a time of day may be another
        except ConfigError as error:
            assert "--mode=export" in str(error)
        path.write_bytes(content)


@pytest.mark.parametrize("content", [b"", b"PK", b"\xff\x00" * 99])
def test_an_older_model_that_is_none_is_refused(content, final):
    (final / "model.keras").write_bytes(content)
    assert "model.keras is damaged" in refusal(final)


def test_names_beside_an_older_model_that_are_not_those_inside_are_refused(final):
    (final / "classes.txt").write_text("cat\ndof\n")
    assert "classes.txt has other names than model.keras" in refusal(final)


def test_an_export_that_was_being_replaced_is_looked_at_where_it_is(sealed):
    old = sealed.rename(sealed.with_name(".final.old"))
    export_sums.refuse_damaged(sealed)
    flip(old / "model.keras", 50)
    assert "model.keras is not as" in refusal(sealed)
