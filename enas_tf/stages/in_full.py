"""An export of a child that was computed in a lower type: it is in float32 itself.

So it is read by whatever reads such files, and fast on any machine. Its weights are the
child's, to the bit; its answers are not.
"""

import numpy as np
import tensorflow as tf
from absl import logging

from enas_tf.nn import precision


def tell(tested: tf.Tensor, exported: tf.Tensor, *, what: str) -> None:
    """Say how far the answers of an export are from those of the child.

    Args:
      tested: the child's, to some test data.
      exported: those of the same weights in float32.
      what: each of them is, in words.
    """
    largest = float(np.max(np.abs(np.asarray(exported) - np.asarray(tested))))
    logging.info(
        "The export is in float32: a %s differs by at most %.1e from that of the "
        "child in %s.",
        *(what, largest, precision.current()),
    )
