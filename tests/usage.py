"""The help of a script among the tests: its docstring."""


def or_go_on(words: list[str], doc: str | None, *, needed: int) -> None:
    """Show the help and end, if it is asked for or fewer `words` are there than needed.

    Raises:
      SystemExit: 0 where it was asked for, else 2.
    """
    if "--help" in words or len(words) < needed:
        print(doc)
        raise SystemExit(0 if "--help" in words else 2)
