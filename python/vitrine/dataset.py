"""Datasets and their parts: what models are fitted and evaluated on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from . import _vitrine, frames
from .errors import Unsupported
from .progress import Callback, Progress, telling

#: Makes missing vectors of texts, of photos, and hands them to a dataset.
Encode = Callable[[_vitrine.Handle, bool, bool, "Callback | None"], None]

_PARTS = {"train": 1, "valid": 2, "test": 3}
_ITEM_FIELDS = ("id", "title", "description", "brand", "category", "attributes", "price")


class Dataset:
    """Events of users on items, frozen: of a shop (`Shop.dataset`) or of a table in memory (`Dataset.from_frame`)."""

    def __init__(self, handle: _vitrine.Handle, encode: Encode | None = None) -> None:
        self._handle = handle
        self._encode = encode
        self._encoded = (False, False)

    def _renew_vectors(self, kind: str, options: _vitrine._Fit, progress: Callback | None) -> None:
        """Makes the vectors that a fit will read, where a shop stands behind, as `vitrine train` does; once."""
        wanted = _vitrine.model_vectors(kind, options)
        texts, photos = (want and not done for want, done in zip(wanted, self._encoded))
        if self._encode is not None and (texts or photos):
            self._encode(self._handle, texts, photos, progress)
            self._encoded = (self._encoded[0] or texts, self._encoded[1] or photos)

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        user: str = "user",
        item: str = "item",
        time: str | None = None,
        rating: str | None = None,
        kind: str | None = None,
        part: str | None = None,
        items: Any = None,
        positive: str = "purchase|like|rating",
        min_user: int = 0,
        min_item: int = 0,
        progress: Progress = None,
    ) -> Dataset:
        """
        A dataset of a table in memory, without a shop: one row an event. `user` and `item` name the columns of ids
        (texts or whole numbers), `time` that of datetimes or whole seconds since 1970, `rating` of numbers, `kind` of
        "view", "cart", "purchase" and so on (without it a row with a rating is a rating, another a purchase), `part` of
        "train", "valid" and "test" for the split "given". `items` is a table of the catalogue with the column id and,
        where they are known, title, description, brand, category, attributes (a JSON object) and price.
        """
        names = [user, item, time, rating, kind, part]
        found = frames.columns(frame, [name for name in names if name is not None])
        given = tuple(None if name is None else found[name] for name in names)
        rows = None if items is None else _catalogue(items)
        with telling(progress) as callback:
            return cls(_vitrine.dataset_of_columns(given, rows, positive, min_user, min_item, callback))

    @property
    def info(self) -> dict[str, Any]:
        """Sizes, sparsity, means and the long tail: figures of `vitrine dataset`."""
        return _vitrine.dataset_info(self._handle)

    @property
    def users(self) -> list[str]:
        """Ids of all users, sorted."""
        return _vitrine.dataset_users(self._handle)

    @property
    def items(self) -> list[str]:
        """Ids of the whole catalogue, sorted."""
        return _vitrine.dataset_items(self._handle)

    def split(self, spec: str, *, seed: int = 42, fold: int = 0, inner: bool = False) -> Split:
        """
        Training, validation and test part by a rule: "time:0.8,0.1,0.1", "leave-one-out", "leave-last-out",
        "ratio:0.75", "ratio-global:0.75", "kfold:5" with `fold`, "cold-items:0.1", "cold-users:0.1", "given". A split
        without a validation part has an empty one; `inner` takes one from inside the training part.
        """
        handle = _vitrine.dataset_split(self._handle, spec, seed, fold, inner)
        train, valid, test = (Part(self, handle, name, seed) for name in _PARTS)
        return Split(train, valid, test)

    def to_frame(self) -> Any:
        """The positive events as a table of user, item, time (seconds) and rating."""
        return _events(self, None, 0)

    def close(self) -> None:
        """Frees the memory, when no model or part reads it any more."""
        self._handle.close()

    def __enter__(self) -> Dataset:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def __len__(self) -> int:
        return int(self.info["interactions"])

    def __repr__(self) -> str:
        if self._handle.closed:
            return "<vitrine.Dataset, closed>"
        info = self.info
        return (f"<vitrine.Dataset: {info['users']:,} users, {info['items']:,} items, "
                f"{info['interactions']:,} interactions>")


class Part:
    """The training, validation or test part of a split."""

    def __init__(self, dataset: Dataset, handle: _vitrine.Handle, name: str, seed: int) -> None:
        self.dataset = dataset
        #: "train", "valid" or "test".
        self.name = name
        self.seed = seed
        self._split = handle

    @property
    def split(self) -> str:
        """The rule, as protocols name it."""
        return str(_vitrine.split_info(self._split)["name"])

    @property
    def moment(self) -> int | None:
        """First second of the test part of a split by time."""
        found: int | None = _vitrine.split_info(self._split)["moment"]
        return found

    def to_frame(self) -> Any:
        """The events as a table of user, item, time (seconds) and rating."""
        return _events(self.dataset, self._split, 1 << _PARTS[self.name])

    def __len__(self) -> int:
        return int(_vitrine.split_info(self._split)["counts"][_PARTS[self.name]])

    def __repr__(self) -> str:
        return f"<vitrine.Part: {self.name} of {self.split}, {len(self):,} events>"


class Split(NamedTuple):
    """The parts of a split."""

    train: Part
    valid: Part
    test: Part


def _events(dataset: Dataset, split: _vitrine.Handle | None, parts: int) -> Any:
    users, items, times, ratings = _vitrine.part_events(dataset._handle, split, parts)
    return frames.table({"user": users, "item": items, "time": times, "rating": ratings})


def _catalogue(items: Any) -> list[tuple[Any, ...]]:
    there = frames.names_of(items)
    rows = frames.rows_of(items, [name if name in there else None for name in _ITEM_FIELDS])
    return [(None if row[0] is None else str(row[0]), *row[1:]) for row in rows]


def parts_of(data: Any) -> tuple[Dataset, _vitrine.Handle | None]:
    """The dataset and the split of what a model is to be fitted on."""
    if isinstance(data, Part):
        if data.name != "train":
            raise Unsupported(f"models are fitted on the training part, not on the {data.name} part", 12)
        return data.dataset, data._split
    return (data if isinstance(data, Dataset) else Dataset.from_frame(data)), None


def text_ids(ids: Any) -> list[str]:
    """Ids as texts: numbers become their digits."""
    if isinstance(ids, (str, int)):
        return [str(ids)]
    cells: Sequence[Any] = ids.tolist() if hasattr(ids, "tolist") else list(ids)
    return [cell if isinstance(cell, str) else str(cell) for cell in cells]
