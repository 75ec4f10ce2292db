"""Convolutional networks as OpenVINO networks that end in one unit vector a photo: the classifier is left out.

EfficientNet-Lite0 (Tan 2019, without squeeze-and-excite and with ReLU6) by the names of its published PyTorch weights;
ResNet (He 2015) by torchvision's names, any depth that the weights show, 50 layers and 2048 dimensions among them.
"""

import openvino as ov
from openvino import opset1
from openvino import opset14 as op

from . import Refused
from .graph import Tensors, convolution, parameter, pool_global, unit

LITE_EPSILON = 1e-3
LITE_STRIDE_2 = (1, 3, 5, 11)
LITE_BLOCKS = 16
RESNET_EPSILON = 1e-5


def finish(pixels, y, name):
    return ov.Model([unit(pool_global(y))], [pixels], name)


def same(size, stride):
    """Padding as TensorFlow's SAME has it on even pictures: the odd pixel comes after."""
    total = size - stride
    return {"stride": stride, "before": total // 2, "after": total - total // 2}


def lite_block(x, weights, stride):
    def step(y, conv, norm, **window):
        return convolution(y, weights, conv, norm, LITE_EPSILON, **window)

    y = x
    if "_expand_conv.weight" in weights:
        y = op.clamp(step(y, "_expand_conv", "_bn0"), 0.0, 6.0)
    size = weights.take("_depthwise_conv.weight").shape[-1]
    y = op.clamp(step(y, "_depthwise_conv", "_bn1", **same(size, stride)), 0.0, 6.0)
    y = step(y, "_project_conv", "_bn2")
    # Built with known channels: a block that keeps stride and channels adds its input.
    if stride == 1 and y.get_output_partial_shape(0)[1] == x.get_output_partial_shape(0)[1]:
        y = op.add(y, x)
    return y


def efficientnet_lite0(tensors):
    weights = Tensors(tensors)
    pixels = parameter("pixels", [-1, 3, 224, 224], ov.Type.f32)
    y = op.clamp(convolution(pixels, weights, "_conv_stem", "_bn0", LITE_EPSILON, **same(3, 2)), 0.0, 6.0)
    for index in range(LITE_BLOCKS):
        y = lite_block(y, weights.under("_blocks.%d." % index), 2 if index in LITE_STRIDE_2 else 1)
    y = op.clamp(convolution(y, weights, "_conv_head", "_bn1", LITE_EPSILON), 0.0, 6.0)
    return finish(pixels, y, "efficientnet-lite0")


def resnet_block(x, weights, stride):
    """With three convolutions (the stride in the middle one, as torchvision has it) or with two."""
    def step(y, index, **window):
        return convolution(y, weights, "conv%d" % index, "bn%d" % index, RESNET_EPSILON, **window)

    if "conv3.weight" in weights:
        y = op.relu(step(x, 1))
        y = op.relu(step(y, 2, stride=stride, before=1))
        y = step(y, 3)
    else:
        y = op.relu(step(x, 1, stride=stride, before=1))
        y = step(y, 2, before=1)
    if "downsample.0.weight" in weights:
        x = convolution(x, weights, "downsample.0", "downsample.1", RESNET_EPSILON, stride=stride)
    return op.relu(op.add(y, x))


def resnet(tensors):
    weights = Tensors(tensors)
    if not ("conv1.weight" in weights and "layer4.0.conv1.weight" in weights):
        raise Refused("these are not the weights of a torchvision ResNet (conv1.weight, layer1 to layer4 are expected);"
                      " export other networks to ONNX and add that file")
    pixels = parameter("pixels", [-1, 3, 224, 224], ov.Type.f32)
    y = op.relu(convolution(pixels, weights, "conv1", "bn1", RESNET_EPSILON, stride=2, before=3))
    y = opset1.max_pool(y, [2, 2], [1, 1], [1, 1], [3, 3])  # later ones also give indices
    for stage in range(1, 5):
        index = 0
        while "layer%d.%d.conv1.weight" % (stage, index) in weights:
            y = resnet_block(y, weights.under("layer%d.%d." % (stage, index)), 2 if stage > 1 and index == 0 else 1)
            index += 1
    return finish(pixels, y, "resnet")
