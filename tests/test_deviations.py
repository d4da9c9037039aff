"""docs/deviations.md against the comments that mark each deviation in the code."""

import functools
import pathlib
import re

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
DOCUMENT = (REPOSITORY / "docs" / "deviations.md").read_text(encoding="utf-8")
PARTS = ("What", "Why", "Effect", "Where", "Checked")

HEADING = re.compile(r"^### ([DK]\d+)\. .+$", re.MULTILINE)
TAG = re.compile(r"Deviation ([DK]\d+)\b")
TEST_FILE = re.compile(r"`(tests/[\w/]+\.py)`")
TEST = re.compile(r"`(test_\w+)`")


@functools.cache
def entries() -> dict[str, str]:
    """{number: text} of the document."""
    pieces = HEADING.split(DOCUMENT)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


@functools.cache
def tags() -> dict[str, set[str]]:
    """{number: files that bear it} of the code."""
    found: dict[str, set[str]] = {}
    for file in REPOSITORY.glob("enas_tf/**/*.py"):
        for number in TAG.findall(file.read_text(encoding="utf-8")):
            name = file.relative_to(REPOSITORY).as_posix()
            found.setdefault(number, set()).add(name)
    return found


every_entry = pytest.mark.parametrize("number", entries())


def part(number: str, name: str) -> str:
    return re.split(r"^- (\w+): ", entries()[number], flags=re.MULTILINE)[
        2 * PARTS.index(name) + 2
    ]


def test_every_comment_has_an_entry_and_every_entry_a_comment():
    assert set(tags()) == set(entries())


@pytest.mark.parametrize("kind", "DK")
def test_entries_are_numbered_from_1_without_gaps(kind):
    numbers = [int(n[1:]) for n in HEADING.findall(DOCUMENT) if n[0] == kind]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


@every_entry
def test_an_entry_says_what_why_to_what_effect_where_and_how_it_is_checked(number):
    names = re.findall(r"^- (\w+): ", entries()[number], re.MULTILINE)
    assert tuple(names) == PARTS


@every_entry
def test_an_entry_names_each_file_that_bears_its_comment(number):
    named = set(re.findall(r"`(enas_tf/[\w/]+\.py)`", part(number, "Where")))
    assert tags()[number] <= named
    assert all((REPOSITORY / name).is_file() for name in named)


@every_entry
def test_the_tests_that_an_entry_names_exist(number):
    checked = part(number, "Checked")
    files, tests = TEST_FILE.findall(checked), TEST.findall(checked)
    sources = [(REPOSITORY / file).read_text(encoding="utf-8") for file in files]
    missing = [t for t in tests if not any(f"def {t}(" in s for s in sources)]
    assert not missing
    assert tests or "no test" in checked
