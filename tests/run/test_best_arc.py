"""Which arc a search derived: run.json says it, arcs/best.* follow."""

import json

import pytest

from enas_tf.command import request
from enas_tf.config.sections import ConfigError
from enas_tf.run.folder import RunFolder
from enas_tf.spaces import macro

SPACE = macro.MacroSpace(2)
ARC, OTHER = "0 1 0", "3 2 1"
BEST = SPACE.to_json(SPACE.parse(ARC)) + "\n"


@pytest.fixture
def derived(tmp_path, monkeypatch):
    """The folder of a search that derived `ARC`."""
    monkeypatch.chdir(tmp_path)
    folder = RunFolder.claim("run", reset=False)
    folder.record("derive", arc=ARC)
    folder.release()
    folder.arcs.mkdir()
    (folder.arcs / "best.json").write_text(BEST)
    (folder.arcs / "best.txt").write_text(ARC + "\n")
    return folder


def train(**given):
    """The arc that --mode=train takes."""
    asked = request.build(dict(mode="train", output_dir="run", **given), None, ["m"])
    asked.folder.release()
    return asked.arc


WRONG = {
    None: "missing",
    "": "damaged",
    BEST[:40]: "damaged",
    "\xff\x00": "damaged",
    "{}": "damaged",
    SPACE.to_json(SPACE.parse(OTHER)): "of another arc",
}


def test_what_is_whole_stays_and_nothing_is_told(derived, caplog):
    times = [(derived.arcs / n).stat().st_mtime_ns for n in ("best.json", "best.txt")]
    assert train() == ARC
    assert caplog.messages == []
    assert times == [
        (derived.arcs / n).stat().st_mtime_ns for n in ("best.json", "best.txt")
    ]


@pytest.mark.parametrize(("content", "kind"), WRONG.items(), ids=WRONG.values())
def test_run_jsons_arc_is_trained_and_the_file_mended(content, kind, derived, caplog):
    path = derived.arcs / "best.json"
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="latin-1")
    assert train() == ARC
    assert caplog.messages == [f"arcs/best.json was {kind}; mended from run.json."]
    assert path.read_text() == BEST


def test_the_text_is_mended_as_well(derived, caplog):
    (derived.arcs / "best.txt").write_text("0 1 1\n")
    assert train() == ARC
    told = ["arcs/best.txt was of another arc; mended from run.json."]
    assert caplog.messages == told
    assert (derived.arcs / "best.txt").read_text() == "0 1 0\n"


def test_another_arc_is_had_by_its_flag_and_changes_no_file(derived, caplog):
    (derived.arcs / "best.json").write_text("{}")
    assert train(child_fixed_arc=OTHER) == OTHER
    assert caplog.messages == []
    assert (derived.arcs / "best.json").read_text() == "{}"


def forget(folder):
    """What an earlier version did not know, or what is lost."""
    run = json.loads((folder.path / "run.json").read_text())
    run = dict(program=run["program"], stages={"derive": {"arc": None}})
    (folder.path / "run.json").write_text(json.dumps(run))
    (folder.path / "run.copy.json").unlink()


def test_where_run_json_does_not_know_it_the_file_counts(derived, caplog):
    forget(derived)
    (derived.arcs / "best.json").write_text(SPACE.to_json(SPACE.parse(OTHER)))
    assert train() == OTHER
    assert caplog.messages == []


def test_and_is_refused_if_it_cannot_be_read(derived):
    forget(derived)
    (derived.arcs / "best.json").write_text(BEST[:40])
    with pytest.raises(ConfigError, match=r"in run/arcs/best\.json") as caught:
        train()
    assert "\n" not in str(caught.value)
