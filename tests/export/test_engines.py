"""An exported image model in the engines for which Keras writes files: ONNX, LiteRT.

They want the packages of the extra `export`.
"""

import keras
import numpy as np
import pytest

from enas_tf.children import final_macro, final_micro
from enas_tf.config.sections import ChildConfig
from enas_tf.export import images as export
from enas_tf.spaces import macro, micro

pytestmark = [
    pytest.mark.slow,
    # Keras asks NumPy for an old name, with which it mends tf2onnx.
    pytest.mark.filterwarnings("ignore:In the future `np.object`:FutureWarning"),
]
EVERY_OP = {
    "macro": "0 | 1 1 | 4 0 1 | 3 1 0 1 | 5 0 1 1 0 | 2 1 0 0 0 1",
    "micro": "0 0 1 4 | 2 2 1 3 | 0 1 1 0 | 1 0 0 4 | 2 2 1 3 | 3 1 2 2",
}


def deployed(space):
    sizes = dict(image_shape=(16, 16, 3), num_classes=3, seed=0)
    config = ChildConfig(num_layers=1, out_filters=4)
    if space == "macro":
        arc = macro.MacroSpace(6).parse(EVERY_OP[space])
        final = final_macro.final_macro_child(arc, config, **sizes)
    else:
        arc = micro.MicroSpace(3).parse(EVERY_OP[space])
        final = final_micro.final_micro_child(arc, config, training=False, **sizes)
    mean, std = np.array([120.0, 110.0, 100.0]), np.array([60.0, 61.0, 62.0])
    return export.deployable(final, mean=mean, std=std, name="enas_child")


@pytest.fixture(scope="module", params=sorted(EVERY_OP))
def written(request, tmp_path_factory):
    """The model loaded from model.keras, and five images."""
    folder = tmp_path_factory.mktemp("engines") / "final"
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (5, 16, 16, 3), dtype=np.uint8)
    export.export(
        deployed(request.param), folder, class_names=["a", "b", "c"], sample=images
    )
    model = keras.models.load_model(folder / "model.keras")
    return model, images.astype("float32")


def test_the_onnx_file_answers_alike_in_any_batch(written, tmp_path):
    pytest.importorskip("tf2onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    model, images = written
    wanted = np.asarray(model(images))  # Keras wants the model to have been called
    path = str(tmp_path / "model.onnx")
    model.export(path, format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(path)
    (taken,) = session.get_inputs()
    for count in (1, 5):
        (answer,) = session.run(None, {taken.name: images[:count]})
        np.testing.assert_allclose(answer, wanted[:count], atol=1e-5)


def test_the_litert_file_answers_alike(written, tmp_path):
    litert = pytest.importorskip("ai_edge_litert.interpreter")
    model, images = written
    path = str(tmp_path / "model.tflite")
    model.export(path, format="litert", verbose=False)
    interpreter = litert.Interpreter(path)
    (taken,), (given,) = (
        interpreter.get_input_details(),
        interpreter.get_output_details(),
    )
    interpreter.resize_tensor_input(taken["index"], images.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(taken["index"], images)
    interpreter.invoke()
    answer = interpreter.get_tensor(given["index"])
    np.testing.assert_allclose(answer, model(images), atol=1e-5)
