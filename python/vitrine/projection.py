"""Vectors of items, and maps of vectors in two or three dimensions."""

from __future__ import annotations

import array
import sys
from typing import Any

from . import _vitrine
from .errors import BadFormat, NotFound
from .progress import Progress, telling


class Embeddings:
    """
    Unit vectors of a shop's items. `vectors` is a view of the library's own memory, read-only, (items, dimensions) of
    float32: a NumPy array where NumPy is installed, else a memoryview. It stays as long as somebody has it.
    """

    def __init__(self, handle: _vitrine.Handle) -> None:
        self._handle = handle
        self.ids, self.encoder, self.hash = _vitrine.vectors_info(handle)
        self.vectors: Any = _view(memoryview(handle))

    def __getitem__(self, item: str) -> Any:
        """The vector of one item."""
        from bisect import bisect_left

        at = bisect_left(self.ids, item.encode(), key=str.encode)
        if at == len(self.ids) or self.ids[at] != item:
            raise NotFound(f'no item "{item}" has a vector', 3)
        return self.vectors[at]

    def __len__(self) -> int:
        return len(self.ids)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        import numpy

        return numpy.array(self.vectors, dtype=dtype) if copy else numpy.asarray(self.vectors, dtype=dtype)

    def __repr__(self) -> str:
        return f"<vitrine.Embeddings: {len(self.ids):,} items by {self.encoder}>"


class Map:
    """Places of vectors in two or three dimensions: what NumPy and matplotlib take as an array."""

    def __init__(self, at: Any, explained: tuple[float, ...], perplexity: float, divergence: float) -> None:
        self.at = at
        #: PCA: shares of the variance.
        self.explained = explained
        #: t-SNE: that was used, and the Kullback-Leibler divergence in nats.
        self.perplexity, self.divergence = perplexity, divergence

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        import numpy

        return numpy.asarray(self.at, dtype=dtype)

    def __getitem__(self, key: Any) -> Any:
        return self.at[key]

    def __len__(self) -> int:
        return len(self.at)


def _view(memory: Any) -> Any:
    try:
        import numpy
    except ImportError:
        return memory
    return numpy.asarray(memory)


def _matrix(x: Any) -> memoryview:
    """C-contiguous float32 of two dimensions."""
    if isinstance(x, Embeddings):
        x = x.vectors
    numpy = sys.modules.get("numpy")
    if numpy is not None and not isinstance(x, memoryview):
        x = numpy.ascontiguousarray(x, dtype="f4")
        if x.ndim != 2:
            raise BadFormat(f"a matrix is expected, not {x.ndim} dimensions", 4)
    if not isinstance(x, memoryview) and isinstance(x, (list, tuple)):
        rows = [array.array("f", row) for row in x]
        d = len(rows[0]) if rows else 0
        x = memoryview(array.array("f", [cell for row in rows for cell in row])).cast("B").cast("f", (len(rows), d))
    return memoryview(x)


def _project(x: Any, method: int, dims: int, perplexity: float, seed: int, threads: int, progress: Progress) -> Map:
    matrix = _matrix(x)
    with telling(progress) as callback:
        made, explained, used, divergence = _vitrine.project(matrix, method, dims, perplexity, seed, threads, callback)
    at = _view(memoryview(made).cast("f", (matrix.shape[0] if matrix.shape else 0, dims)))
    return Map(at, explained[:dims], used, divergence)


def pca(x: Any, dims: int = 2, *, seed: int = 42, threads: int = 0, progress: Progress = None) -> Map:
    """Principal components of vectors (N, D): embeddings, an array, or rows of numbers."""
    return _project(x, 0, dims, 30.0, seed, threads, progress)


def tsne(x: Any, dims: int = 2, *, perplexity: float = 30.0, seed: int = 42, threads: int = 0,
         progress: Progress = None) -> Map:
    """A map by t-SNE (van der Maaten and Hinton 2008), which shows neighbours. Same seed, same map."""
    return _project(x, 1, dims, perplexity, seed, threads, progress)
