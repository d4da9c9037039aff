"""The auxiliary head of the micro children: whether there is one, and its sizes.

A second classifier behind both reductions, for training only. Reference: reference code
src/cifar10/micro_child.py, `_model`.
"""

from absl import logging

from enas_tf.config.sections import ChildConfig
from enas_tf.spaces import micro

NAME = "aux_head"  # its layers' names begin with it
AUX_POOL = 5
AUX_STRIDE = 3
AUX_FEATURES = (128, 768)  # of its 1x1 and of its 2x2 convolution


def fits(config: ChildConfig, image_shape: tuple[int, int, int]) -> bool:
    """Whether a child of such images has an auxiliary head.

    Says so in the log if one is asked for and is left out.

    Args:
      config: whether it is asked for.
      image_shape: [H, W, channels].
    """
    if not config.use_aux_heads:
        return False
    # Each reduction halves, rounding up.
    height, width = (-(-side // 2**micro.NUM_REDUCTIONS) for side in image_shape[:2])
    if min(height, width) >= AUX_POOL:
        return True
    # Deviation D23: the original knows 32x32 images alone, and maps of 8x8 behind them.
    logging.info(
        "No auxiliary head: it needs a map of at least %dx%d pixels behind the "
        "reductions, and with these images that map is %dx%d.",
        *(AUX_POOL, AUX_POOL, height, width),
    )
    return False
