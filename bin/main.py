"""ENAS from a clone, without installing it; `python -m enas_tf` once it is installed.

  python bin/main.py --preset=demo --mode=all
  python bin/main.py --help

The command line itself is enas_tf/__main__.py.
"""

import pathlib
import runpy
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
    runpy.run_module("enas_tf", run_name="__main__")
