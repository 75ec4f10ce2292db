#!/usr/bin/env python3
"""tests/data/make_encoders.py

Makes the small encoders of the tests, in tests/data/encoders, with OpenVINO's Python package
(.venv-encoders/bin/python tests/data/make_encoders.py):

  tiny-text    gives each token a row of a table, [?, ?, 4]: the program takes the mean over the text's own tokens.
               Row of a token: (1, id, 0, 0)
  tiny-cls     the same with the first token's row as the vector
  tiny-image   the mean of each colour of an 8 x 8 photo, [?, 3]
  tiny-nan     as tiny-image, but 0 / 0
"""

import hashlib
import json
import os

import numpy as np
import openvino as ov
from openvino import opset14 as op

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "encoders")
WORDS = "[PAD] [UNK] [CLS] [SEP] red blue shoe ##s shirt .".split()


def named(node, name):
    node.output(0).get_tensor().set_names({name})
    return node


def text():
    ids = named(op.parameter([-1, -1], np.int64, "input_ids"), "input_ids")
    mask = named(op.parameter([-1, -1], np.int64, "attention_mask"), "attention_mask")
    table = np.array([[1, number, 0, 0] for number in range(len(WORDS))], np.float32)
    rows = op.gather(op.constant(table), ids, op.constant(np.int64(0)))
    # what is padding gets a large number, which must not count
    padding = op.subtract(op.constant(np.float32(1)), op.convert(mask, "f32"))
    far = op.multiply(op.unsqueeze(padding, op.constant(np.int64(2))), op.constant(np.float32(1000)))
    return ov.Model([op.result(named(op.add(rows, far), "last_hidden_state"))], [ids, mask], "tiny-text")


def image(nan):
    pixels = named(op.parameter([-1, 3, 8, 8], np.float32, "pixels"), "pixels")
    means = op.reduce_mean(pixels, op.constant(np.array([2, 3], np.int64)), False)
    if nan:
        means = op.divide(means, op.multiply(means, op.constant(np.float32(0))))
    return ov.Model([op.result(named(means, "embedding"))], [pixels], "tiny-image")


def write(name, network, manifest, files=()):
    folder = os.path.join(FOLDER, name)
    os.makedirs(folder, exist_ok=True)
    ov.save_model(network, os.path.join(folder, "model.xml"), compress_to_fp16=False)
    for file, content in files:
        with open(os.path.join(folder, file), "w", encoding="utf-8") as out:
            out.write(content)
    hashes = {}
    for file in sorted(os.listdir(folder)):
        if file != "manifest.json":
            with open(os.path.join(folder, file), "rb") as data:
                hashes[file] = hashlib.sha256(data.read()).hexdigest()
    with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as out:
        json.dump({"format": 1, **manifest, "files": hashes}, out, indent=1)
        out.write("\n")


def main():
    vocabulary = [("vocab.txt", "".join(word + "\n" for word in WORDS))]
    for name, pooling in (("tiny-text", "mean"), ("tiny-cls", "cls")):
        write(name, text(), {"kind": "text", "title": name, "licence": "MIT", "dimensions": 4, "pooling": pooling,
                             "max_length": 16, "lower_case": True}, vocabulary)
    preprocess = {"size": 8, "resize": 8, "fit": "crop", "mean": [0, 0, 0], "deviation": [255, 255, 255]}
    for name in ("tiny-image", "tiny-nan"):
        write(name, image(name == "tiny-nan"), {"kind": "image", "title": name, "licence": "MIT", "dimensions": 3,
                                                "pooling": "none", "preprocess": preprocess})


if __name__ == "__main__":
    main()
