"""Draws docs/images/growth.png from docs/growth.json, and says scaling.md's tables.

python bin/benchmark.py --what=growth,campaign --json=docs/growth.json
python docs/draw_growth.py
"""

import json
import os
import pathlib
import sys

# Works from a clone, uninstalled.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

from enas_tf.benchmark import subject
from enas_tf.benchmark.growth import picture, points, tables
from enas_tf.config import sections as config

DOCS = pathlib.Path(__file__).resolve().parent
FIGURES, PICTURE = DOCS / "growth.json", DOCS / "images" / "growth.png"
DPI = 90


def main() -> None:
    """Write the picture and print the tables."""
    found = points.read(json.loads(FIGURES.read_text(encoding="utf-8")))
    searches = {s: one for s in config.SPACES if (one := subject.of(s).on_gpu)}
    picture.draw(found, searches).savefig(PICTURE, dpi=DPI)
    print("\n".join(tables.markdown(found, searches)))


if __name__ == "__main__":
    main()
