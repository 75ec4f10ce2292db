"""Folders of encoders: a network, for texts its vocabulary, and manifest.json, which the program reads.

A folder appears whole or not at all: it is made beside its place, the network is run once as the program will run it,
and only then it is moved there.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile

import numpy as np
import openvino as ov

from . import Refused

FORMAT = 1
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")

# What networks want to see: (byte - mean) / deviation, of R, G, B in 0 to 255.
PREPROCESS = {
    "imagenet": {"mean": [123.675, 116.28, 103.53], "deviation": [58.395, 57.12, 57.375]},
    "clip": {"mean": [122.771, 116.746, 104.094], "deviation": [68.501, 66.632, 70.323]},
    "lite": {"mean": [127.0] * 3, "deviation": [128.0] * 3},
    "inception": {"mean": [127.5] * 3, "deviation": [127.5] * 3},
    "unit": {"mean": [0.0] * 3, "deviation": [255.0] * 3},
}


def recipe(name, fit="crop", size=224, resize=256):
    return {"size": size, "resize": resize, "fit": fit, **PREPROCESS[name]}


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_hash(path, expected):
    if not os.path.isfile(path):
        raise Refused("%s: there is no such file" % path)
    found = sha256(path)
    if found != expected:
        raise Refused("%s: this is not the pinned file and is not used: its sha256 is %s, %s is expected" %
                      (path, found, expected))


def sample(manifest):
    """Two inputs, of unequal length where there is one, as the program would give them."""
    if manifest["kind"] == "text":
        ids = np.array([[1, 2, 3, 4, 5], [1, 2, 3, 0, 0]], np.int64)
        mask = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], np.int64)
        return {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    side = manifest["preprocess"]["size"]
    ramp = np.linspace(-1, 1, 2 * 3 * side * side, dtype=np.float32).reshape(2, 3, side, side)
    return {"pixels": np.sin(ramp * 40)}


def run(network, inputs):
    core = ov.Core()
    compiled = core.compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return compiled(inputs)[0]


def check_output(network, manifest):
    """Runs the file once and returns the dimensions."""
    vectors = run(network, sample(manifest))
    if vectors.ndim != 2 or vectors.shape[0] != 2:
        raise Refused("the network gives an output of shape %s; one row of numbers for each input is expected" %
                      list(vectors.shape))
    if not np.isfinite(vectors).all():
        raise Refused("the network gives values that are not finite numbers: its weights are damaged, or it is no "
                      "network for this kind of input")
    if np.abs(np.linalg.norm(vectors, axis=1) - 1).max() > 1e-3:
        raise Refused("the network gives no vector for a plain input: all of its outputs are zero")
    return vectors.shape[1]


def place(parent, name, replace):
    """Where the encoder `name` goes."""
    if not NAME.match(name):
        raise Refused("%r is no name for an encoder: letters, digits, '.', '_' and '-' are expected, 64 at most" % name)
    target = os.path.join(parent, name)
    if os.path.lexists(target) and not replace:
        raise Refused("there is an encoder %s already (%s); take another name or add --replace" % (name, target))
    return target


def manifest_of(folder):
    """The manifest of a folder, {} when there is none that can be read."""
    try:
        with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def intact(folder, source):
    """Was this folder made from `source` (a string of hashes), with all files as they were written?"""
    manifest = manifest_of(folder)
    return manifest.get("format") == FORMAT and manifest.get("source") == source and all(
        os.path.isfile(os.path.join(folder, name)) and sha256(os.path.join(folder, name)) == expected
        for name, expected in manifest["files"].items())


def lower(source, target):
    """Makes the encoder `target` of the files of `source`, to be run in bfloat16; they take no room of their own."""
    manifest = manifest_of(source)
    if manifest.get("precision") != "fp32":
        raise Refused("%s: there is no encoder of precision fp32 here" % source)
    with making(target) as work:
        for name in manifest["files"]:
            check_hash(os.path.join(source, name), manifest["files"][name])
            link(os.path.join(source, name), os.path.join(work, name))
        write_manifest(work, {**manifest, "precision": "bf16"})


def link(path, target):
    try:
        os.link(path, target)
    except OSError:  # another file system
        shutil.copyfile(path, target)


@contextlib.contextmanager
def making(folder):
    """A folder to work in, which takes the place of `folder` when all went well."""
    parent = os.path.dirname(folder)
    os.makedirs(parent, exist_ok=True)
    work = tempfile.mkdtemp(prefix=".making-", dir=parent)
    try:
        yield work
        os.chmod(work, 0o755)
        if os.path.isdir(folder):
            shutil.rmtree(folder)
        os.rename(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write_manifest(work, manifest):
    with open(os.path.join(work, "manifest.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1)
        file.write("\n")


def name_nodes(network):
    """By their place, not by how many were made before: the same network is the same bytes, and has the same hash."""
    for index, node in enumerate(network.get_ordered_ops()):
        node.set_friendly_name("%s_%d" % (node.get_type_name(), index))


def write(folder, network, manifest, copies=()):
    """Makes `folder` with the network, copies of files and the manifest, which gets dimensions and files here."""
    with making(folder) as work:
        name_nodes(network)
        ov.save_model(network, os.path.join(work, "model.xml"), compress_to_fp16=False)
        for path in copies:
            shutil.copyfile(path, os.path.join(work, os.path.basename(path)))
        manifest = {"format": FORMAT, **manifest, "dimensions": check_output(os.path.join(work, "model.xml"), manifest)}
        manifest["files"] = {file: sha256(os.path.join(work, file)) for file in sorted(os.listdir(work))}
        write_manifest(work, manifest)
    return manifest
