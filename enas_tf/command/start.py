"""What `enas-tf` starts in an installed package: `python -m enas_tf`."""

import runpy


def main() -> None:
    """Runs the command line, which hears Ctrl-C before it has imported the rest."""
    runpy.run_module("enas_tf", run_name="__main__")
