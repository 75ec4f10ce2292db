"""BERT as ONNX Runtime runs it best: a graph of its own fused operators (attention, skip and normalisation, bias and
GELU), which its optimizer looks for in an export, straight from the safetensors. torch's older exporter does not get
through the BERT of transformers 5.
"""

import json
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

FUSED = "com.microsoft"


class Graph:
    def __init__(self):
        self.nodes, self.weights = [], []

    def constant(self, array):
        name = "w%d" % len(self.weights)
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def __call__(self, kind, *inputs, domain="", **attributes):
        name = "n%d" % len(self.nodes)
        inputs = [self.constant(x) if isinstance(x, np.ndarray) else x for x in inputs]
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, domain=domain, **attributes))
        return name


def layer(g, x, mask, w, heads, epsilon):
    def skip(y, at, bias):
        return g("SkipLayerNormalization", y, x, w[at + ".LayerNorm.weight"], w[at + ".LayerNorm.bias"], bias,
                 domain=FUSED, epsilon=epsilon)

    parts = ["attention.self.%s." % part for part in ("query", "key", "value")]
    y = g("Attention", x, np.concatenate([w[part + "weight"].T for part in parts], axis=1),
          np.concatenate([w[part + "bias"] for part in parts]), mask, domain=FUSED, num_heads=heads)
    y = g("MatMul", y, w["attention.output.dense.weight"].T)
    x = skip(y, "attention.output", w["attention.output.dense.bias"])
    y = g("MatMul", x, w["intermediate.dense.weight"].T)
    y = g("BiasGelu", y, w["intermediate.dense.bias"], domain=FUSED)
    y = g("MatMul", y, w["output.dense.weight"].T)
    return skip(y, "output", w["output.dense.bias"])


def write(source, path):
    """From a Hugging Face folder; inputs are input_ids and attention_mask, i64 (n, t), the output tokens' vectors."""
    with open(os.path.join(source, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    tensors = load_file(os.path.join(source, "model.safetensors"))
    tensors = {name.removeprefix("bert."): array.astype(np.float32) for name, array in tensors.items()
               if array.dtype.kind == "f"}
    g, epsilon, at = Graph(), config["layer_norm_eps"], "embeddings."
    words = g("Gather", tensors[at + "word_embeddings.weight"], "input_ids")
    length = g("Slice", g("Shape", "input_ids"), np.array([1]), np.array([2]))
    places = tensors[at + "position_embeddings.weight"] + tensors[at + "token_type_embeddings.weight"][0]
    places = g("Slice", places, np.array([0]), length, np.array([0]))
    x = g("LayerNormalization", g("Add", words, places), tensors[at + "LayerNorm.weight"],
          tensors[at + "LayerNorm.bias"], axis=-1, epsilon=epsilon)
    mask = g("Cast", "attention_mask", to=TensorProto.INT32)
    for index in range(config["num_hidden_layers"]):
        under = "encoder.layer.%d." % index
        weights = {name[len(under):]: array for name, array in tensors.items() if name.startswith(under)}
        x = layer(g, x, mask, weights, config["num_attention_heads"], epsilon)
    g.nodes[-1].output[0] = "hidden"
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"])
              for name in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["n", "t", config["hidden_size"]])
    graph = helper.make_graph(g.nodes, "bert", inputs, [output], g.weights)
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[
        helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]), path)
