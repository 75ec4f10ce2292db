"""Evaluation: models of this library and of others under one protocol, by the code of `vitrine evaluate`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Union

from . import _vitrine, frames
from .dataset import Dataset, Part, text_ids
from .errors import Invalid, Unsupported
from .models import Model, assignments, ids_of, of_kind
from .progress import Callback, Progress, telling

#: (name, title, formula, +1 higher is better or -1 lower or 0, whether it is a mean over users)
METRICS: list[tuple[str, str, str, int, int]] = _vitrine.metrics()

Entry = Union[Model, str, object]


def _choice(name: str, value: str, among: Sequence[str]) -> int:
    if value not in among:
        raise Invalid(f'{name} is "{value}"; {" or ".join(among)} is expected', 2)
    return among.index(value)


def _named(models: Any) -> list[tuple[str, Any]]:
    if isinstance(models, Mapping):
        return [(str(name), model) for name, model in models.items()]
    if not isinstance(models, (list, tuple)):
        models = [models]
    named: list[tuple[str, Any]] = []
    for model in models:
        if isinstance(model, str):
            model = of_kind(model)
        elif isinstance(model, type) and issubclass(model, Model):
            model = model()
        plain = model.kind if isinstance(model, Model) else type(model).__name__
        same = sum(name == plain or name.startswith(plain + " (") for name, _ in named)
        named.append((f"{plain} ({same + 1})" if same else plain, model))
    if not named:
        raise Invalid("no models are given; one or more are expected", 2)
    return named


def _lists(name: str, model: Any, users: list[str], k: int) -> list[list[str]]:
    """What another library recommends."""
    if not callable(getattr(model, "recommend", None)):
        raise Invalid(f"{name} has no method recommend(users, n=...)", 2)
    lists = [text_ids(items) for items in ids_of(model.recommend(users, n=k))]
    if len(lists) != len(users):
        raise Invalid(f"{name} gave {len(lists)} lists for {len(users)} users; one for each is expected", 2)
    return lists


def _one(name: str, model: Any, test: Part, protocol: tuple[Any, ...], k: int,
         callback: Callback | None) -> tuple[_vitrine.Handle, dict[str, int]]:
    dataset, split = test.dataset._handle, test._split
    if isinstance(model, Model) and model.fitted:
        return _vitrine.evaluate_model(model._fitted(), dataset, split, protocol, callback), {}
    if isinstance(model, Model):
        test.dataset._renew_vectors(model.kind, model._options(), callback)
        return _vitrine.evaluate_kind(model.kind, model._options(), dataset, split, protocol, callback), {}
    users = _vitrine.evaluated_users(dataset, split, 3 if test.name == "test" else 2)
    lists = _lists(name, model, users, k)
    return _vitrine.evaluate_lists(name, users, lists, dataset, split, protocol, callback)


def evaluate(
    models: Any,
    test: Part,
    *,
    at: Sequence[int] | int = (10,),
    baseline: str | None = None,
    state: str = "frozen",
    candidates: str = "catalogue",
    test_items: str = "all",
    seen: str = "exclude",
    users: str = "served",
    fallback: bool = True,
    negatives: int = 0,
    resamples: int = 1000,
    seed: int | None = None,
    threads: int = 0,
    slices: bool = False,
    progress: Progress = None,
) -> Any:
    """
    A table of metrics with 95 % intervals, one row a model, as `vitrine evaluate` gives them. `models` are models of
    this package (a fitted one has to be fitted on the training part of the same split; another is fitted on it first,
    and not kept), names of kinds, or objects of any library with a method `recommend(users, n)` that gives a list of
    ids for each user (or a tuple that begins with these lists); a dict gives them names. `test` is the test or
    validation part of a split. Columns are "ndcg@10", "ndcg@10_low", "ndcg@10_high" and so on. With `baseline`, the
    name of a row, also paired differences to it: "ndcg@10_diff", "ndcg@10_diff_low", "ndcg@10_diff_high", "ndcg@10_p".

    Lists are evaluated as a shop serves them: users by their histories (`users="stored"`: by fitted vectors), and what
    sold most where a list ends (`fallback=False`: it ends there).

    `attrs` of the table has the name of the protocol, without which figures cannot be compared, the sizes, what was
    dropped of lists of others, and with `slices` a table of slices for each model.
    """
    if not isinstance(test, Part) or test.name == "train":
        raise Unsupported("the test or validation part of a split is expected", 12)
    seed = test.seed if seed is None else seed
    protocol, cutoffs = _protocol(at, 3 if test.name == "test" else 2, seed, resamples, threads, state, candidates,
                                  test_items, seen, users, fallback, negatives, slices)
    named = _named(models)
    _check_baseline(baseline, named)
    handles: dict[str, _vitrine.Handle] = {}
    dropped: dict[str, dict[str, int]] = {}
    with telling(progress) as callback:
        for name, model in named:
            handles[name], dropped[name] = _one(name, model, test, protocol, max(cutoffs, default=0), callback)
    fitted = {name: model.fit_seconds for name, model in named if isinstance(model, Model) and model.fitted}
    return _compared(handles, baseline, dropped, fitted, cutoffs, (resamples, seed, threads))


def cross_validate(
    models: Any,
    dataset: Dataset,
    split: str = "kfold:5",
    *,
    at: Sequence[int] | int = (10,),
    baseline: str | None = None,
    inner: bool = False,
    resamples: int = 1000,
    seed: int = 42,
    threads: int = 0,
    progress: Progress = None,
    **protocol: Any,
) -> Any:
    """
    As evaluate(), fitted and evaluated once a fold and joined: a user's value is the mean over the folds that hold out
    events of the user, figures are means over users. `inner` takes a validation part from inside each training part,
    by which networks stop early. "rolling:5" cuts at five moments, each with all before it to fit on. Models are those
    of this package; each is fitted anew. Other words of the protocol (`state`, `candidates`, `seen` ...) as in
    evaluate(); `state` and `candidates` that are not given are those that suit the split.
    """
    whole, cutoffs = _protocol(at, 3, seed, resamples, threads, **protocol)
    named = _named(models)
    _check_baseline(baseline, named)
    handles: dict[str, _vitrine.Handle] = {}
    with telling(progress) as callback:
        for name, model in named:
            if not isinstance(model, Model):
                raise Unsupported(f"{name} is no model of this package, so it cannot be fitted to each fold: fit it on "
                                  "dataset.split(..., fold=k).train and evaluate() it for each k", 12)
            dataset._renew_vectors(model.kind, model._options(), callback)
            handles[name] = _vitrine.evaluate_folds(model.kind, model._options(), dataset._handle, split, seed, inner,
                                                    whole, callback)
    return _compared(handles, baseline, {}, {}, cutoffs, (resamples, seed, threads))


def _protocol(at: Sequence[int] | int, part: int, seed: int, resamples: int, threads: int, state: str | None = None,
              candidates: str | None = None, test_items: str = "all", seen: str = "exclude", users: str = "served",
              fallback: bool = True, negatives: int = 0, slices: bool = False) -> tuple[tuple[Any, ...], list[int]]:
    """As the extension wants it, and the lengths of lists; -1 is what suits the split."""
    cutoffs = [int(k) for k in ([at] if isinstance(at, int) else at)]
    return (
        -1 if state is None else _choice("state", state, ("frozen", "live", "visits")),
        -1 if candidates is None else _choice("candidates", candidates, ("catalogue", "train", "alive", "cold")),
        _choice("test_items", test_items, ("all", "seen")),
        _choice("seen", seen, ("exclude", "keep")),
        _choice("users", users, ("served", "stored")),
        fallback, part, negatives, seed, cutoffs, resamples, slices, threads), cutoffs


def _check_baseline(baseline: str | None, named: list[tuple[str, Any]]) -> None:
    if baseline is not None and baseline not in [name for name, _ in named]:
        raise Invalid(f'the baseline "{baseline}" is none of {", ".join(name for name, _ in named)}', 2)


def _compared(handles: dict[str, _vitrine.Handle], baseline: str | None, dropped: dict[str, dict[str, int]],
              fit_seconds: dict[str, float], cutoffs: list[int], test: tuple[int, int, int]) -> Any:
    """The table of some evaluations, with paired differences by a `test` of (resamples, seed, threads)."""
    figures = {name: _vitrine.evaluation_figures(handle) for name, handle in handles.items()}
    for name, seconds in fit_seconds.items():
        figures[name]["fit_seconds"] = seconds
    differences = {} if baseline is None else {
        name: _vitrine.evaluation_compare(handle, handles[baseline], *test)
        for name, handle in handles.items() if name != baseline}
    return _table(figures, differences, dropped, cutoffs)


class Tuned:
    """What a search for settings found."""

    def __init__(self, model: Model, found: dict[str, Any]) -> None:
        #: A model with the best settings, not fitted yet.
        self.model = model
        self.protocol: str = found["protocol"]
        self.metric: str = found["metric"]
        #: Of the validation part: of the settings that the search began with, and of the best.
        self.first: float = found["first"][4]
        self.best: float = found["best"][4]
        self.out_of_time: bool = found["out_of_time"]
        self._rows: list[tuple[Any, ...]] = found["rows"]

    @property
    def trials(self) -> Any:
        """A table with a row for each trial at each budget, as they were run."""
        names = ("trial", "rung", "share", "settings", "value", "low", "high", "epochs", "seconds", "kept", "error")
        return frames.table({name: [row[at] for row in self._rows] for at, name in enumerate(names)})

    def __repr__(self) -> str:
        return f"<vitrine.Tuned: {self.model!r}, {self.metric} {self.best:.4f} after {self.first:.4f}>"


def tune(
    model: Model | str,
    dataset: Dataset,
    split: str = "time:0.8,0.1,0.1",
    *,
    search: Mapping[str, Any] | None = None,
    trials: int = 60,
    seconds: float = 0,
    at: Sequence[int] | int = (10,),
    log: str | os.PathLike[str] | None = None,
    progress: Progress = None,
    **protocol: Any,
) -> Tuned:
    """
    Searches for good settings on the validation part of a split, as `vitrine tune` does: random search with successive
    halving. The test part is never looked at. Parameters that `model` was given are not searched; `search` adds some:
    {"factors": (16, 128), "regularization": (0.001, 1, "log"), "solver": ["cg", "exact"]}. `seconds`: after which no
    further trial begins (0: none). `log` keeps all trials in a file, and the same search goes on from there.
    """
    start = of_kind(model) if isinstance(model, str) else model
    ranges = [f"{name}={'|'.join(map(str, of)) if isinstance(of, list) else ':'.join(map(str, of))}"
              for name, of in (search or {}).items()]
    whole, _ = _protocol(at, 2, start.seed, 0, start.threads, **protocol)
    with telling(progress) as callback:
        dataset._renew_vectors(start.kind, start._options(), callback)
        found = _vitrine.tune(start.kind, start._options(), dataset._handle, split, whole, ranges, trials, seconds,
                              None if log is None else os.fspath(log), callback)
    settings = {**start._params, **assignments(found["settings"], start._types)}
    best = type(start)(preset=start.preset, seed=start.seed, threads=start.threads, **settings)
    return Tuned(best, found)


def _columns(figures: dict[str, Any], cutoffs: list[int], difference: dict[str, Any] | None) -> dict[str, float | None]:
    row: dict[str, float | None] = {}
    for at, k in enumerate(cutoffs):
        for name, _, _, _, per_user in METRICS:
            value, low, high = figures["metrics"][name][at]
            row[f"{name}@{k}"] = value
            if per_user:
                row[f"{name}@{k}_low"], row[f"{name}@{k}_high"] = low, high
            if per_user and difference is not None:
                found = difference.get(name, [(None,) * 4] * len(cutoffs))[at]
                for end, cell in zip(("_diff", "_diff_low", "_diff_high", "_p"), found):
                    row[f"{name}@{k}{end}"] = cell
    for name in ("rmse", "mae"):
        value, low, high = (None,) * 3 if figures["ratings"] is None else figures["ratings"][name]
        row[name], row[f"{name}_low"], row[f"{name}_high"] = value, low, high
    row["fit_seconds"], row["rank_seconds"] = figures["fit_seconds"], figures["rank_seconds"]
    return row


def _table(figures: dict[str, dict[str, Any]], differences: dict[str, dict[str, Any]],
           dropped: dict[str, dict[str, int]], cutoffs: list[int]) -> Any:
    rows = {name: _columns(f, cutoffs, differences.get(name, {}) if differences else None)
            for name, f in figures.items()}
    if all(f["ratings"] is None for f in figures.values()):
        for row in rows.values():
            for name in ("rmse", "mae"):
                for end in ("", "_low", "_high"):
                    del row[name + end]
    first = next(iter(figures.values()))
    data: dict[str, list[Any]] = {"model": list(rows)}
    for column in next(iter(rows.values())):
        data[column] = [row[column] for row in rows.values()]
    sizes = {key: first[key] for key in ("users", "queries", "positives", "skipped", "candidates")}
    return frames.table(data, index="model", protocol=first["protocol"], **sizes,
                        dropped={name: counts for name, counts in dropped.items() if counts},
                        slices={name: _slices(f["slices"]) for name, f in figures.items() if f["slices"]})


def _slices(rows: list[Any]) -> list[dict[str, Any]]:
    keys = ("of", "slice", "users", "positives", "at", "hr", "ndcg", "recall")
    return [dict(zip(keys, row)) for row in rows]
