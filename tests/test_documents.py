"""README.md, BUILD.md and docs/ against the repository: files, flags, places, tests."""

import functools
import pathlib
import re

import pytest
from absl import flags as absl_flags

from enas_tf.command import flags

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
DOCUMENTS = {
    path.name: path.read_text(encoding="utf-8")
    for path in (
        REPOSITORY / "README.md",
        REPOSITORY / "BUILD.md",
        *sorted((REPOSITORY / "docs").glob("*.md")),
    )
}
ENDINGS = ("py", "md", "json", "jsonl", "txt", "png", "keras", "tflite", "onnx", "pb")
# Of git, pytest, ruff, TensorBoard, tests/campaign.py, bin/benchmark.py.
FLAGS_OF_OTHERS = {"--logdir", "--check", "--help", "--helpfull", "--version", "--what"}
# Of tests/from_scratch.py, tests/rank.py and tests/pool_kernels.py.
FLAGS_OF_OTHERS |= {"--seeds", "--steps", "--split", "--examples", "--count"}
FLAGS_OF_OTHERS |= {
    "--detach",
    "--json",
    "--space",
    "--twins",
    "--kills",
    "--load",
    "--one_dnn",
}
FLAGS_OF_OTHERS |= {
    "--gpu_minutes",
    "--gpu_parts",
    "--learning_children",
    "--learning_dir",
    "--learning_parts",
    "--learning_rewards",
    "--learning_seeds",
    "--learning_table_seeds",
}
# Of SLURM; --cpus-per-task.
FLAGS_OF_OTHERS |= {"--array", "--cpus", "--dependency", "--parsable", "--requeue"}
FLAGS_OF_OTHERS |= {"--signal", "--time", "--ntasks", "--overlap"}
# Of Ray; --num-cpus, --include-dashboard.
FLAGS_OF_OTHERS |= {"--head", "--port", "--num", "--include", "--address", "--block"}
FLAGS_OF_OTHERS |= {"--generate"}
FLAG = re.compile(r"(?<![\w-])--(?:no)?([a-z]\w+)")

every_document = pytest.mark.parametrize("name", DOCUMENTS)


@functools.cache
def known_flags() -> set[str]:
    values = absl_flags.FlagValues()
    flags.define(values)
    return set(values)


def prose(text: str) -> str:
    """`text` without its fenced blocks."""
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The anchors that a reader on the web finds in a document."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def titles(text: str) -> set[str]:
    """Headings, and paragraphs that begin with bold words."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {*headings, *re.findall(r"^\*\*([^*]+?)\.?\*\*", text, flags=re.MULTILINE)}


def unknown_flags(text: str) -> set[str]:
    """The flags in `text` that no program here has."""
    return {
        f"--{name}"
        for name in FLAG.findall(text)
        if f"--{name}" not in FLAGS_OF_OTHERS
        and not {name, f"no{name}"} & known_flags()
    }


def located(name: str) -> list[pathlib.Path]:
    """The files of that name, from the repository root, the package or docs/."""
    places = (REPOSITORY / base / name for base in ("", "enas_tf", "docs"))
    return [path for path in places if path.is_file()]


@every_document
def test_every_file_that_is_named_is_there(name):
    named = set(re.findall(r"\b((?:[a-z_]+/)+\w+\.(?:py|md))\b", DOCUMENTS[name]))
    assert {file for file in named if not located(file)} == set()


def names_in_files(text: str) -> set[tuple[str, str]]:
    """(file, name in it) of: `a/b.c`; `c` in `a/b.py`; `a/b.py`, `c`."""
    dotted = re.findall(r"`((?:[a-z_]+/)+[a-z_]+)\.(\w+)`", text)
    inside = re.findall(r"`([\w.]+)` (?:in|of)\s+`((?:\w+/)+\w+\.py)`", text)
    listed = re.findall(r"`((?:\w+/)+\w+\.py)`,\s+`(\w+)`", text)
    return {
        *((f"{module}.py", name) for module, name in dotted if name not in ENDINGS),
        *((file, name.rpartition(".")[2]) for name, file in inside),
        *((file, name) for file, name in listed if not file.startswith("tests/")),
    }


@every_document
def test_every_name_that_is_said_to_be_in_a_file_is_there(name):
    missing = {
        f"{file}: {inner}"
        for file, inner in names_in_files(DOCUMENTS[name])
        if not any(
            re.search(rf"\b{inner}\b", path.read_text(encoding="utf-8"))
            for path in located(file)
        )
    }
    assert missing == set()


def test_a_name_in_a_file_is_seen_however_it_is_said():
    text = "`a/b.one`, `two` in\n`a/b.py` and (`a/c.py`, `three`), not `a/b.py`"
    assert names_in_files(text) == {
        ("a/b.py", "one"),
        ("a/b.py", "two"),
        ("a/c.py", "three"),
    }


@every_document
def test_every_flag_that_is_named_exists(name):
    assert unknown_flags(DOCUMENTS[name]) == set()


@every_document
def test_every_link_leads_somewhere(name):
    here = REPOSITORY / ("" if name in ("README.md", "BUILD.md") else "docs")
    for target, anchor in re.findall(
        r"\]\(([^)#:]*)(?:#([\w-]+))?\)", prose(DOCUMENTS[name])
    ):
        path = here / target if target else here / name
        assert path.exists(), target
        assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), anchor


@every_document
def test_every_test_that_is_named_exists(name):
    names = set(re.findall(r"`(test_\w+)`", DOCUMENTS[name]))
    sources = [
        path.read_text(encoding="utf-8") for path in REPOSITORY.glob("tests/**/*.py")
    ]
    assert {n for n in names if not any(f"def {n}(" in s for s in sources)} == set()


def test_places_in_documents_that_sources_and_documents_point_at_are_there():
    sources = {
        path.relative_to(REPOSITORY).as_posix(): path.read_text(encoding="utf-8")
        for path in (*REPOSITORY.glob("enas_tf/**/*.py"), *REPOSITORY.glob("bin/*.py"))
    }
    pointer = re.compile(r'(\w+)\.md,[\s#]+"([^"]+)"')
    pointers = [
        (place, document, " ".join(re.sub(r"\n *#", " ", title).split()))
        for place, text in (sources | DOCUMENTS).items()
        for document, title in pointer.findall(text)
    ]
    missing = [
        (place, document, title)
        for place, document, title in pointers
        if title not in titles(DOCUMENTS[f"{document}.md"])
    ]
    assert len(pointers) > 10
    assert missing == []


def test_an_unknown_flag_is_found():
    text = "`--seed=3 --nodeterministic --num_epoch=3`, and a dash -- alone"
    assert unknown_flags(text) == {"--num_epoch"}


def test_anchors_are_those_of_the_web():
    assert anchors("# A\n## The same bits: how, in 2\n") == {
        "a",
        "the-same-bits-how-in-2",
    }
