"""docs/design.md against the repository."""

import pathlib

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
DOCUMENT = (REPOSITORY / "docs" / "design.md").read_text(encoding="utf-8")


def test_the_tree_lists_every_module_and_none_that_is_not_there():
    tree = DOCUMENT.split("```")[1]
    words = tree.replace(",", " ").split()
    listed = {word for word in words if word.endswith(".py")}
    files = [*REPOSITORY.glob("enas_tf/**/*.py"), *REPOSITORY.glob("bin/*.py")]
    there = {file.name for file in files}
    assert {name.rpartition("/")[2] for name in listed} == there
