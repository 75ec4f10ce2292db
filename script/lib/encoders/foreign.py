"""Networks that come as ONNX or OpenVINO IR: read, ended in one unit vector a photo, and kept as IR like all others.

ONNX can point to other files for its weights. Before OpenVINO follows such a pointer it is read here, and one that
leaves the file's own folder is refused. Only that part of ONNX's protobuf is walked.
"""

import os

import numpy as np
import openvino as ov

from . import Refused
from .graph import named, pool_global, unit

# Fields that lead from a ModelProto to its tensors' external_data: message -> {field: message}.
FIELDS = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "entry"},
}
DEPTH_MAX = 32
CLASSIFIERS = (1000, 1001)


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
        if shift > 63:
            raise IndexError


def fields(data):
    """(number, bytes) of the fields of a message that have a length; others are stepped over."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 2:
            length, at = varint(data, at)
            if length > len(data) - at:
                raise IndexError
            yield key >> 3, data[at:at + length]
            at += length
        elif kind == 0:
            _, at = varint(data, at)
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise IndexError


def locations(data, message="model", depth=0):
    """Names of the files that tensors of an ONNX file point to."""
    if depth > DEPTH_MAX:
        raise IndexError
    for number, inside in fields(data):
        into = FIELDS[message].get(number)
        if into == "entry":
            entry = {key: bytes(value) for key, value in fields(inside)}
            if entry.get(1) == b"location":
                yield entry.get(2, b"").decode("utf-8", "replace")
        elif into:
            yield from locations(inside, into, depth + 1)


def check_external(path):
    folder = os.path.realpath(os.path.dirname(os.path.abspath(path)))
    try:
        outside = [name for name in locations(memoryview(np.memmap(path, np.uint8, "r")))
                   if os.path.commonpath([folder, os.path.realpath(os.path.join(folder, name))]) != folder]
    except (IndexError, ValueError):
        raise Refused("%s: this is no ONNX file, or it is damaged" % path) from None
    if outside:
        raise Refused("%s: its weights point to %r, outside its own folder; put the file beside it and export the "
                      "network anew" % (path, outside[0]))


def check_ir(path):
    """OpenVINO would hand what is no IR to its other readers, whatever the name says."""
    with open(path, "rb") as file:
        if b"<net" not in file.read(1024):
            raise Refused("%s: this is no OpenVINO IR" % path)


def constant(node):
    """Does it depend on constants only?"""
    if node.get_type_name() in ("Convert", "Reshape", "Transpose", "Multiply"):
        return all(constant(value.get_node()) for value in node.input_values())
    return node.get_type_name() == "Constant"


def features_of(output):
    """The output, or what the classifier of ImageNet's classes at the end reads."""
    shape = output.get_partial_shape()
    if shape.rank.get_length() != 2 or shape[1].is_dynamic or shape[1].get_length() not in CLASSIFIERS:
        return output
    node = output.get_node()
    while node.get_type_name() == "Softmax" or (node.get_type_name() in ("Add", "Multiply") and
                                                constant(node.input_value(1).get_node())):
        node = node.input_value(0).get_node()
    if node.get_type_name() == "MatMul" and constant(node.input_value(1).get_node()):
        return node.input_value(0)
    return output


def read(path):
    """(network, side of the photos that it reads)."""
    (check_external if path.endswith(".onnx") else check_ir)(path)
    try:
        network = ov.Core().read_model(path)
    except RuntimeError as error:
        reason = str(error).strip().split("\n")[-1]
        raise Refused("%s: OpenVINO cannot read this network: %s" % (path, reason)) from None
    inputs = network.inputs
    shape = inputs[0].get_partial_shape() if len(inputs) == 1 else None
    if shape is None or shape.rank.is_dynamic or shape.rank.get_length() != 4 or not (
            shape[1].is_dynamic or shape[1].get_length() == 3):
        raise Refused("%s: the network reads %s; one input of photos, [any, 3, height, width], is expected" %
                      (path, ", ".join(str(i.get_partial_shape()) for i in inputs)))
    if shape[2] != shape[3]:
        raise Refused("%s: the network reads photos of %s by %s pixels; squares are expected" %
                      (path, shape[3], shape[2]))
    side = 224 if shape[2].is_dynamic else shape[2].get_length()
    network.reshape({inputs[0]: ov.PartialShape([-1, 3, side, side])})
    output = features_of(network.get_results()[0].input_value(0))
    if output.get_partial_shape().rank.get_length() == 4:
        output = pool_global(output).output(0)
    if output.get_partial_shape().rank.get_length() != 2 or output.get_partial_shape()[1].is_dynamic:
        raise Refused("%s: the network gives an output of shape %s; [photos, dimensions] or [photos, channels, height, "
                      "width] is expected" % (path, output.get_partial_shape()))
    source = network.get_parameters()[0]
    named(source, "pixels")
    return ov.Model([unit(output)], [source], "image"), side
