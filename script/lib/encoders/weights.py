"""Weights from files, as numpy arrays: safetensors and PyTorch's own formats (a zip, and the older stream of pickles).

PyTorch's files are pickles, which can run any code when read. Weights need only a handful of names, so these are
answered here, with plain arrays, and anything else a file asks for ends the reading.
"""

import json
import os
import pickle
import struct
import zipfile
from collections import OrderedDict

import numpy as np

from . import Refused

HEADER_MAX = 16 << 20
FLOATS = {"F64": np.float64, "F32": np.float32, "F16": np.float16}
KINDS = {**FLOATS, "I64": np.int64, "I32": np.int32, "I16": np.int16, "I8": np.int8, "U8": np.uint8, "BOOL": np.bool_}
STORAGES = {"FloatStorage": np.float32, "HalfStorage": np.float16, "DoubleStorage": np.float64,
            "LongStorage": np.int64, "IntStorage": np.int32}
LEGACY_MAGIC = 0x1950a86a20f9469cfc6c


def read(path):
    """The tensors of a weights file, name -> array. What is floating comes as float32."""
    if not os.path.isfile(path):
        raise Refused("%s: there is no such file" % path)
    tensors = read_safetensors(path) if path.endswith(".safetensors") else read_torch(path)
    for name, array in tensors.items():
        if array.dtype.kind == "f":
            tensors[name] = np.ascontiguousarray(array, dtype=np.float32)
            if not np.isfinite(tensors[name]).all():
                raise Refused("%s: the weights %s hold values that are not finite numbers; take a sound copy of the "
                              "file" % (path, name))
    return tensors


def read_safetensors(path):
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= length <= min(HEADER_MAX, size - 8):
            raise Refused("%s: this is not a safetensors file, or it is cut off" % path)
        try:
            header = json.loads(file.read(length))
            header.pop("__metadata__", None)
            data = np.memmap(path, np.uint8, "r", 8 + length)
            return {name: safetensor(data, entry) for name, entry in header.items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused("%s: the header of this safetensors file is damaged (%s)" % (path, error)) from None


def safetensor(data, entry):
    begin, end = entry["data_offsets"]
    shape, kind = tuple(entry["shape"]), entry["dtype"]
    if not 0 <= begin <= end <= len(data):
        raise ValueError("a tensor lies outside the file")
    if kind == "BF16":  # the upper half of a float32
        return (data[begin:end].view(np.uint16).astype(np.uint32) << 16).view(np.float32).reshape(shape)
    return data[begin:end].view(KINDS[kind]).reshape(shape)


class Storage:
    """The numbers that tensors of a PyTorch file are views of; filled when their bytes are reached."""

    def __init__(self, kind, count):
        self.kind, self.count, self.numbers = kind, count, None


class View:
    """A tensor as the pickle describes it, before its storage is read."""

    def __init__(self, storage, offset, shape, strides):
        self.storage, self.offset, self.shape, self.strides = storage, offset, tuple(shape), tuple(strides)

    def array(self):
        """The strides are respected: weights saved in another order of axes are views, not copies."""
        numbers = self.storage.numbers
        count = int(np.prod(self.shape, dtype=np.int64))
        last = self.offset + sum((n - 1) * step for n, step in zip(self.shape, self.strides))
        if len(self.shape) != len(self.strides) or min((0, self.offset) + self.shape + self.strides) < 0 or \
                count > len(numbers) or (count and last >= len(numbers)):
            raise Refused("a tensor lies outside its storage: the file is damaged")
        if count == 0:
            return np.zeros(self.shape, numbers.dtype)
        width = numbers.dtype.itemsize
        return np.lib.stride_tricks.as_strided(numbers[self.offset:], self.shape, [s * width for s in self.strides])


class Weights(pickle.Unpickler):
    """Knows the names that a file of weights needs, and no other."""

    def __init__(self, file, storages):
        super().__init__(file, encoding="utf-8")
        self.storages = storages

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *rest: View(storage, offset, shape, strides)
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda data, *rest: data
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        raise Refused("the file asks for %s.%s, which weights never need, and is not read further; save the plain "
                      "state dict (torch.save(model.state_dict(), FILE)) or take a .safetensors file" % (module, name))

    def persistent_load(self, pid):
        kind, storage, key, _, count = pid[:5]
        if kind != "storage" or (len(pid) > 5 and pid[5] is not None):
            raise Refused("the file holds a reference of a kind that weights never need (%r)" % (kind,))
        return self.storages.setdefault(str(key), Storage(np.dtype(storage), int(count)))


def read_torch(path):
    try:
        with open(path, "rb") as file:
            found = read_torch_zip(file) if zipfile.is_zipfile(file) else read_torch_stream(file)
            found = found.get("state_dict", found) if isinstance(found, dict) else found
            if not isinstance(found, dict):
                raise Refused("it holds a %s where a state dict is expected" % type(found).__name__)
            tensors = {name: view.array() for name, view in found.items() if isinstance(view, View)}
    except Refused as error:
        raise Refused("%s: %s" % (path, error)) from None
    except MemoryError:
        raise
    except Exception as error:  # a damaged pickle can fail in any way
        raise Refused("%s: this is no file of PyTorch weights, or it is damaged (%s)" % (path, error)) from None
    if not tensors:
        raise Refused("%s: there are no weights in this file" % path)
    return tensors


def numbers_of(raw, storage):
    if len(raw) != storage.count * storage.kind.itemsize:
        raise Refused("the file is cut off")
    return np.frombuffer(raw, storage.kind)


def read_torch_zip(file):
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        inside = {name.split("/", 1)[-1]: name for name in archive.namelist()}
        if "data.pkl" not in inside:
            raise Refused("this zip is not a file of PyTorch weights")
        if "byteorder" in inside and archive.read(inside["byteorder"]) != b"little":
            raise Refused("the weights were saved on a big-endian machine, which is not read here")
        storages = {}
        with archive.open(inside["data.pkl"]) as pickled:
            found = Weights(pickled, storages).load()
        for key, storage in storages.items():
            info = archive.getinfo(inside["data/" + key])
            if info.compress_type != zipfile.ZIP_STORED:  # PyTorch never compresses: this could unpack to anything
                raise Refused("the weights inside are compressed, which PyTorch does not do")
            storage.numbers = numbers_of(archive.read(info), storage)
    return found


def read_torch_stream(file):
    file.seek(0)
    storages = {}

    def load():
        return Weights(file, storages).load()

    if load() != LEGACY_MAGIC:
        raise Refused("this is no file of PyTorch weights")
    load()  # version of the protocol
    if not load().get("little_endian", True):
        raise Refused("the weights were saved on a big-endian machine, which is not read here")
    found = load()
    for key in load():
        storage = storages[str(key)]
        count = struct.unpack("<q", file.read(8))[0]
        if count != storage.count:
            raise Refused("a storage has another size than the file says")
        storage.numbers = numbers_of(file.read(count * storage.kind.itemsize), storage)
    return found
