"""BERT (Devlin 2018) as an OpenVINO network that ends in one unit vector a text.

Takes what Hugging Face's BertModel takes, with its names of weights, with or without "bert." before them. Attention is
one scaled_dot_product_attention node, and query, key and value are one multiplication: as fast on a processor as the
separate steps (within 2 % at 32, 64 and 128 tokens), and a smaller graph.
"""

import numpy as np
import openvino as ov
from openvino import opset14 as op

from . import Refused
from .graph import Tensors, integers, layer_norm, linear, number, parameter, unit

ACTIVATIONS = {
    "gelu": lambda x: op.gelu(x, "erf"),
    "gelu_new": lambda x: op.gelu(x, "tanh"),
    "gelu_pytorch_tanh": lambda x: op.gelu(x, "tanh"),
    "relu": op.relu,
}
SIZES = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size",
         "max_position_embeddings")


def check(config):
    """Says what keeps a config.json from being BERT's."""
    kind = config.get("model_type", "bert")
    if kind != "bert":
        raise Refused("config.json says model_type %r: only BERT-type networks (model_type \"bert\") are taken, such "
                      "as bert-base-uncased or all-MiniLM-L6-v2" % kind)
    for key in SIZES:
        if not isinstance(config.get(key), int) or config[key] < 1:
            raise Refused("config.json: %s is %r; a number from 1 is expected" % (key, config.get(key)))
    if config["hidden_size"] % config["num_attention_heads"]:
        raise Refused("config.json: hidden_size %d is no multiple of num_attention_heads %d" %
                      (config["hidden_size"], config["num_attention_heads"]))
    if config.get("position_embedding_type", "absolute") != "absolute":
        raise Refused("config.json: position_embedding_type %r is not known; \"absolute\" is" %
                      config["position_embedding_type"])
    if config.get("hidden_act", "gelu") not in ACTIVATIONS:
        raise Refused("config.json: hidden_act %r is not known; %s are" %
                      (config["hidden_act"], ", ".join(ACTIVATIONS)))


def attention(x, weights, mask, heads):
    """Self-attention of (B, S, D); `mask` (B, 1, 1, S) is added to the scores."""
    width = weights.take("self.query.bias").shape[0]
    parts = [weights.under("self.%s." % name) for name in ("query", "key", "value")]
    qkv = linear(x, np.concatenate([p.take("weight", width, width) for p in parts]),
                 np.concatenate([p.take("bias", width) for p in parts]))
    split = op.reshape(qkv, integers(0, 0, 3 * heads, width // heads), True)
    split = op.transpose(split, integers(0, 2, 1, 3))  # (B, 3 heads, S, D / heads)
    q, k, v = op.split(split, op.constant(np.int64(1)), 3).outputs()
    mixed = op.scaled_dot_product_attention(q, k, v, mask, causal=False)
    mixed = op.reshape(op.transpose(mixed, integers(0, 2, 1, 3)), integers(0, 0, width), True)
    out = weights.under("output.dense.")
    return linear(mixed, out.take("weight", width, width), out.take("bias", width))


def layer(x, weights, mask, config):
    width, inner = config["hidden_size"], config["intermediate_size"]
    epsilon = config.get("layer_norm_eps", 1e-12)

    def norm(y, at):
        return layer_norm(y, weights.take(at + ".LayerNorm.weight", width), weights.take(at + ".LayerNorm.bias", width),
                          epsilon)

    x = norm(op.add(x, attention(x, weights.under("attention."), mask, config["num_attention_heads"])),
             "attention.output")
    y = linear(x, weights.take("intermediate.dense.weight", inner, width),
               weights.take("intermediate.dense.bias", inner))
    y = ACTIVATIONS[config.get("hidden_act", "gelu")](y)
    y = linear(y, weights.take("output.dense.weight", width, inner), weights.take("output.dense.bias", width))
    return norm(op.add(x, y), "output")


def embed(ids, types, weights, config):
    width = config["hidden_size"]
    zero, one = op.constant(np.int64(0)), op.constant(np.int64(1))
    words = op.gather(op.constant(weights.take("word_embeddings.weight", config["vocab_size"], width)), ids, zero)
    segments = op.gather(op.constant(weights.take("token_type_embeddings.weight", None, width)), types, zero)
    length = op.gather(op.shape_of(ids), integers(1), zero)
    places = op.slice(op.constant(weights.take("position_embeddings.weight", config["max_position_embeddings"], width)),
                      integers(0), length, op.reshape(one, integers(1), False), integers(0))
    return layer_norm(op.add(op.add(words, segments), places), weights.take("LayerNorm.weight", width),
                      weights.take("LayerNorm.bias", width), config.get("layer_norm_eps", 1e-12))


def pool(states, mask, pooling):
    """(B, S, D) -> (B, D)."""
    if pooling == "cls":
        return op.gather(states, op.constant(np.int64(0)), op.constant(np.int64(1)))
    share = op.convert(mask, "f32")
    total = op.reduce_sum(op.multiply(states, op.unsqueeze(share, integers(2))), integers(1), False)
    return op.divide(total, op.maximum(op.reduce_sum(share, integers(1), True), number(1e-9)))


def build(config, tensors, pooling):
    """The network of a checked config.json: three inputs (B, S) of i64, one output (B, D)."""
    check(config)
    prefix = "bert." if "bert.embeddings.word_embeddings.weight" in tensors else ""
    old = {".gamma": ".weight", ".beta": ".bias"}  # how the first published files name a normalisation's weights
    tensors = {next((name[:-len(a)] + b for a, b in old.items() if name.endswith(a)), name): array
               for name, array in tensors.items()}
    weights = Tensors(tensors, prefix)
    ids, mask, types = (parameter(name, [-1, -1], ov.Type.i64)
                        for name in ("input_ids", "attention_mask", "token_type_ids"))
    added = op.multiply(op.subtract(number(1), op.convert(mask, "f32")), number(np.finfo(np.float32).min))
    added = op.unsqueeze(added, integers(1, 2))
    x = embed(ids, types, weights.under("embeddings."), config)
    for index in range(config["num_hidden_layers"]):
        x = layer(x, weights.under("encoder.layer.%d." % index), added, config)
    return ov.Model([unit(pool(x, mask, pooling))], [ids, mask, types], "bert")
