"""int8 versions of text encoders, by NNCF's quantization after training: more texts a second, nearly the same vectors.

Calibrated on the texts of the small shop of the tests, and checked on its reviews, which calibration has not seen. NNCF
is asked for by `script/setup --int8`: it brings a dozen packages that nothing else here needs.
"""

import contextlib
import json
import os
import re

import numpy as np
import openvino as ov

from . import Refused, folder

SHOP = os.path.join(os.path.dirname(__file__), "..", "..", "..", "tests", "data", "small")
CHECKED = 200
COSINE_LEAST = .99
SMOOTH = .6  # share of SmoothQuant that goes to the activations; NNCF's .95 leaves vectors half as far again


def rows(name):
    with open(os.path.join(SHOP, name), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def product_texts():
    return ["%s. %s" % (item["title"], " ".join(item["description"])) for item in rows("meta.jsonl")]


def review_texts():
    reviews = rows("reviews.jsonl")
    texts = sorted({"%s %s" % (review.get("title") or "", review.get("text") or "") for review in reviews})
    return texts[::max(1, len(texts) // CHECKED)][:CHECKED]


class Tokens:
    """WordPiece for plain English, enough to calibrate with: what the program uses is src/encode/wordpiece.c."""

    def __init__(self, path, length):
        with open(path, encoding="utf-8") as file:
            self.ids = {line.rstrip("\n"): number for number, line in enumerate(file)}
        self.length = length

    def word(self, word):
        pieces, at = [], 0
        while at < len(word):
            ends = (end for end in range(len(word), at, -1) if ("##" if at else "") + word[at:end] in self.ids)
            end = next(ends, None)
            if end is None:
                return [self.ids["[UNK]"]]
            pieces.append(self.ids[("##" if at else "") + word[at:end]])
            at = end
        return pieces

    def inputs(self, text):
        inside = [piece for word in re.findall(r"[a-z0-9]+|[^\sa-z0-9]", text.lower()) for piece in self.word(word)]
        ids = np.array([[self.ids["[CLS]"], *inside[:self.length - 2], self.ids["[SEP]"]]], np.int64)
        return {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}


def vectors(network, inputs):
    compiled = ov.Core().compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.concatenate([compiled(one)[0] for one in inputs])


def quantized(network, inputs):
    try:
        import nncf
    except ImportError as error:
        raise Refused("NNCF is not installed (%s): run script/setup --int8" % error) from None
    nncf.set_log_level(40)
    smooth = nncf.AdvancedSmoothQuantParameters(matmul=SMOOTH)
    with open(os.devnull, "w", encoding="utf-8") as quiet, contextlib.redirect_stdout(quiet):
        return nncf.quantize(network, nncf.Dataset(inputs), model_type=nncf.ModelType.TRANSFORMER,
                             preset=nncf.QuantizationPreset.MIXED, subset_size=len(inputs),
                             advanced_parameters=nncf.AdvancedQuantizationParameters(smooth_quant_alphas=smooth))


def make(source, target):
    """Returns the mean cosine to the encoder that it was made from."""
    manifest = folder.manifest_of(source)
    if manifest.get("kind") != "text" or manifest.get("precision") != "fp32":
        raise Refused("%s: there is no text encoder of precision fp32 here" % source)
    path, vocabulary = os.path.join(source, "model.xml"), os.path.join(source, "vocab.txt")
    tokens = Tokens(vocabulary, manifest["max_length"])
    network = quantized(ov.Core().read_model(path), [tokens.inputs(text) for text in product_texts()])
    checked = [tokens.inputs(text) for text in review_texts()]
    cosine = float((vectors(network, checked) * vectors(path, checked)).sum(axis=1).mean())
    if not cosine >= COSINE_LEAST:
        raise Refused("the int8 version is not kept: its vectors have a mean cosine of %.4f to those of %s, and %.2f "
                      "is the least" % (cosine, source, COSINE_LEAST))
    origin = "sha256:" + manifest["files"]["model.bin"]
    folder.write(target, network, {**manifest, "precision": "int8", "source": origin}, [vocabulary])
    return cosine
