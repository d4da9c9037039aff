"""Lines and words of a text: the one rule, wherever a text is read.

Lines end at a line feed, a carriage return, or both. White space separates words: the
`SPACES`, which are what `str.split` goes by. Each line ends with `EOS`, which is put
there unless the line has its own. Empty lines before and behind a text are no part of
it; one inside a text is an `EOS` alone.

A SavedModel follows the same rule in its graph (`data/text/words_in_graph.py`).
"""

from collections.abc import Iterable, Iterator

EOS = "<eos>"
# Written out for graphs: TensorFlow's own split knows white space of ASCII only.
SPACES = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def lines_of(text: str) -> list[str]:
    """The lines of a text; [""] of one without a word."""
    return text.strip().replace("\r\n", "\n").replace("\r", "\n").split("\n")


def of_line(line: str) -> list[str]:
    """The words of a line, the last one being `EOS`."""
    words = line.split()
    # Deviation D32: the authors' reading puts one behind every line.
    return words if words[-1:] == [EOS] else [*words, EOS]


def of_lines(lines: Iterable[str]) -> Iterator[str]:
    """Every word of a text, one after the other."""
    for line in lines:
        yield from of_line(line)
