"""What the package says of its types and its constructors: read from the source.

mypy looks at the types themselves (`.ci/run`). It takes `Any` for anything, so each
parameter that says `Any` is named here, with why.
"""

import ast
import pathlib
import re
from collections.abc import Iterator

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]

MOST = 15
CONTAINERS = (
    "list set tuple dict Sequence Iterable Iterator Mapping Callable type".split()
)
_STYLE = "matplotlib's own words for a style"
_OWN_ARC = "each space has arcs of its own kind, and reads them"
# {module, function, parameter: why it is not known what comes}.
ALLOWED = {
    ("plots.pen", "text", "style"): _STYLE,
    ("plots.pen", "box", "style"): _STYLE,
    ("plots.pen", "line", "style"): _STYLE,
    ("plots.pen", "curve", "style"): _STYLE,
    (
        "search.sampled_arcs",
        "__init__",
        "draw",
    ): "draws arcs of the space, whichever it is",
    ("children.contract", "__call__", "arc"): _OWN_ARC,
    ("benchmark.subject", "__call__", "arc"): _OWN_ARC,
    ("stages.space_builders", "__call__", "arc"): _OWN_ARC,
    ("nn.language", "__init__", "kwargs"): "handed on to WordModel, which names them",
    ("nn.language", "from_config", "config"): "as Keras reads it from its file",
}
# {module, name: why}: names that stand for a type which says `Any`.
ALIASES = {
    ("data.memory", "Source"): "images or texts, whose kinds lie above it",
    ("plots.__init__", "Picture"): _OWN_ARC,
    ("run.rows", "Row"): "JSON, read with the keys and kinds that its readers ask for",
}


def sources() -> dict[str, ast.Module]:
    """{module without the package's name: its tree}."""
    package = REPOSITORY / "enas_tf"
    return {
        ".".join(file.relative_to(package).with_suffix("").parts): ast.parse(
            file.read_text(encoding="utf-8")
        )
        for file in package.rglob("*.py")
    }


def parameters(function: ast.FunctionDef) -> list[ast.arg]:
    """All of them but `self` and `cls`."""
    found = function.args
    several = [found.vararg, found.kwarg]
    every = [*found.posonlyargs, *found.args, *found.kwonlyargs, *filter(None, several)]
    return [one for one in every if one.arg not in ("self", "cls")]


def says_any(annotation: ast.AST | None) -> bool:
    """Whether `Any` is anywhere in it, also where it is written in quotes.

    But not in `SearchSpace[Any]` and its like, which names what comes.
    """
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        if "Any" not in annotation.value:
            return False
        annotation = ast.parse(annotation.value, mode="eval").body
    if annotation is None or _of_any_kind(annotation):
        return False
    if isinstance(annotation, ast.Name):
        return annotation.id == "Any"
    return any(map(says_any, ast.iter_child_nodes(annotation)))


def _of_any_kind(node: ast.AST) -> bool:
    """Whether it is `Name[Any]`, of a class that is generic and no container."""
    return (
        isinstance(node, ast.Subscript)
        and ast.unparse(node.slice) == "Any"
        and ast.unparse(node.value).split(".")[-1] not in CONTAINERS
    )


def any_parameters(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(function, parameter) of each that says `Any`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for one in parameters(node):
                if says_any(one.annotation):
                    yield node.name, one.arg


def any_aliases(tree: ast.Module) -> Iterator[str]:
    """Names of a module that stand for a type with `Any`: `Row = dict[str, Any]`."""
    for node in tree.body:
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        value = getattr(node, "value", None)
        if isinstance(value, ast.Subscript | ast.BinOp | ast.Name) and says_any(value):
            yield from (one.id for one in targets if isinstance(one, ast.Name))


def unnamed_arguments(tree: ast.Module) -> Iterator[str]:
    """`Class: argument` for each that its constructor does not say a line about."""
    for owner in ast.walk(tree):
        if not isinstance(owner, ast.ClassDef):
            continue
        for node in owner.body:
            if isinstance(node, ast.FunctionDef) and node.name == "__init__":
                said = f"{ast.get_docstring(owner)}\n{ast.get_docstring(node)}"
                for one in parameters(node):
                    if not re.search(rf"^ *\**{one.arg}\b.*: \S", said, re.MULTILINE):
                        yield f"{owner.name}: {one.arg}"


def test_no_parameter_says_any_but_those_that_have_a_reason():
    found = {
        (module, *where)
        for module, tree in sources().items()
        for where in any_parameters(tree)
    }
    assert found == set(ALLOWED)
    assert len(ALLOWED) + len(ALIASES) <= MOST
    assert all(ALLOWED.values())


def test_no_name_hides_any_but_those_that_have_a_reason():
    found = {
        (module, name)
        for module, tree in sources().items()
        for name in any_aliases(tree)
    }
    assert found == set(ALIASES)


def test_every_constructor_names_each_argument_on_a_line_of_its_own():
    assert [
        f"{module}.{missing}"
        for module, tree in sources().items()
        for missing in unnamed_arguments(tree)
    ] == []


def test_no_docstring_only_says_where_to_look():
    pointers = re.compile(r'^\s*"""See (the |base|keras|`|[A-Z])', re.MULTILINE)
    assert [
        str(file.relative_to(REPOSITORY))
        for file in (REPOSITORY / "enas_tf").rglob("*.py")
        if pointers.search(file.read_text(encoding="utf-8"))
    ] == []


def test_every_ignored_error_is_of_one_kind_and_has_a_reason_above_it():
    for file in (REPOSITORY / "enas_tf").rglob("*.py"):
        lines = file.read_text(encoding="utf-8").splitlines()
        for before, line in zip(["", *lines], lines, strict=False):
            if "type: ignore" in line:
                assert re.search(r"# type: ignore\[[a-z-]+\]$", line), (file, line)
                assert before.lstrip().startswith("# "), (file, line)


SYNTHETIC = ast.parse('''
Row = dict[str, Any]
Either: TypeAlias = int | Any
NOTES = ("0.3.0 and not", "a type")

class Thing:
    """A thing."""

    def __init__(
        self, size: int, part: "Any", space: Space[Any], *, most: int = 1, **rest: Any
    ):
        """Makes it.

        Args:
          size: of it.
          space: of it.
          most: bounds the size.
        """
''')


def test_what_is_looked_for_is_found():
    assert list(any_parameters(SYNTHETIC)) == [
        ("__init__", "part"),
        ("__init__", "rest"),
    ]
    assert list(any_aliases(SYNTHETIC)) == ["Row", "Either"]
    assert list(unnamed_arguments(SYNTHETIC)) == ["Thing: part", "Thing: rest"]
