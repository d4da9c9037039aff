"""docs/design.md and its picture against the repository."""

import ast
import importlib.util
import pathlib
import re

from PIL import Image

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
DOCUMENT = (REPOSITORY / "docs" / "design.md").read_text(encoding="utf-8")


def ways():
    """The script that draws the picture, as a module."""
    path = REPOSITORY / "docs" / "draw_ways.py"
    spec = importlib.util.spec_from_file_location("draw_ways", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def found(name: str) -> pathlib.Path | None:
    """The file of that name, from the repository root or below the package."""
    places = (REPOSITORY / base / name for base in ("", "enas_tf"))
    return next((path for path in places if path.is_file()), None)


def test_the_rooms_listed_are_those_that_are_there():
    listed = re.findall(r"^\| `([a-z]+)/` \|", DOCUMENT, flags=re.MULTILINE)
    package = REPOSITORY / "enas_tf"
    there = {f.name for f in package.iterdir() if any(f.glob("*.py"))}
    assert sorted(listed) == sorted(there)


def test_it_is_short_enough_to_be_a_way_in():
    assert len(DOCUMENT.splitlines()) <= 250


def test_every_stop_of_the_picture_is_in_the_file_that_it_names():
    stops = [stop for way in ways().WAYS for stop in way.stops]
    missing = []
    for stop in stops:
        path = found(stop.file)
        tree = ast.parse(path.read_text(encoding="utf-8") if path else "")
        if stop.name not in {getattr(node, "name", "") for node in tree.body}:
            missing.append(f"{stop.file}: {stop.name}")
    assert len(stops) == 30
    assert missing == []


def test_the_picture_is_the_one_that_the_script_draws_now():
    script = ways()
    with Image.open(script.PICTURE) as picture:
        assert picture.text[script.TEXT] == script.in_words()
