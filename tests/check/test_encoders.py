"""Tests of script/encoders: what it builds agrees with PyTorch's vectors, and what is damaged, foreign or hostile is
refused with a sentence and leaves nothing behind. Runs in .venv-encoders, which script/setup makes. Prints TAP.

    test_encoders.py [--full]     with BERT-base in its full size, which takes half a gigabyte and some seconds
"""

import contextlib
import json
import os
import pickle
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
GOLDEN = os.path.join(ROOT, "tests", "golden", "encoders")
PYTHON = os.path.join(ROOT, ".venv-encoders", "bin", "python")
TOOL = os.path.join(ROOT, "script", "encoders")

if os.path.realpath(sys.prefix) != os.path.realpath(os.path.join(ROOT, ".venv-encoders")):
    if not os.path.exists(PYTHON):
        print("1..0 # SKIP there is no .venv-encoders: script/setup makes it")
        sys.exit(0)
    os.execv(PYTHON, [PYTHON, os.path.abspath(__file__)] + sys.argv[1:])

sys.dont_write_bytecode = True
sys.path[:0] = [GOLDEN, os.path.join(ROOT, "script", "lib")]
import numpy as np  # noqa: E402
import seeded  # noqa: E402
from encoders import Refused, cnn, folder, make, weights  # noqa: E402

WORDS = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n"


def write_safetensors(path, arrays):
    header, at = {}, 0
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(array.tobytes())
    return path


def write_bert(parent, name, config, arrays, **files):
    path = os.path.join(parent, name)
    os.makedirs(path)
    write_safetensors(os.path.join(path, "model.safetensors"), arrays)
    for file, content in {"config.json": json.dumps(config), "vocab.txt": WORDS, **files}.items():
        os.makedirs(os.path.dirname(os.path.join(path, file)), exist_ok=True)
        if content is not None:
            with open(os.path.join(path, file), "w", encoding="utf-8") as out:
                out.write(content)
    return path


def protobuf(number, content):
    """A field of a message: bytes, a string or an integer."""
    def varint(value):
        return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def onnx_tensor(name, array, location=None):
    said = b"".join(protobuf(1, n) for n in array.shape) + protobuf(2, 1) + protobuf(8, name)
    if location is None:
        return said + protobuf(9, array.astype("<f4").tobytes())
    return said + protobuf(13, protobuf(1, "location") + protobuf(2, location)) + protobuf(14, 1)


def onnx_value(name, shape):
    dims = b"".join(protobuf(1, protobuf(1, n) if isinstance(n, int) else protobuf(2, n)) for n in shape)
    return protobuf(1, name) + protobuf(2, protobuf(1, protobuf(1, 1) + protobuf(2, dims)))


def write_onnx(path, location=None):
    """A photo's mean colours through a classifier of 1,000 classes: what is before the classifier is the vector."""
    classes = np.random.default_rng(1).standard_normal((3, 1000), dtype=np.float32)
    nodes = (("GlobalAveragePool", "photo", "pooled"), ("Flatten", "pooled", "flat"),
             ("Gemm", "flat classes bias", "logits"))
    graph = b"".join(protobuf(1, b"".join(protobuf(1, a) for a in inputs.split()) + protobuf(2, out) +
                              protobuf(4, kind)) for kind, inputs, out in nodes)
    graph += protobuf(2, "net") + protobuf(5, onnx_tensor("classes", classes, location))
    graph += protobuf(5, onnx_tensor("bias", classes[0]))
    graph += protobuf(11, onnx_value("photo", ("n", 3, 224, 224))) + protobuf(12, onnx_value("logits", ("n", 1000)))
    with open(path, "wb") as file:
        file.write(protobuf(1, 8) + protobuf(7, graph) + protobuf(8, protobuf(1, "") + protobuf(2, 13)))
    return path


class Hostile:
    """Would make a folder when it is unpickled by one who trusts it."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (self.marker,)


def tool(encoders, *arguments):
    done = subprocess.run([sys.executable, TOOL, *arguments], capture_output=True, text=True, check=False,
                          env=dict(os.environ, VITRINE_ENCODERS=encoders), stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def network(encoders, name):
    return os.path.join(encoders, name, "model.xml")


def texts(encoders, name, config):
    ids, mask = seeded.texts(config)
    return folder.run(network(encoders, name),
                      {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)})


def agree(found, expected, bound=1e-4):
    """Against the largest number of the vectors, so that a bound of 1e-4 means something for unit vectors."""
    if found.shape != expected.shape:
        return False, "shape %s, %s is expected" % (found.shape, expected.shape)
    apart = float(np.abs(found - expected).max() / np.abs(expected).max())
    return apart < bound, "apart by %.2g" % apart


def built(work, expected, full):
    encoders = os.path.join(work, "encoders")
    status, said = tool(encoders, "default")
    yield "the default encoders are built", status == 0, said
    found = texts(encoders, "minilm", seeded.BERT_BASE)
    yield "all-MiniLM-L6-v2 gives PyTorch's vectors", *agree(found, expected["minilm"])
    cosine = (found * expected["minilm"]).sum(1).min()
    yield "their cosine is over 0.9999", cosine > 0.9999, str(cosine)

    config = seeded.BERT_BASE if full else seeded.BERT
    source = write_bert(work, "bert", config, {"bert." + name: a for name, a in seeded.bert(config).items()})
    status, said = tool(encoders, "text", source, "my-bert")
    yield "a Hugging Face folder of 768 dimensions is taken", status == 0 and "768 dimensions" in said, said
    yield "it gives PyTorch's vectors", *agree(texts(encoders, "my-bert", config),
                                               expected["bert_base" if full else "bert"])

    path = write_safetensors(os.path.join(work, "resnet50.safetensors"), seeded.resnet())
    status, said = tool(encoders, "image", path, "my-resnet", "--preprocess", "imagenet")
    yield "a ResNet-50 of 2048 dimensions is taken", status == 0 and "2048 dimensions" in said, said
    yield "it gives torchvision's vectors", *agree(folder.run(network(encoders, "my-resnet"),
                                                              {"pixels": seeded.photos()}), expected["resnet"])
    yield from manifests(encoders)

    path = write_onnx(os.path.join(work, "net.onnx"))
    status, said = tool(encoders, "image", path, "my-onnx", "--preprocess", "unit")
    yield "an ONNX is taken, its classifier left out", status == 0 and "3 dimensions" in said, said
    colours = seeded.photos().mean(axis=(2, 3))
    yield "it gives what is before the classifier", *agree(
        folder.run(network(encoders, "my-onnx"), {"pixels": seeded.photos()}),
        colours / np.linalg.norm(colours, axis=1, keepdims=True))


def manifests(encoders):
    manifest = folder.manifest_of(os.path.join(encoders, "my-resnet"))
    said = json.dumps(manifest)
    yield "the manifest tells what the program needs", (
        manifest["kind"] == "image" and manifest["dimensions"] == 2048 and manifest["preprocess"] == {
            "size": 224, "resize": 256, "fit": "crop", "mean": [123.675, 116.28, 103.53],
            "deviation": [58.395, 57.12, 57.375]}), said
    yield "it has the hash of each file beside it", (
        sorted(manifest["files"]) == ["model.bin", "model.xml"]
        and all(folder.sha256(os.path.join(encoders, "my-resnet", f)) == h for f, h in manifest["files"].items())), said
    before = os.stat(network(encoders, "minilm")).st_ino
    status, said = tool(encoders, "default")
    yield "the second time nothing is built", (
        status == 0 and said == "" and os.stat(network(encoders, "minilm")).st_ino == before), said
    with open(os.path.join(encoders, "minilm", "model.bin"), "r+b") as file:
        file.write(b"damaged")
    status, said = tool(encoders, "default")
    yield "a damaged one is built anew", (
        status == 0 and "minilm" in said and "efficientnet" not in said
        and folder.intact(os.path.join(encoders, "minilm"), "sha256:" + make.MINILM["model.safetensors"])), said
    lite = os.path.join(encoders, "efficientnet-lite0")
    hashes = folder.manifest_of(lite)["files"]
    os.remove(network(encoders, "efficientnet-lite0"))
    status, said = tool(encoders, "default")
    yield "the same network is the same bytes, whatever was built before it", (
        status == 0 and "minilm" not in said and folder.manifest_of(lite)["files"] == hashes), said
    status, said = tool(encoders, "bf16", "minilm", "--as", "small")
    small = folder.manifest_of(os.path.join(encoders, "small"))
    yield "a version in bfloat16 shares the files of its encoder", (
        status == 0 and small["precision"] == "bf16" and os.stat(network(encoders, "small")).st_ino == os.stat(
            network(encoders, "minilm")).st_ino
        and {**small, "precision": "fp32"} == folder.manifest_of(os.path.join(encoders, "minilm"))), said
    status, said = tool(encoders, "bf16", "small")
    yield "none is made of one in bfloat16", status == 1 and "no encoder of precision fp32" in said, said
    status, said = tool(encoders, "text", ROOT, "my-resnet")
    yield "an encoder is never overwritten unasked", status == 1 and "--replace" in said, said


def readers(work):
    expected = {"part": np.arange(24, dtype=np.float32).reshape(4, 6)[1:3, 2:5],
                "turned": np.arange(24, dtype=np.float32).reshape(4, 6).T}
    for name in ("zip.pth", "legacy.pth"):
        found = weights.read(os.path.join(GOLDEN, name))
        good = found["count"] == 7 and all(np.array_equal(found[key], expected[key]) for key in expected)
        yield "%s: offsets and strides are respected" % name, good, str(found)
        with open(os.path.join(GOLDEN, name), "rb") as file:
            whole = file.read()
        wrong = []
        for end in range(0, len(whole), 7):
            path = os.path.join(work, "cut.pth")
            with open(path, "wb") as file:
                file.write(whole[:end])
            with contextlib.suppress(Refused):
                weights.read(path)
                wrong.append(end)
        yield "%s cut anywhere is refused" % name, not wrong, str(wrong)


def refusals(work):
    """(what, arguments of the tool, words that must be said)"""
    config = {**seeded.BERT, "hidden_size": 24, "num_attention_heads": 2, "intermediate_size": 8,
              "num_hidden_layers": 1, "vocab_size": 9}
    good = seeded.bert(config)
    sick = {**good, "encoder.layer.0.output.dense.bias": np.full(24, np.nan, np.float32)}
    short = {name: array for name, array in good.items() if name != "encoder.layer.0.output.dense.bias"}
    wrong = {**good, "encoder.layer.0.output.dense.bias": np.zeros(23, np.float32)}

    def text(what, words, told=config, arrays=good, **files):
        return what, ["text", write_bert(work, what.replace(" ", "-"), told, arrays, **files), "new"], words

    yield text("another architecture", "model_type 'roberta'", {**config, "model_type": "roberta"})
    yield text("a SentencePiece vocabulary", "only WordPiece", **{"vocab.txt": None, "spiece.model": "x"})
    yield text("a vocabulary of another network", "vocab_size 9", **{"vocab.txt": WORDS * 9})
    yield text("a config without sizes", "hidden_size", {"model_type": "bert"})
    yield text("a config that is no JSON", "cannot be read", **{"config.json": "{"})
    yield text("weights that are not finite", "not finite", arrays=sick)
    yield text("missing weights", "layer.0.output.dense.bias are missing", arrays=short)
    yield text("weights of another shape", "[24] is expected", arrays=wrong)
    yield text("pooling by maximum", "pooling_mode_max_tokens",
               **{"1_Pooling/config.json": '{"pooling_mode_max_tokens": true}'})
    yield "a name that leaves the folder", ["text", write_bert(work, "fine", config, good), "../new"], "no name"
    yield "no such folder", ["text", os.path.join(work, "nowhere"), "new"], "no such folder"

    def image(what, words, name, content):
        path = os.path.join(work, name)
        with open(path, "wb") as file:
            file.write(content)
        return what, ["image", path, "new", "--preprocess", "imagenet"], words

    marker = os.path.join(work, "was-run")
    yield image("a pickle that wants to run code", "posix.mkdir", "hostile.pth", pickle.dumps(Hostile(marker)))
    yield image("a text named .pth", "no file of PyTorch weights", "text.pth", b"hello\n")
    yield image("a text named .onnx", "no ONNX file", "text.onnx", b"hello\n")
    yield image("a text named .xml", "no OpenVINO IR", "text.xml", b"hello\n")
    for place in ("../secret", "/etc/passwd"):
        path = write_onnx(os.path.join(work, "outside.onnx"), place)
        yield "weights of ONNX in %s" % place, ["image", path, "new", "--preprocess", "imagenet"], "outside its own"
    path = write_safetensors(os.path.join(work, "other.safetensors"), good)
    yield "weights of no ResNet", ["image", path, "new", "--preprocess", "imagenet"], "torchvision ResNet"


def refused(work):
    encoders = os.path.join(work, "none")
    os.mkdir(encoders)
    for what, arguments, words in refusals(work):
        status, said = tool(encoders, *arguments)
        good = status == 1 and words in said and "Traceback" not in said and said.count("\n") == 1
        yield "refused: " + what, good and not os.listdir(encoders), "exit code %d\n%s" % (status, said)
    yield "no code of a file was run", not os.path.exists(os.path.join(work, "was-run")), ""
    status, said = tool(encoders, "image", "x.pth", "new")
    yield "usage: --preprocess is asked for", status == 2 and "--preprocess" in said, said
    path = os.path.join(work, "download")
    with open(path, "wb") as file:
        file.write(b"something else")
    try:
        folder.check_hash(path, make.LITE["efficientnet-lite0-57934424.pth"])
        said = ""
    except Refused as error:
        said = str(error)
    yield "a download of another hash is refused", "not the pinned file" in said, said


def same_padding():
    """On even pictures the odd pixel comes after, as TensorFlow trained it."""
    yield "padding of strided convolutions", (
        cnn.same(3, 2) == {"stride": 2, "before": 0, "after": 1}
        and cnn.same(5, 2) == {"stride": 2, "before": 1, "after": 2}
        and cnn.same(5, 1) == {"stride": 1, "before": 2, "after": 2}), ""


def main():
    expected = np.load(os.path.join(GOLDEN, "vectors.npz"))
    failed = number = 0
    with tempfile.TemporaryDirectory() as work:
        for cases in (built(work, expected, "--full" in sys.argv), readers(work), refused(work), same_padding()):
            for name, good, said in cases:
                number += 1
                failed += not good
                print("%sok %d - %s" % ("" if good else "not ", number, name), flush=True)
                if not good:
                    print("# " + said.replace("\n", "\n# "))
    print("1..%d" % number)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
