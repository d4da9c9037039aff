"""A model as an ONNX file, written by tf2onnx, read by ONNX Runtime.

Names of inputs and outputs are those of the function that is written. Whoever reads
needs no TensorFlow.
"""

import pathlib

import numpy as np

from enas_tf.export import asked
from enas_tf.export.asked import Traced


def write(function: Traced, path: pathlib.Path) -> None:
    """Write a function with an input signature of named specs and a dict of outputs."""
    import tf2onnx

    proto, _ = tf2onnx.convert.from_function(function, function.input_signature)
    path.write_bytes(proto.SerializeToString())


class OnnxModel:
    """A file, ready to be asked."""

    def __init__(self, path: pathlib.Path, *, threads: int = 0):
        """Reads the file.

        Args:
          path: of the file.
          threads: that share an operation; 0: as ONNX Runtime has it.
        """
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3  # errors alone, which are raised as well
        self._session = onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        taken, given = self._session.get_inputs(), self._session.get_outputs()
        self.inputs = asked.shapes({one.name: one.shape for one in taken})
        self.outputs = asked.shapes({one.name: one.shape for one in given})

    def __call__(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """The outputs by name."""
        names = list(self.outputs)
        return dict(zip(names, self._session.run(names, inputs), strict=True))
