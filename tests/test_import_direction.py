"""Imports go one way, and by module: read from the source, nothing is imported."""

import ast
import pathlib
import re
from typing import NamedTuple

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]

# Lowest first; a file may import from its own room and from those below.
RANKS = (
    "config",
    "nn",
    "spaces",
    "arcs",
    "run",
    "machine",
    "data",
    "children",
    "tasks",
    "export",
    "command",
    "plots",
    "page",
    "training",
    "search",
    "plugin",
    "stages",
    "campaign",
    "library",
    "benchmark",
    "bin",
)
RANK = {room: rank for rank, room in enumerate(RANKS)}
MAY_IMPORT_ABSL_FLAGS = {
    "enas_tf.command.flags",
    "enas_tf.command.flag_reading",
    "enas_tf.command.keywords",
    "enas_tf.__main__",
    "bin.benchmark",
}
# What flags.py may know, so that it only says what the user gave.
FLAGS_MAY_IMPORT = {
    "enas_tf.config.sections",
    "enas_tf.config.presets",
    "enas_tf.arcs.argument",
    "enas_tf.command.help_text",
    "enas_tf.command.flag_reading",
    "enas_tf.command.quiet",
    "enas_tf.run.lines",
}
# A controller and a child meet in the stages only.
STRANGERS = {"search", "children"}
# Imported, at their top or by what they import there, without TensorFlow, so that bad
# input is refused at once. `spaces` moreover has no TensorFlow anywhere.
LIGHT_ROOMS = {"enas_tf", "config", "spaces", "arcs", "machine", "command", "bin"}
TOLD_TO_TENSORFLOW = "enas_tf.machine.tensorflow_state"
LIGHT_MODULES = {
    "enas_tf.campaign.command",
    "enas_tf.data.images.load",
    "enas_tf.data.text.files",
    "enas_tf.export.folder",
    "enas_tf.export.sums",
    "enas_tf.library.search",
    "enas_tf.page.reading",
    "enas_tf.run.best_arc",
    "enas_tf.run.folder",
    "enas_tf.run.more_epochs",
    "enas_tf.run.space",
}
HEAVY = {"tensorflow", "keras", "tensorflow_datasets", "tensorboard"}

CLASS_NAME = re.compile(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*")


class Import(NamedTuple):
    """One imported module, or one name taken out of a module (`name` is then set)."""

    module: str
    name: str
    at_top: bool


def repository_sources() -> dict[str, str]:
    """{module name: source} of enas_tf and bin."""
    files = [*REPOSITORY.glob("enas_tf/**/*.py"), *REPOSITORY.glob("bin/**/*.py")]
    return {
        ".".join(file.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(
            ".__init__"
        ): file.read_text()
        for file in files
    }


def imports_of(source: str, modules: set[str]) -> list[Import]:
    """All imports of `source`; `modules` tells a module from a name inside one."""
    tree = ast.parse(source)
    top = set(map(id, tree.body))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [Import(alias.name, "", id(node) in top) for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                is_module = inner in modules | {"absl.flags"}
                target = (inner, "") if is_module else (node.module, alias.name)
                found.append(Import(*target, id(node) in top))
    return found


def room(module: str) -> str:
    """`enas_tf.nn.seeds` is of `nn`, `bin.main` of `bin`, `enas_tf` of itself.

    `enas_tf.__main__` is what bin/main.py runs.
    """
    words = module.replace("enas_tf.__main__", "bin.main").split(".")
    return words[1] if words[0] == "enas_tf" and len(words) > 1 else words[0]


def violations(sources: dict[str, str]) -> list[str]:
    """One line per import that the rules above forbid."""
    return [
        f"{module} imports {item.module} {item.name}".strip() + f": {complaint}"
        for module, source in sorted(sources.items())
        for item in imports_of(source, set(sources))
        for complaint in complaints(module, item)
    ]


def complaints(own: str, item: Import) -> list[str]:
    """What is wrong with `item` in the file of the module `own`."""
    if item.module == "absl.flags" and own not in MAY_IMPORT_ABSL_FLAGS:
        return ["only flags and bin know flags"]
    if item.module.split(".")[0] in HEAVY and room(own) == "spaces":
        return ["spaces are plain data"]
    if item.module.split(".")[0] not in ("enas_tf", "bin"):
        return []
    return name_complaints(item) + direction_complaints(own, item.module)


def name_complaints(item: Import) -> list[str]:
    """House rule: import our modules, not names out of them; classes excepted.

    The names of `enas_tf` itself are for users of the package.
    """
    is_class = CLASS_NAME.fullmatch(item.name) and item.module != "enas_tf"
    return ["import the module, not the name"] if item.name and not is_class else []


def direction_complaints(own: str, other: str) -> list[str]:
    """What is wrong with a file of the module `own` that imports one of `other`."""
    found = []
    if own == "enas_tf.command.flags" and other not in FLAGS_MAY_IMPORT | {"enas_tf"}:
        found.append("flags only say what the user gave")
    if other == "enas_tf" or room(other) == room(own):
        return found
    if own == "enas_tf":
        return [*found, "the names of enas_tf are loaded when they are used"]
    if RANK[room(other)] > RANK[room(own)]:
        found.append("upward")
    if {room(own), room(other)} == STRANGERS:
        found.append("these two meet in the stages only")
    return found


def circles(sources: dict[str, str]) -> list[list[str]]:
    """Modules that import each other, directly or by others, at whatever place."""
    reached = {
        module: {item.module for item in imports_of(source, set(sources))}
        for module, source in sources.items()
    }
    for middle in sources:  # Warshall's closure
        for module in sources:
            if middle in reached[module]:
                reached[module] |= reached[middle]
    rings = {
        tuple(
            sorted(
                other
                for other in sources
                if module in reached[other] and other in reached[module]
            )
        )
        for module in sources
        if module in reached[module]
    }
    return [list(ring) for ring in sorted(rings)]


def loaded_with(module: str, sources: dict[str, str]) -> set[str]:
    """All modules that importing `module` imports at their tops."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in sources:
            items = imports_of(sources[name], set(sources))
            waiting += [item.module for item in items if item.at_top]
            waiting += [name.rpartition(".")[0]] if "." in name else []
    return seen


def heavy_of_light(sources: dict[str, str]) -> list[str]:
    """`module loads tensorflow` for each module that must not."""
    return [
        f"{module} loads {loaded}"
        for module in sorted(sources)
        if (room(module) in LIGHT_ROOMS or module in LIGHT_MODULES)
        and module != TOLD_TO_TENSORFLOW
        for loaded in sorted(loaded_with(module, sources))
        if loaded.split(".")[0] in HEAVY
    ]


def test_imports_of_the_repository_go_one_way():
    assert violations(repository_sources()) == []


def test_what_checks_input_loads_no_tensorflow():
    assert heavy_of_light(repository_sources()) == []


def test_no_modules_import_each_other():
    assert circles(repository_sources()) == []


def test_every_room_has_a_rank_of_its_own_and_no_module_lies_outside():
    package = REPOSITORY / "enas_tf"
    folders = {f.name for f in package.iterdir() if any(f.glob("*.py"))}
    assert folders == set(RANKS) - {"bin"}
    assert len(RANKS) == len(set(RANKS))
    loose = [file.name for file in package.glob("*.py")]
    assert sorted(loose) == ["__init__.py", "__main__.py"]  # both by their names


def test_the_sources_are_found():
    sources = repository_sources()
    assert {"enas_tf", "enas_tf.spaces", "enas_tf.spaces.macro"} <= set(sources)
    assert "enas_tf.spaces.base" in loaded_with("enas_tf.spaces.macro", sources)
    assert LIGHT_MODULES | FLAGS_MAY_IMPORT | MAY_IMPORT_ABSL_FLAGS <= set(sources)


# A repository of empty files, for the checker to be tried on.
SYNTHETIC = dict.fromkeys(
    ["bin.main", "enas_tf", "enas_tf.nn.seeds", "enas_tf.command.flags"]
    + ["enas_tf.__main__"]
    + [f"enas_tf.{room}" for room in RANKS if room != "bin"]
    + [f"enas_tf.{room}.file" for room in RANKS if room != "bin"],
    "",
)


@pytest.mark.parametrize("rank", range(1, len(RANKS)))
@pytest.mark.parametrize("where", ["", "def f():\n    "])
def test_an_import_upward_is_found_between_any_two_neighbours(rank, where):
    low, high = RANKS[rank - 1 : rank + 1]
    module = "bin.main" if high == "bin" else f"enas_tf.{high}.file"
    line = f"{where}import {module}"
    found = violations({**SYNTHETIC, f"enas_tf.{low}.file": line})
    assert any(complaint.endswith(": upward") for complaint in found)


@pytest.mark.parametrize(
    ("module", "line", "complaint"),
    [
        ("enas_tf.nn.ops", "from enas_tf.training import file", "upward"),
        ("enas_tf.nn.ops", "import enas_tf.training.file", "upward"),
        ("enas_tf.config.file", "from enas_tf.nn import file", "upward"),
        ("enas_tf.data.file", "from enas_tf.tasks.file import Reward", "upward"),
        (
            "enas_tf.plots.file",
            "def f():\n    from enas_tf.stages import file",
            "upward",
        ),
        ("enas_tf", "from enas_tf.config import file", "when they are used"),
        ("enas_tf.plots.file", "from enas_tf import MacroSpace", "not the name"),
        ("enas_tf.search.file", "from enas_tf.children import file", "meet"),
        ("enas_tf.children.file", "from enas_tf.search.file import Sample", "meet"),
        ("enas_tf.command.flags", "from enas_tf.run import file", "what the user gave"),
        ("enas_tf.training.file", "from absl import flags", "only flags and bin"),
        ("enas_tf.stages.file", "import absl.flags", "only flags and bin"),
        ("enas_tf.spaces.file", "import tensorflow as tf", "plain data"),
        ("enas_tf.spaces.file", "def f():\n    import keras", "plain data"),
        ("enas_tf.export.file", "from enas_tf.nn.seeds import fold", "not the name"),
        ("enas_tf.nn.ops", "from enas_tf.nn.seeds import fold", "not the name"),
        ("enas_tf.export.file", "from enas_tf.spaces.file import OPS", "not the name"),
    ],
)
def test_a_forbidden_import_is_found(module, line, complaint):
    found = violations({**SYNTHETIC, module: line})
    assert found[0].startswith(f"{module} imports ")
    assert any(complaint in text for text in found)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("enas_tf.training.file", "from enas_tf.nn import seeds"),
        ("enas_tf.search.file", "from enas_tf.training.file import Trainer"),
        ("enas_tf.stages.file", "from enas_tf.search import file"),
        ("enas_tf.nn.ops", "from enas_tf.nn import seeds"),
        ("enas_tf.command.flags", "from absl import flags\nimport enas_tf"),
        ("enas_tf.stages.file", "from absl import logging"),
        ("enas_tf.__main__", "from absl import flags\nfrom enas_tf.stages import file"),
    ],
)
def test_an_allowed_import_passes(module, line):
    assert violations({**SYNTHETIC, module: line}) == []


@pytest.mark.parametrize(
    "back", ["from enas_tf.nn import a", "def f():\n    from enas_tf.nn import a"]
)
def test_a_circle_is_found_however_long(back):
    sources = {
        "enas_tf.nn.a": "from enas_tf.nn import b",
        "enas_tf.nn.b": "from enas_tf.nn import c",
        "enas_tf.nn.c": back,
        "enas_tf.nn.d": "from enas_tf.nn import a",
    }
    assert circles(sources) == [["enas_tf.nn.a", "enas_tf.nn.b", "enas_tf.nn.c"]]


def test_tensorflow_is_found_behind_other_modules():
    sources = {
        **SYNTHETIC,
        "enas_tf.config.sections": "from enas_tf.nn import seeds",
        "enas_tf.nn.seeds": "import tensorflow as tf",
    }
    assert heavy_of_light(sources) == ["enas_tf.config.sections loads tensorflow"]


def test_tensorflow_imported_inside_a_function_is_no_load():
    sources = {**SYNTHETIC, "bin.main": "def main():\n    import tensorflow"}
    assert heavy_of_light(sources) == []
