"""Imports go one way, and by module: read from the source, nothing is imported."""

import ast
import pathlib
import re
from typing import NamedTuple

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]

# Lowest first; a file may import from its own rank and from those below.
RANKS = (
    (
        "config",
        "rnn_config",
        "setting",
        "checks",
        "presets",
        "spaces",
        "nn",
        "disk",
        "run_folder",
        "arc_argument",
        "arc_forms",
        "arc_genotype",
        "arc_source",
        "effects",
        "help_text",
    )
    + ("lines", "quiet", "cosine", "longer", "warm_start", "run_space", "saves")
    + ("processor", "machine", "machine_notes", "tensorflow_state")
    + ("run_layout", "run_record", "run_settings", "run_commands", "mending")
    + ("run_paths", "run_journal", "best_arc", "exported", "export_sums"),
    ("controller", "children"),
    ("data",),
    ("places", "request"),
    ("tasks",),
    ("training",),
    ("export", "predict", "export_text", "predict_text", "plots"),
    ("stages",),
    ("benchmark",),
    ("experiment",),
    ("flags", "flag_reading"),
    ("bin",),
)
RANK = {part: rank for rank, parts in enumerate(RANKS) for part in parts}
FLAGS_MAY_IMPORT = {
    "config",
    "presets",
    "arc_argument",
    "help_text",
    "flag_reading",
    "lines",
    "quiet",
}
MAY_IMPORT_ABSL_FLAGS = {"flags", "flag_reading", "bin"}
# They meet in training only.
STRANGERS = [{"controller", "children"}]
# Imported, at their top or by what they import there, without TensorFlow, so that bad
# input is refused at once. `spaces` moreover has no TensorFlow anywhere.
LIGHT = {
    "enas_tf",
    "config",
    "rnn_config",
    "setting",
    "presets",
    "spaces",
    "disk",
    "run_folder",
    "flags",
}
LIGHT |= {"arc_argument", "arc_forms", "arc_genotype", "arc_source"}
LIGHT |= {"flag_reading", "help_text", "effects", "places"}
LIGHT |= {"request", "cosine", "longer", "warm_start", "run_space", "exported", "bin"}
LIGHT |= {"saves", "processor", "machine", "machine_notes"}
LIGHT |= {"run_layout", "run_record", "run_settings", "run_commands", "mending"}
LIGHT |= {"run_paths", "run_journal", "best_arc", "export_sums"}
LIGHT_MODULES = {"enas_tf.data.text_files"}
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


def part(module: str) -> str:
    """`enas_tf.nn.seeds` is of `nn`, `bin.main` of `bin`, `enas_tf` of itself."""
    words = module.split(".")
    return words[1] if words[0] == "enas_tf" and len(words) > 1 else words[0]


def violations(sources: dict[str, str]) -> list[str]:
    """One line per import that the rules above forbid."""
    return [
        f"{module} imports {item.module} {item.name}".strip() + f": {complaint}"
        for module, source in sorted(sources.items())
        for item in imports_of(source, set(sources))
        for complaint in complaints(part(module), item)
    ]


def complaints(own: str, item: Import) -> list[str]:
    """What is wrong with `item` in a file of the part `own`."""
    if item.module == "absl.flags" and own not in MAY_IMPORT_ABSL_FLAGS:
        return ["only flags and bin know flags"]
    if item.module.split(".")[0] in HEAVY and own == "spaces":
        return ["spaces are plain data"]
    if item.module.split(".")[0] not in ("enas_tf", "bin"):
        return []
    return name_complaints(item) + direction_complaints(own, part(item.module))


def name_complaints(item: Import) -> list[str]:
    """House rule: import our modules, not names out of them; classes excepted.

    The names of `enas_tf` itself are for users of the package.
    """
    is_class = CLASS_NAME.fullmatch(item.name) and item.module != "enas_tf"
    return ["import the module, not the name"] if item.name and not is_class else []


def direction_complaints(own: str, other: str) -> list[str]:
    """What is wrong with a file of `own` that imports one of `other`."""
    if other in ("enas_tf", own):
        return []
    found = []
    if RANK.get(other, 0) > RANK.get(own, 0):
        found.append("upward")
    if {own, other} in STRANGERS:
        found.append("these two meet in training only")
    if own == "flags" and other not in FLAGS_MAY_IMPORT:
        found.append("flags only say what the user gave")
    return found


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
        if part(module) in LIGHT or module in LIGHT_MODULES
        for loaded in sorted(loaded_with(module, sources))
        if loaded.split(".")[0] in HEAVY
    ]


def test_imports_of_the_repository_go_one_way():
    assert violations(repository_sources()) == []


def test_what_checks_input_loads_no_tensorflow():
    assert heavy_of_light(repository_sources()) == []


def test_every_part_has_a_rank():
    parts = {part(module) for module in repository_sources()} - {"enas_tf"}
    assert parts - set(RANK) == set()


def test_the_sources_are_found():
    sources = repository_sources()
    assert {"enas_tf", "enas_tf.spaces", "enas_tf.spaces.macro"} <= set(sources)
    assert "enas_tf.spaces.base" in loaded_with("enas_tf.spaces.macro", sources)


# A repository of empty files, for the checker to be tried on.
SYNTHETIC = dict.fromkeys(
    [
        "bin.main",
        "enas_tf",
        "enas_tf.config",
        "enas_tf.nn",
        "enas_tf.nn.seeds",
        "enas_tf.spaces",
        "enas_tf.spaces.macro",
        "enas_tf.controller",
        "enas_tf.children",
        "enas_tf.children.macro",
        "enas_tf.tasks.rewards",
        "enas_tf.training",
        "enas_tf.training.search",
        "enas_tf.plots",
        "enas_tf.experiment",
        "enas_tf.flags",
    ],
    "",
)


@pytest.mark.parametrize(
    ("module", "line", "complaint"),
    [
        ("enas_tf.nn.ops", "from enas_tf.training import search", "upward"),
        ("enas_tf.nn.ops", "import enas_tf.training.search", "upward"),
        ("enas_tf.nn.ops", "from enas_tf import controller", "upward"),
        ("enas_tf.data.files", "from enas_tf.tasks.rewards import Reward", "upward"),
        ("enas_tf.training.search", "from enas_tf import experiment", "upward"),
        ("enas_tf.plots", "def f():\n    from enas_tf import flags", "upward"),
        ("enas_tf.experiment", "from bin import main", "upward"),
        ("enas_tf.plots", "from enas_tf import MacroSpace", "not the name"),
        ("enas_tf.controller", "from enas_tf.children import macro", "meet"),
        ("enas_tf.children.macro", "from enas_tf.controller import Sample", "meet"),
        ("enas_tf.flags", "from enas_tf import experiment", "what the user gave"),
        ("enas_tf.training.search", "from absl import flags", "only flags and bin"),
        ("enas_tf.experiment", "import absl.flags", "only flags and bin"),
        ("enas_tf.spaces.macro", "import tensorflow as tf", "plain data"),
        ("enas_tf.spaces.macro", "def f():\n    import keras", "plain data"),
        ("enas_tf.export", "from enas_tf.nn.seeds import fold", "not the name"),
        ("enas_tf.nn.ops", "from enas_tf.nn.seeds import fold", "not the name"),
        ("enas_tf.export", "from enas_tf.spaces.macro import OPS", "not the name"),
    ],
)
def test_a_forbidden_import_is_found(module, line, complaint):
    (found,) = violations({**SYNTHETIC, module: line})
    assert found.startswith(f"{module} imports ")
    assert complaint in found


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("enas_tf.training.search", "from enas_tf.nn import seeds"),
        ("enas_tf.training.search", "from enas_tf.controller import Controller"),
        ("enas_tf.training.search", "from enas_tf import controller, children"),
        ("enas_tf.nn.ops", "from enas_tf.nn import seeds"),
        ("enas_tf.flags", "from absl import flags\nfrom enas_tf import config"),
        ("enas_tf.experiment", "from absl import logging"),
        ("bin.main", "from absl import flags\nfrom enas_tf import experiment"),
    ],
)
def test_an_allowed_import_passes(module, line):
    assert violations({**SYNTHETIC, module: line}) == []


def test_tensorflow_is_found_behind_other_modules():
    sources = {
        **SYNTHETIC,
        "enas_tf.config": "from enas_tf.nn import seeds",
        "enas_tf.nn.seeds": "import tensorflow as tf",
    }
    assert heavy_of_light(sources) == ["enas_tf.config loads tensorflow"]


def test_tensorflow_imported_inside_a_function_is_no_load():
    sources = {**SYNTHETIC, "bin.main": "def main():\n    import tensorflow"}
    assert heavy_of_light(sources) == []
