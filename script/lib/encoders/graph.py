"""Pieces of networks in OpenVINO's operations. Legend: B batch, S tokens, D width, C channels.

Weights are constants in the shape the operation reads; batch normalisation is folded into the convolution before it,
and the unit length of the result is part of the network, so that whoever runs it only copies the rows.
"""

import numpy as np
import openvino as ov
from openvino import opset14 as op

from . import Refused


class Tensors:
    """Named weights, taken one by one; a name that is missing or has another shape is told as a sentence."""

    def __init__(self, tensors, prefix=""):
        self.tensors, self.prefix = tensors, prefix

    def under(self, prefix):
        return Tensors(self.tensors, self.prefix + prefix)

    def __contains__(self, name):
        return self.prefix + name in self.tensors

    def take(self, name, *shape):
        """The array; None in `shape` stands for any size."""
        full = self.prefix + name
        if full not in self.tensors:
            raise Refused("the weights %s are missing" % full)
        array = self.tensors[full]
        if shape and (len(shape) != array.ndim or any(n not in (None, m) for n, m in zip(shape, array.shape))):
            raise Refused("the weights %s are of shape %s; %s is expected" %
                          (full, list(array.shape), [n or "any" for n in shape]))
        return array


def number(value):
    return op.constant(np.float32(value))


def integers(*values):
    return op.constant(np.array(values, np.int64))


def linear(x, weight, bias):
    """x W' + b, with W (out, in) as PyTorch keeps it."""
    return op.add(op.matmul(x, op.constant(weight), False, True), op.constant(bias))


def layer_norm(x, gamma, beta, epsilon):
    normed = op.mvn(x, integers(-1), True, epsilon, "INSIDE_SQRT")
    return op.add(op.multiply(normed, op.constant(gamma)), op.constant(beta))


def unit(x, name="embedding"):
    """Rows of length 1, under the name that the program asks for."""
    return named(op.normalize_l2(x, integers(1), 1e-24, "max"), name)


def named(node, name):
    node.output(0).get_tensor().set_names({name})
    return node


def parameter(name, shape, kind):
    return named(op.parameter(ov.PartialShape(shape), kind), name)


def convolution(x, weights, conv, norm, epsilon, stride=1, before=0, after=None):
    """Convolution and the batch normalisation after it as one. The groups follow from the weights' shape."""
    kernel = weights.take(conv + ".weight", None, None, None, None).astype(np.float64)
    scale = weights.take(norm + ".weight", len(kernel)) / np.sqrt(
        weights.take(norm + ".running_var", len(kernel)).astype(np.float64) + epsilon)
    shift = weights.take(norm + ".bias", len(kernel)) - weights.take(norm + ".running_mean", len(kernel)) * scale
    kernel = (kernel * scale[:, None, None, None]).astype(np.float32)
    channels = x.get_output_partial_shape(0)[1].get_length()
    after = before if after is None else after
    window = ([stride] * 2, [before] * 2, [after] * 2, [1, 1])
    groups = channels // kernel.shape[1]
    if groups * kernel.shape[1] != channels or len(kernel) % groups:
        raise Refused("the weights %s%s do not fit %d channels" % (weights.prefix, conv, channels))
    if groups == 1:
        y = op.convolution(x, op.constant(kernel), *window)
    else:
        kernel = kernel.reshape((groups, len(kernel) // groups) + kernel.shape[1:])
        y = op.group_convolution(x, op.constant(kernel), *window)
    return op.add(y, op.constant(shift.astype(np.float32).reshape(1, -1, 1, 1)))


def pool_global(x):
    """(B, C, H, W) -> (B, C), the mean over the picture."""
    return op.reduce_mean(x, integers(2, 3), False)
