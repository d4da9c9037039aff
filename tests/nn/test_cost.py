import keras
import pytest

from enas_tf.nn import cost


def chain(shape, *layers):
    return keras.Sequential([keras.Input(shape), *layers])


def test_parameters_are_the_trainable_ones():
    model = chain(
        (8, 8, 3),
        keras.layers.Conv2D(4, 3, use_bias=False),  # 3 * 3 * 3 * 4
        keras.layers.BatchNormalization(),  # scale 4, offset 4; statistics not counted
    )
    assert cost.parameters(model) == 108 + 8


def test_a_convolution_costs_its_kernel_at_each_output_position():
    same = keras.layers.Conv2D(4, 3, padding="same")
    assert cost.flops(chain((8, 8, 3), same)) == 2 * 64 * (9 * 3 * 4)


def test_a_stride_of_two_costs_a_quarter():
    halved = keras.layers.Conv2D(4, 1, strides=2)
    assert cost.flops(chain((8, 8, 3), halved)) == 2 * 16 * (3 * 4)


def test_a_separable_convolution_costs_both_its_kernels():
    layer = keras.layers.SeparableConv2D(4, 5, padding="same", use_bias=False)
    assert cost.flops(chain((8, 8, 3), layer)) == 2 * 64 * (25 * 3 + 3 * 4)


def test_a_depthwise_convolution_costs_one_kernel_per_channel():
    layer = keras.layers.DepthwiseConv2D(3, padding="same")
    assert cost.flops(chain((8, 8, 3), layer)) == 2 * 64 * (9 * 3)


def test_a_dense_layer_costs_its_matrix():
    assert cost.flops(chain((10,), keras.layers.Dense(7))) == 2 * 70


def test_normalisation_activation_and_pools_count_nothing():
    free = chain(
        (8, 8, 3),
        keras.layers.BatchNormalization(),
        keras.layers.ReLU(),
        keras.layers.AveragePooling2D(3, 1, "same"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Softmax(),
    )
    assert cost.flops(free) == 0


def test_a_model_within_a_model_counts():
    inner = chain((10,), keras.layers.Dense(7))
    outer = chain((10,), inner, keras.layers.Dense(2))
    assert cost.flops(outer) == 2 * 70 + 2 * 14


def turned():
    """A layer whose kernel meets input positions, not output positions."""
    layer = keras.layers.Conv2DTranspose(4, 2, strides=2, use_bias=False)
    return chain((8, 8, 3), layer)


def test_a_layer_with_a_kernel_of_no_known_kind_is_refused_not_counted_as_nothing():
    with pytest.raises(ValueError, match="a Conv2DTranspose, are not known: say them"):
        cost.flops(turned())


def test_what_a_kind_of_layer_costs_can_be_told():
    def of_input_positions(layer):
        return 2 * 64 * (4 * 3 * 4)

    kind = keras.layers.Conv2DTranspose
    with cost.added({kind: of_input_positions}):
        assert cost.flops(turned()) == 2 * 64 * 48
        with pytest.raises(ValueError, match="a Conv2DTranspose is known already"):
            cost.add({kind: lambda layer: 0})
    with pytest.raises(ValueError, match="not known"):
        cost.flops(turned())
