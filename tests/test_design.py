"""docs/design.md against the repository."""

import pathlib
import re

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
DOCUMENT = (REPOSITORY / "docs" / "design.md").read_text(encoding="utf-8")


def test_the_rooms_listed_are_those_that_are_there():
    listed = re.findall(r"^\| `([a-z]+)/` \|", DOCUMENT, flags=re.MULTILINE)
    package = REPOSITORY / "enas_tf"
    there = {f.name for f in package.iterdir() if any(f.glob("*.py"))}
    assert sorted(listed) == sorted(there)


def test_every_file_that_is_named_is_there():
    named = set(re.findall(r"`([a-z_/]+/[a-z_]+\.py)`", DOCUMENT))
    assert named
    missing = {
        name
        for name in named - {"children/x.py", "spaces/x.py"}  # to be written
        if not any((REPOSITORY / base / name).is_file() for base in ("", "enas_tf"))
    }
    assert missing == set()
