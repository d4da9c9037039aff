"""A model as a LiteRT file (.tflite), of floats or of whole numbers alone.

TensorFlow writes it; `ai_edge_litert` reads it, without TensorFlow. Names of inputs and
outputs are those of the function that is written.
"""

import pathlib
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from enas_tf.export import asked
from enas_tf.export.asked import Traced

if TYPE_CHECKING:
    import tensorflow as tf

SIGNATURE = "serving_default"


def write(function: Traced, path: pathlib.Path) -> None:
    """Write a function with an input signature of named specs and a dict of outputs."""
    path.write_bytes(_converter(function).convert())


def write_int8(
    function: Traced,
    path: pathlib.Path,
    calibration: np.ndarray,
) -> None:
    """The same in whole numbers, of "images" [B, H, W, C] float32 from 0 to 255.

    The file takes uint8 images, and gives uint8 in the place of floats.

    Args:
      function: the function.
      path: of the file.
      calibration: [N, H, W, C] uint8 images, which say how far each tensor reaches.

    Raises:
      ValueError: an operation has no form in whole numbers.
    """
    images = calibration.astype(np.float32)
    # An image then means what its bytes say: the scale of the input is 1.
    images[0, 0, 0], images[0, -1, -1] = 0, 255
    # The newer one leaves some convolutions of a macro child in floats.
    for newer in (True, False):
        path.write_bytes(_quantized(function, images, newer=newer))
        if not LitertModel(path).has_floats:
            return
    raise ValueError("an operation of the network has no form in whole numbers")


def _quantized(
    function: Traced,
    images: np.ndarray,
    *,
    newer: bool,
) -> bytes:
    import tensorflow as tf

    def one_by_one() -> Iterator[dict[str, np.ndarray]]:
        for image in images:
            yield {"images": image[None]}

    converter = _converter(function)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = one_by_one
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.uint8
    converter.experimental_new_quantizer = newer
    with warnings.catch_warnings():
        # It warns of TensorFlow's own interpreter, by which it calibrates.
        warnings.simplefilter("ignore", UserWarning)
        return converter.convert()


def _converter(
    function: Traced,
) -> "tf.lite.TFLiteConverter":
    """Of a function without variables: LiteRT's would not be initialised."""
    import tensorflow as tf
    from tensorflow.python.framework import convert_to_constants

    concrete = function.get_concrete_function()
    names = sorted(concrete.structured_outputs)  # the order in which they are flat
    frozen = convert_to_constants.convert_variables_to_constants_v2(concrete)

    @tf.function(input_signature=function.input_signature)
    def named(*inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return dict(zip(names, frozen(*inputs), strict=True))

    keeper = tf.Module()
    keeper.frozen = frozen
    return tf.lite.TFLiteConverter.from_concrete_functions(
        [named.get_concrete_function()], keeper
    )


class LitertModel:
    """A file, ready to be asked."""

    def __init__(self, path: pathlib.Path, *, threads: int = 0):
        """Reads the file.

        Args:
          path: of the file.
          threads: that share an operation; 0: as LiteRT has it.
        """
        from ai_edge_litert import interpreter

        self._interpreter = interpreter.Interpreter(
            model_content=path.read_bytes(), num_threads=threads or None
        )
        self._interpreter.allocate_tensors()
        self._run = self._interpreter.get_signature_runner(SIGNATURE)
        self.inputs = _shapes(self._run.get_input_details())
        self.outputs = _shapes(self._run.get_output_details())

    @property
    def has_floats(self) -> bool:
        """Whether any tensor is of floats."""
        tensors = self._interpreter.get_tensor_details()
        return any(tensor["dtype"] == np.float32 for tensor in tensors)

    def __call__(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """The outputs by name, as floats."""
        details = self._run.get_output_details()
        return {
            name: _floats(value, *details[name]["quantization"])
            for name, value in self._run(**inputs).items()
        }


def _shapes(details: dict[str, dict]) -> asked.Shapes:
    return asked.shapes({name: one["shape_signature"] for name, one in details.items()})


def _floats(values: np.ndarray, scale: float, zero: int) -> np.ndarray:
    """Numbers that stand for floats; scale 0 says that they are floats."""
    if not scale:
        return values
    return (values.astype(np.float32) - zero) * np.float32(scale)
