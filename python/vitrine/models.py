"""Models: one class for each kind of the library, with its parameters, as scikit-learn has estimators."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Self, Union

from . import _vitrine, frames
from .dataset import Dataset, Part, parts_of, text_ids
from .errors import Invalid, NotFound, Unsupported
from .progress import Progress, telling

Param = Union[int, float, str, bool]

_HISTORY = 1 << 1 | 1 << 4  # training events, and those that stand in histories alone


class Recommendations:
    """Lists for some users. Unpacks into ids, scores and reasons; asked for one user, each is one list."""

    __slots__ = ("users", "_ids", "_scores", "_why", "_one", "_reasons")

    def __init__(self, users: list[str], ids: list[list[str]], scores: list[list[float]],
                 why: Callable[[], list[list[str | None]]], one: bool) -> None:
        self.users = users
        self._ids, self._scores, self._why, self._one = ids, scores, why, one
        self._reasons: list[list[str | None]] | None = None

    def _shape(self, lists: list[Any]) -> Any:
        return lists[0] if self._one else lists

    @property
    def ids(self) -> Any:
        """Ids of items, best first."""
        return self._shape(self._ids)

    @property
    def scores(self) -> Any:
        """Scores, comparable within one list."""
        return self._shape(self._scores)

    @property
    def reasons(self) -> Any:
        """A sentence for each item, None by models that cannot say; worked out when it is asked for."""
        if self._reasons is None:
            self._reasons = self._why()
        return self._shape(self._reasons)

    def to_frame(self, reasons: bool = False) -> Any:
        """One row an item: user, rank, item, score."""
        rows = [(u, r + 1, i, s) for u, ids, scores in zip(self.users, self._ids, self._scores)
                for r, (i, s) in enumerate(zip(ids, scores))]
        names = ("user", "rank", "item", "score")
        data: dict[str, list[Any]] = {name: [row[at] for row in rows] for at, name in enumerate(names)}
        if reasons:
            self.reasons  # noqa: B018 (works them out)
            data["reason"] = [reason for row in self._reasons or [] for reason in row]
        return frames.table(data)

    def __iter__(self) -> Iterator[Any]:
        return iter((self.ids, self.scores, self.reasons))

    def __len__(self) -> int:
        return len(self.users)

    def __repr__(self) -> str:
        return f"<vitrine.Recommendations for {len(self.users):,} users>"


class Explanation(dict[str, Any]):
    """A score taken apart: "score", "parts" (whose values sum to it), "tokens", "attended", and the "history"."""

    def to_frame(self) -> Any:
        """The parts: name, kind, value, share."""
        return frames.table({key: [part[key] for part in self["parts"]] for key in ("name", "kind", "value", "share")})


class Model:
    """
    What all kinds share. Parameters are given by name, checked at once, and set again by `set_params`; `preset` names a
    set of them (`presets`). Same data, parameters and seed: same model, for any number of threads.
    """

    #: The kind's name in the library.
    kind: ClassVar[str] = ""
    summary: ClassVar[str] = ""
    source: ClassVar[str] = ""
    #: Values of parameters that are not given.
    defaults: ClassVar[dict[str, Param]] = {}
    #: Values by the name of a preset.
    presets: ClassVar[dict[str, dict[str, Param]]] = {}
    _abilities: ClassVar[int] = 0
    _types: ClassVar[dict[str, type]] = {}

    def __init__(self, *, preset: str | None = None, seed: int = 42, threads: int = 0, **params: Param) -> None:
        if not self.kind:
            raise Invalid("this is what all kinds share; one of them is expected, such as vitrine.EASE", 2)
        self.preset, self.seed, self.threads = preset, seed, threads
        self._params: dict[str, Param] = dict(params)
        self._forget()
        self._check()

    def _forget(self) -> None:
        self._handle: _vitrine.Handle | None = None
        self._history: Any = None  # a Dataset or Part; of a loaded model also a shop or a table
        self._rankers: dict[int, tuple[object, _vitrine.Handle]] = {}
        self.fit_seconds = 0.0

    # ---- parameters --------------------------------------------------------------------------------------------------

    def _base(self) -> dict[str, Param]:
        return {**self.defaults, **self.presets.get(self.preset or "", {})}

    def _options(self) -> tuple[str | None, list[str], int, int]:
        """As the extension wants them. What a preset or the defaults say anyway is left to them."""
        base = self._base()
        changed = [f"{name}={_written(value)}" for name, value in self._params.items() if value != base.get(name)]
        return self.preset, changed, self.seed, self.threads

    def _check(self) -> None:
        _vitrine.model_settings(self.kind, self._options())

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Every parameter with its value; `preset`, `seed` and `threads` among them."""
        return {"preset": self.preset, "seed": self.seed, "threads": self.threads, **self._base(), **self._params}

    def set_params(self, **params: Any) -> Self:
        """Sets parameters and forgets what was fitted. A wrong name or value changes nothing."""
        before = self.preset, self.seed, self.threads, dict(self._params)
        for name, value in params.items():
            if name in ("preset", "seed", "threads"):
                setattr(self, name, value)
            else:
                self._params[name] = value
        try:
            self._check()
        except Exception:
            self.preset, self.seed, self.threads, self._params = before
            raise
        self._forget()
        return self

    @property
    def settings(self) -> str:
        """Every parameter as the program writes them: "alpha=40,factors=64,..."."""
        if self._handle is not None:
            return str(self.info["settings"])
        return _vitrine.model_settings(self.kind, self._options())

    # ---- fitting and files -------------------------------------------------------------------------------------------

    def fit(self, train: Any, valid: Part | None = None, *, progress: Progress = None) -> Self:
        """
        Fits on the training part of a split, on a whole dataset, or on a table with the columns user and item. With the
        `valid` part of the same split, kinds that are fitted in epochs stop early by it, as `vitrine train` does. Texts
        and photos of a shop's items that have no vector yet get one first, for kinds that read them; where that cannot
        be, a warning says why.
        """
        dataset, split = parts_of(train)
        if valid is not None and (split is None or valid._split is not split or valid.name != "valid"):
            raise Invalid("the validation part of the same split is expected", 2)
        options = self._options()
        with telling(progress) as callback:
            dataset._renew_vectors(self.kind, options, callback)
            made = _vitrine.model_fit(self.kind, dataset._handle, split, valid is not None, options, callback)
        self._forget()
        self._handle, self.fit_seconds = made
        self._history = train if isinstance(train, Part) else dataset
        return self

    @property
    def fitted(self) -> bool:
        return self._handle is not None

    def _fitted(self) -> _vitrine.Handle:
        if self._handle is None:
            raise Unsupported("the model is not fitted; call fit() first, or load one from a file", 12)
        return self._handle

    @property
    def info(self) -> dict[str, Any]:
        """What the fitted model says of itself: settings, data, and how the fit went."""
        return _vitrine.model_info(self._fitted())

    @property
    def items(self) -> list[str]:
        """Ids of the items it knows."""
        return _vitrine.model_items(self._fitted())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a model file, which opens on any machine; no data are needed then."""
        _vitrine.model_save(self._fitted(), os.fspath(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, shop: Any = None, history: Any = None) -> Model:
        """
        Reads a model file of any kind. Lists for users need their histories, which it does not hold: those of a `shop`
        as it stands when the first list is asked for, or of `history`, a dataset, a part or a table.
        """
        model = of_handle(_vitrine.model_load(os.fspath(path)))
        if cls.kind and not isinstance(model, cls):
            raise Unsupported(f"{os.fspath(path)} holds the kind {model.kind}, not {cls.kind}", 12)
        if shop is not None and history is not None:
            raise Invalid("shop and history are given; one of them is expected", 2)
        model._history = shop if history is None else history
        return model

    # ---- recommendations ---------------------------------------------------------------------------------------------

    def _ranker(self, history: Any) -> _vitrine.Handle:
        model = self._fitted()
        of = self._history if history is None else history
        if of is None:
            raise Unsupported("a model file holds no histories; give those of the users as history=, a dataset, or "
                              "load it with shop=", 12)
        if not isinstance(of, (Dataset, Part)):
            freeze = getattr(of, "dataset", None)
            made: Dataset = (freeze(positive=self.info["positive"]) if callable(freeze) else Dataset.from_frame(of))
            if of is self._history:
                self._history = made
            of = made
        kept = self._rankers.get(id(of))
        if kept is not None and kept[0] is of:
            return kept[1]
        dataset, split = (of.dataset, of._split) if isinstance(of, Part) else (of, None)
        ranker = _vitrine.ranker_new(model, dataset._handle, split, 0 if split is None else _HISTORY)
        self._rankers = {id(of): (of, ranker)}  # the last one: most questions are of one history
        return ranker

    def recommend(self, users: Any, n: int = 10, *, history: Any = None, keep_seen: bool = False,
                  now: int | None = None, progress: Progress = None) -> Recommendations:
        """
        The best `n` items of each user, those of the history left out unless `keep_seen`. Histories are those of the
        fit or of load(), or of `history`, a dataset, table or shop, which may have other users and items. One id gives
        one list. NotFound names a user who is not there; lists are shorter where a model has nothing more to say.
        """
        ranker = self._ranker(history)
        asked = text_ids(users)
        with telling(progress) as callback:
            ids, scores = _vitrine.ranker_list(ranker, asked, n, keep_seen, now, self.threads, callback)
        return Recommendations(asked, ids, scores, lambda: [self._reasons(ranker, u, i) for u, i in zip(asked, ids)],
                               isinstance(users, (str, int)))

    def _reasons(self, ranker: _vitrine.Handle, user: str, items: list[str]) -> list[str | None]:
        if not self._abilities & _EXPLAINS or not items:
            return [None] * len(items)
        events = _vitrine.ranker_history(ranker, user)
        return [_sentence(row, events) for row in _vitrine.ranker_explain(ranker, user, items, None)]

    def explain(self, user: Any, item: Any, *, history: Any = None, now: int | None = None) -> Explanation:
        """The score of an item for a user taken apart into named parts, by past events where that is exact."""
        ranker = self._ranker(history)
        (user,), (item,) = text_ids(user), text_ids(item)
        (row,) = _vitrine.ranker_explain(ranker, user, [item], now)
        return Explanation(user=user, item=item, **row, history=_vitrine.ranker_history(ranker, user))

    def predict(self, user: Any, items: Any, *, history: Any = None, now: int | None = None) -> list[float]:
        """Ratings that the user would give, by kinds that predict them."""
        (user,) = text_ids(user)
        return _vitrine.ranker_predict(self._ranker(history), user, text_ids(items), now)

    def similar(self, item: Any, n: int = 10) -> tuple[list[str], list[float]]:
        """Items that are similar to one by what the model learned, and how much."""
        (item,) = text_ids(item)
        scores = _vitrine.model_similar(self._fitted(), item)
        best = sorted((-score, at) for at, score in enumerate(scores) if score > float("-inf"))[:n]
        names = self.items
        return [names[at] for _, at in best], [-score for score, _ in best]

    def close(self) -> None:
        """Frees the fitted model."""
        for _, ranker in self._rankers.values():
            ranker.close()
        if self._handle is not None:
            self._handle.close()
        self._rankers = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def __repr__(self) -> str:
        base = {"preset": None, **self._base()}
        named = [("preset", self.preset), *self._params.items()]
        given = [f"{name}={value!r}" for name, value in named if value != base[name]]
        return f"{type(self).__name__}({', '.join(given)})"


_EXPLAINS = 1 << 8


def _sentence(row: dict[str, Any], events: list[str]) -> str | None:
    """What speaks for an item: the past events that bring most, or the parts of the score that do."""
    by_event: dict[str, float] = {}
    parts = [part for part in row["parts"] if part["value"] > 0]
    for part in parts:
        for event, value in zip(events, part["by_event"] or ()):
            by_event[event] = by_event.get(event, 0.0) + value
    events_first = sorted((-value, event) for event, value in by_event.items() if value > 0)[:3]
    if events_first:
        return "goes with " + ", ".join(event for _, event in events_first)
    named = sorted((-part["value"], part["name"]) for part in parts)[:3]
    return ", ".join(f"{name.replace('_', ' ')} {-value:.3g}" for value, name in named) or None


def _written(value: Param) -> str:
    return str(int(value)) if isinstance(value, bool) else value if isinstance(value, str) else repr(value)


def _read(text: str, kind: type) -> Param:
    return int(float(text)) if kind is int else float(text) if kind is float else text


def _fallback(spec: tuple[Any, ...]) -> Param:
    _, kind, fallback, _, _, choices, _, _ = spec
    if kind == "choice":
        return str(choices.split("|")[int(fallback)])
    return str(choices or "") if kind == "text" else int(fallback) if kind == "int" else float(fallback)


def assignments(text: str, types: dict[str, type]) -> dict[str, Any]:
    """Parameters out of settings as the program writes them."""
    pairs = [part.split("=", 1) for part in text.split(",") if "=" in part]
    return {name: _read(value, types.get(name, str)) for name, value in pairs}


_KINDS: dict[str, tuple[Any, ...]] = {row[0]: row for row in _vitrine.model_kinds()}
_CLASSES: dict[str, type[Model]] = {}


class _Signature:
    """The signature of a class with its parameters; `inspect`, which is slow to import, only where somebody looks."""

    def __get__(self, instance: object, cls: type[Model]) -> Any:
        from inspect import Parameter, Signature

        values: dict[str, Any] = {"preset": None, "seed": 42, "threads": 0, **cls.defaults}
        return Signature([Parameter(name, Parameter.KEYWORD_ONLY, default=value) for name, value in values.items()])


def _of_registry(cls: type[Model]) -> type[Model]:
    """Fills a class from the library's table of kinds."""
    _, summary, source, abilities, params, presets = _KINDS[cls.kind]
    python = {"int": int, "real": float}
    cls.summary, cls.source, cls._abilities = summary, source, abilities
    cls._types = {spec[0]: python.get(spec[1], str) for spec in params}
    cls.defaults = {spec[0]: _fallback(spec) for spec in params}
    cls.presets = {name: assignments(settings, cls._types) for name, settings, _ in presets}
    rows = [f"    {spec[0]}: {spec[7]}" + (f", in {spec[6]}" if spec[6] else "") for spec in params]
    cls.__doc__ = "\n".join([f"{summary[:1].upper()}{summary[1:]} ({source}).", "", "Parameters:", *rows])
    setattr(cls, "__signature__", _Signature())
    _CLASSES[cls.kind] = cls
    return cls


@_of_registry
class Popularity(Model):
    kind = "popularity"


@_of_registry
class ItemKNN(Model):
    kind = "itemknn"


@_of_registry
class IALS(Model):
    kind = "ials"


@_of_registry
class Content(Model):
    kind = "content"


@_of_registry
class EASE(Model):
    kind = "ease"


@_of_registry
class SLIM(Model):
    kind = "slim"


@_of_registry
class MF(Model):
    kind = "mf"


@_of_registry
class SVDpp(Model):
    kind = "svdpp"


@_of_registry
class MLPFusion(Model):
    kind = "mlp-fusion"


@_of_registry
class SASRec(Model):
    kind = "sasrec"


@_of_registry
class BPR(Model):
    kind = "bpr"


@_of_registry
class VBPR(Model):
    kind = "vbpr"


@_of_registry
class LightGCN(Model):
    kind = "lightgcn"


@_of_registry
class Hybrid(Model):
    kind = "hybrid"


@_of_registry
class Fusion(Model):
    kind = "fusion"


@_of_registry
class Ranker(Model):
    kind = "ranker"


def kinds() -> dict[str, type[Model]]:
    """The classes by the names of their kinds, in the order of the documentation."""
    return dict(_CLASSES)


def of_kind(name: str, **params: Any) -> Model:
    """A model by the name of its kind: of_kind("ials", factors=64)."""
    if name not in _CLASSES:
        raise NotFound(f'there is no model "{name}"; one of {", ".join(_CLASSES)} is expected', 3)
    return _CLASSES[name](**params)


def of_handle(handle: _vitrine.Handle) -> Model:
    """A fitted model around a handle."""
    info = _vitrine.model_info(handle)
    cls = _CLASSES[info["kind"]]
    params: dict[str, Any] = assignments(info["settings"], cls._types)
    model = cls(seed=info["seed"], **params)
    model._handle = handle
    return model


def load(path: str | os.PathLike[str], *, shop: Any = None, history: Any = None) -> Model:
    """Reads a model file of any kind; histories of users are those of a `shop`, or of `history`."""
    return Model.load(path, shop=shop, history=history)


def ids_of(answer: Any) -> Iterable[Any]:
    """The lists of ids in what a `recommend` of any library gave."""
    if isinstance(answer, Recommendations):
        return answer._ids
    if hasattr(answer, "ids"):
        answer = answer.ids
    return list(answer[0] if isinstance(answer, tuple) else answer)
