"""Figures of how the sources are built, for one or more checkouts side by side.

  python tests/house_figures.py             # this checkout
  python tests/house_figures.py BEFORE .    # two of them

Nothing is imported: the sources of enas_tf/ are read.
"""

import ast
import functools
import io
import pathlib
import sys
import tokenize
from typing import NamedTuple

import test_import_direction as direction

PACKAGE = "enas_tf"


class Figures(NamedTuple):
    """Of one checkout.

    Attributes:
      loose: modules at the top of the package, but for those that Python names.
      packages: folders at the top with sources in them.
      chain: modules on the longest chain of imports; a circle counts once.
      circles: groups of modules that import each other.
      in_circles: modules in them.
      code: lines with code, those of docstrings not counted.
      comments: lines with a comment, alone or behind code.
      parameters: of all functions, those without an annotation included, but for self
        and cls.
      any: those of them whose annotation is `Any`.
      any_inside: those whose annotation is not, but has `Any` in it.
    """

    loose: int
    packages: int
    chain: int
    circles: int
    in_circles: int
    code: int
    comments: int
    parameters: int
    any: int
    any_inside: int


def figures(sources: dict[str, str]) -> Figures:
    """Those of {module name: source}; a package goes by its own name."""
    inner = [name.split(".")[1:] for name in sources if name != PACKAGE]
    packages = {words[0] for words in inner if len(words) > 1}
    rings = direction.circles(sources)
    texts = sources.values()
    annotations = [found for text in texts for found in parameters(text)]
    return Figures(
        loose=len({words[0] for words in inner} - packages - {"__main__"}),
        packages=len(packages),
        chain=longest_chain(imports(sources), rings),
        circles=len(rings),
        in_circles=sum(map(len, rings)),
        code=sum(len(code_lines(text)) for text in texts),
        comments=sum(len(comment_lines(text)) for text in texts),
        parameters=len(annotations),
        any=sum(found == "Any" for found in annotations),
        any_inside=sum(found != "Any" and "Any" in found for found in annotations),
    )


def read(checkout: pathlib.Path) -> dict[str, str]:
    """{module name: source} of the package in a checkout."""
    files = sorted(checkout.glob(f"{PACKAGE}/**/*.py"))
    names = (file.relative_to(checkout).with_suffix("") for file in files)
    modules = (".".join(name.parts).removesuffix(".__init__") for name in names)
    texts = (file.read_text(encoding="utf-8") for file in files)
    return dict(zip(modules, texts, strict=True))


def imports(sources: dict[str, str]) -> dict[str, set[str]]:
    """{module: the modules of the package that it imports, wherever in it}."""
    known = set(sources)
    return {
        module: {item.module for item in direction.imports_of(text, known)} & known
        for module, text in sources.items()
    }


def longest_chain(graph: dict[str, set[str]], rings: list[list[str]]) -> int:
    """Modules on the longest way along `graph`, a ring being one of them."""
    ring_of = {module: ring[0] for ring in rings for module in ring}

    def of(module: str) -> str:
        return ring_of.get(module, module)

    joined: dict[str, set[str]] = {}
    for module, others in graph.items():
        joined.setdefault(of(module), set()).update(map(of, others))

    @functools.cache
    def length(module: str) -> int:
        return 1 + max(map(length, joined[module] - {module}), default=0)

    return max(map(length, joined))


def parameters(text: str) -> list[str]:
    """The annotation of each parameter in a source, "" where it has none."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            a = node.args
            every = [*a.posonlyargs, *a.args, a.vararg, *a.kwonlyargs, a.kwarg]
            given = [p for p in every if p and p.arg not in ("self", "cls")]
            found += [ast.unparse(p.annotation) if p.annotation else "" for p in given]
    return found


def comment_lines(text: str) -> set[int]:
    """Numbers of the lines that have a comment."""
    return {t.start[0] for t in _tokens(text) if t.type == tokenize.COMMENT}


def code_lines(text: str) -> set[int]:
    """Numbers of the lines that have code; a docstring is none."""
    silent = {
        *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENCODING),
        *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
    }
    coded = {
        line
        for token in _tokens(text)
        if token.type not in silent
        for line in range(token.start[0], token.end[0] + 1)
    }
    return coded - docstring_lines(text)


def docstring_lines(text: str) -> set[int]:
    """Numbers of the lines of docstrings."""
    documented = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
    strings = [
        node.body[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, documented) and ast.get_docstring(node) is not None
    ]
    return {n for s in strings for n in range(s.lineno, s.end_lineno + 1)}


def table(columns: dict[str, Figures]) -> str:
    """Markdown, a column for each checkout."""
    rows = {
        "modules at the top of the package": lambda f: f.loose,
        "packages at the top": lambda f: f.packages,
        "longest chain of imports, modules": lambda f: f.chain,
        "circles of imports (modules in them)": lambda f: (
            f"{f.circles} ({f.in_circles})"
        ),
        "lines of code": lambda f: f"{f.code:,}",
        "comment lines for 100 of code": lambda f: f"{100 * f.comments / f.code:.1f}",
        "parameters annotated `Any`": lambda f: _share(f.any, f.parameters),
        "parameters with `Any` inside": lambda f: _share(f.any_inside, f.parameters),
    }
    lines = [["", *columns], ["---"] * (len(columns) + 1)]
    lines += [[name, *map(str, map(of, columns.values()))] for name, of in rows.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole:,} ({100 * part / whole:.1f} %)"


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(text).readline))


def main(words: list[str]) -> None:
    """Prints the table of the checkouts in `words`, or of this one."""
    here = str(pathlib.Path(__file__).resolve().parents[1])
    paths = [pathlib.Path(word) for word in words or [here]]
    for path in paths:
        if not (path / PACKAGE).is_dir():
            raise SystemExit(f"{path} is no checkout: it has no {PACKAGE}/.")
    print(table({path.resolve().name: figures(read(path)) for path in paths}))


if __name__ == "__main__":
    main(sys.argv[1:])
