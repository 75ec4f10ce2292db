"""Networks with weights from a seed, the same with and without PyTorch, so that no large file has to be kept.

Each tensor has its own random stream, named by the tensor; scales keep the values of deep networks in bounds.
"""

import zlib

import numpy as np

BERT = {"architectures": ["BertModel"], "model_type": "bert", "vocab_size": 1000, "hidden_size": 768,
        "num_hidden_layers": 2, "num_attention_heads": 12, "intermediate_size": 3072, "max_position_embeddings": 512,
        "type_vocab_size": 2, "hidden_act": "gelu", "layer_norm_eps": 1e-12, "position_embedding_type": "absolute"}
BERT_BASE = {**BERT, "vocab_size": 30522, "num_hidden_layers": 12}
RESNET_50 = (3, 4, 6, 3)


def stream(name):
    return np.random.default_rng([5, zlib.crc32(name.encode())])


def normal(name, shape, scale, mean=0.0):
    return (mean + scale * stream(name).standard_normal(shape, dtype=np.float32)).astype(np.float32)


def bert_shapes(config):
    width, inner = config["hidden_size"], config["intermediate_size"]
    for table, rows in (("word", "vocab_size"), ("position", "max_position_embeddings"),
                        ("token_type", "type_vocab_size")):
        yield "embeddings.%s_embeddings.weight" % table, (config[rows], width)
    yield "embeddings.LayerNorm.weight", (width,)
    yield "embeddings.LayerNorm.bias", (width,)
    for index in range(config["num_hidden_layers"]):
        at = "encoder.layer.%d." % index
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            yield at + part + ".weight", (width, width)
            yield at + part + ".bias", (width,)
        yield at + "intermediate.dense.weight", (inner, width)
        yield at + "intermediate.dense.bias", (inner,)
        yield at + "output.dense.weight", (width, inner)
        yield at + "output.dense.bias", (width,)
        for part in ("attention.output", "output"):
            yield at + part + ".LayerNorm.weight", (width,)
            yield at + part + ".LayerNorm.bias", (width,)


def bert(config):
    return {name: normal(name, shape, 0.05, 1.0 if name.endswith("LayerNorm.weight") else 0.0)
            for name, shape in bert_shapes(config)}


def texts(config):
    """Token ids and mask of three texts of unequal length."""
    ids, mask = np.zeros((3, 40), np.int64), np.zeros((3, 40), np.int64)
    for row, length in enumerate((3, 17, 40)):
        ids[row, :length] = stream("text %d" % row).integers(5, config["vocab_size"], length)
        mask[row, :length] = 1
    return ids, mask


def norm(name, channels, gain):
    return {name + ".weight": normal(name + ".weight", (channels,), 0.1 * gain, gain),
            name + ".bias": normal(name + ".bias", (channels,), 0.1),
            name + ".running_mean": normal(name + ".running_mean", (channels,), 0.1),
            name + ".running_var": (0.5 + stream(name + ".running_var").random(channels)).astype(np.float32)}


def conv(name, out, channels, size):
    return {name + ".weight": normal(name + ".weight", (out, channels, size, size),
                                     (2.0 / (channels * size * size)) ** 0.5)}


def resnet(blocks=RESNET_50):
    """Bottleneck blocks by torchvision's names, without the classifier."""
    found = {**conv("conv1", 64, 3, 7), **norm("bn1", 64, 1.0)}
    channels = 64
    for stage, count in enumerate(blocks, 1):
        width = 32 << stage
        for index in range(count):
            at = "layer%d.%d." % (stage, index)
            for number, (out, inputs, size) in enumerate(((width, channels, 1), (width, width, 3),
                                                          (4 * width, width, 1)), 1):
                found.update(conv(at + "conv%d" % number, out, inputs, size))
                found.update(norm(at + "bn%d" % number, out, 0.3 if number == 3 else 1.0))
            if index == 0:
                found.update(conv(at + "downsample.0", 4 * width, channels, 1))
                found.update(norm(at + "downsample.1", 4 * width, 1.0))
            channels = 4 * width
    return found


def photos():
    """Two photos of large patches: fine noise would look alike to any network."""
    return np.kron(normal("photos", (2, 3, 7, 7), 2.0), np.ones((32, 32), np.float32))
