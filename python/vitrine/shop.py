"""Shops: a folder with the store, its snapshots, vectors and models."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from . import _vitrine, frames
from .dataset import Dataset, text_ids
from .errors import BadFormat, Cancelled, Closed, Error, Forked, Invalid, NoMemory, NotFound
from .models import Model, Recommendations, load
from .progress import Callback, Progress, telling
from .projection import Embeddings

_KINDS = ("text", "image")
Paths = Any


class Report(dict[str, Any]):
    """What an import did: "rows", "rejected", counts of "events", "items", "users" and "links" (added, changed, same),
    "reasons" of rejected rows with their counts, the first "messages", and the "id" for Shop.undo()."""


class Answer:
    """An answer of insight: `lead` says in a sentence or two what the figures mean."""

    def __init__(self, document: dict[str, Any]) -> None:
        #: All of it, as `vitrine insight --json` has it.
        self.document = document
        self.kind: str = document["kind"]
        self.lead: str = document["lead"]
        self.notes: list[str] = document.get("notes", [])

    @property
    def figures(self) -> Any:
        """A table of the single figures."""
        return _table_of_rows(self.document.get("figures", []))

    @property
    def tables(self) -> list[str]:
        """Names of the tables."""
        return [table["id"] for table in self.document.get("tables", [])]

    def table(self, name: str) -> Any:
        """A table by its name."""
        for table in self.document.get("tables", []):
            if table["id"] == name:
                return _table_of(table)
        raise NotFound(f'there is no table "{name}"; one of {", ".join(self.tables) or "none"} is expected', 3)

    def __repr__(self) -> str:
        return f"<vitrine.Answer of {self.kind}: {self.lead}>"


def _table_of(table: dict[str, Any]) -> Any:
    columns = [column["id"] for column in table["columns"]]
    rows = table["rows"]
    cells = [[row[name] if isinstance(row, dict) else row[at] for row in rows] for at, name in enumerate(columns)]
    return frames.table(dict(zip(columns, cells)), title=table.get("title"))


def _answer_frame(answer: Answer, table: str | None) -> Any:
    names = answer.tables
    frame = answer.table(table or names[0]) if table is not None or names else answer.figures
    frame.attrs.update(lead=answer.lead, notes=answer.notes, tables=names)
    return frame


def _read(text: str) -> dict[str, Any]:
    """An answer in JSON. Imported here: who asks for lists alone does not wait for it."""
    import json

    found: dict[str, Any] = json.loads(text)
    return found


def _texts(options: Mapping[str, Any]) -> dict[str, str]:
    """Options as the library reads them; None is the default."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in options.items() if value is not None}


def insight_file(path: str | os.PathLike[str], kind: str, table: str | None = None, *, progress: Progress = None,
                 **options: Any) -> Any:
    """As Shop.insight() of a plain file (CSV, maybe compressed)."""
    with telling(progress) as callback:
        text = _vitrine.insight_file(os.fspath(path), kind, _texts(options), callback)
    return _answer_frame(Answer(_read(text)), table)


class Shop:
    """
    The shop in a folder. It comes into being with the first rows or events; reading one that is not there raises
    NotFound. Writing takes the shop for the time of the call: Busy while another process writes. A shop belongs to the
    process that opened it: in a forked child every call raises Forked.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self._pid = os.getpid()
        self._closed = False
        self._live_handle: _vitrine.Handle | None = None
        self._recommenders: dict[str | None, _vitrine.Handle] = {}

    def _open(self) -> str:
        if self._closed:
            raise Closed("the shop is closed", -1)
        if self._pid != os.getpid():
            raise Forked("the shop was opened before this process was forked; open it again here", -2)
        return self.path

    @property
    def exists(self) -> bool:
        return _vitrine.shop_exists(self._open())

    @property
    def info(self) -> dict[str, Any]:
        """Counts and settings."""
        return _vitrine.shop_describe(self._open())

    # ---- reading ---------------------------------------------------------------------------------------------------

    def items(self, columns: Sequence[str] | None = None, *, progress: Progress = None) -> Any:
        """
        The goods as a table: id, title, description, brand, category (levels joined by " > "), price and cost of now in
        units of the shop's currency, stock, available_from and available_until (seconds), images (joined by "|"),
        attributes (a JSON object); None or NaN where nothing is known. `columns` names some of these.
        """
        return self._rows("items", columns, progress)

    def users(self, columns: Sequence[str] | None = None, *, progress: Progress = None) -> Any:
        """The users as a table: id, age_band, segment, region, tier, attributes."""
        return self._rows("users", columns, progress)

    def events(self, columns: Sequence[str] | None = None, *, progress: Progress = None) -> Any:
        """
        All events as a table, guests' too, in the order of storing: user, item, kind, time (seconds), value (a rating),
        quantity, unit_price, discount, refunded, order_id, line, line_state, session, id, title, body, placement,
        model, request. Name the `columns` that are wanted: a large shop then takes less memory.
        """
        return self._rows("events", columns, progress)

    def _rows(self, table: str, columns: Sequence[str] | None, progress: Progress) -> Any:
        there = _vitrine.shop_columns(table)
        wanted = there if columns is None else [columns] if isinstance(columns, str) else list(columns)
        for name in wanted:
            if name not in there:
                raise NotFound(f'there is no column "{name}"; {table} have {", ".join(there)}', 3)
        with telling(progress) as callback:
            found = _vitrine.shop_rows(self._open(), table, wanted, callback)
        return frames.table({name: found[name] for name in wanted})

    # ---- writing -----------------------------------------------------------------------------------------------------

    def generate(self, *, products: int = 1000, users: int = 5000, reviews: int = 15000, orders: int = 0,
                 photos: int = -1, seed: int = 42, stock_outs: bool = False, threads: int = 0,
                 progress: Progress = None) -> dict[str, int]:
        """Makes a synthetic shop whose truth is known. The folder must be missing or empty."""
        with telling(progress) as callback:
            return _vitrine.shop_generate(self._open(), products, users, reviews, orders, photos, seed, stock_outs,
                                          threads, callback)

    def import_files(self, kind: str, *paths: str | os.PathLike[str], progress: Progress = None,
                     **options: Any) -> Report:
        """
        Imports files of a kind that `vitrine import` knows (import_kinds()), in one transaction: a file that cannot be
        read to its end leaves the shop as it was, and rows that were imported before change nothing. `columns` maps
        fields to columns of a CSV. All other options of the command have its names with "_": table="items",
        like="olist", time_format="%d/%m/%Y", no_header=True; `event_kind`, `part`, `rating_min` and `rating_max` too.
        """
        if not paths:
            raise Invalid("no file is given; one or more are expected", 2)
        settings = _import_options(kind, **options)
        with telling(progress) as callback:
            return Report(_vitrine.shop_import(self._open(), [os.fspath(path) for path in paths], settings, callback))

    def import_amazon(self, *paths: str | os.PathLike[str], **options: Any) -> Report:
        """Amazon reviews, and the file of products: import_amazon("reviews.json.gz", "meta.json.gz")."""
        return self.import_files("amazon", *paths, **options)

    def import_csv(self, *paths: str | os.PathLike[str], table: str = "events", **options: Any) -> Report:
        """CSV of "events", "items", "users", "item-links" or "user-links"."""
        return self.import_files("csv", *paths, table=table, **options)

    def import_movielens(self, *paths: str | os.PathLike[str], **options: Any) -> Report:
        """A folder or zip of MovieLens."""
        return self.import_files("movielens", *paths, **options)

    def _add(self, frame: Any, table: str, progress: Progress = None, **options: Any) -> Report:
        names = frames.names_of(frame)
        if not names:
            raise BadFormat("the table has no columns", 4)
        path, settings = self._open(), _import_options("csv", table=table, **options)
        with telling(progress) as callback:
            rows = (table + ".csv", names, frames.cells(frame, names))  # a name for messages: there is no file
            return Report(_vitrine.shop_import_table(path, rows, settings, callback))

    def add_events(self, frame: Any, **options: Any) -> Report:
        """
        Events of a table: user, item, and where they are known kind, time, value (a rating), quantity, unit_price,
        discount, order_id and what else `vitrine import csv` reads; `columns={"user": "customer"}` for other names.
        """
        return self._add(frame, "events", **options)

    def add_items(self, frame: Any, **options: Any) -> Report:
        """Items of a table: id, title, description, brand, category, price, stock, images ..."""
        return self._add(frame, "items", **options)

    def add_users(self, frame: Any, **options: Any) -> Report:
        """Users of a table: id, age_band, segment, region, tier, attributes."""
        return self._add(frame, "users", **options)

    def undo(self, report: Report | int) -> Report:
        """Takes an import back."""
        return Report(_vitrine.shop_undo(self._open(), report if isinstance(report, int) else report["id"]))

    def set(self, name: str, value: str) -> None:
        """Sets "currency" or "time_zone"."""
        _vitrine.shop_set(self._open(), name, value)

    # ---- vectors and models ------------------------------------------------------------------------------------------

    def encode(self, *, text: str | None = None, image: str | None = None, texts: bool = True, photos: bool = True,
               reviews: int = 0, threads: int = 0, progress: Progress = None) -> dict[str, Any]:
        """Makes the vectors of texts and photos that have none yet. Needs encoders and openvino."""
        _find_openvino()
        with telling(progress) as callback:
            report = _vitrine.shop_encode(self._open(), text, image, not texts, not photos, reviews, threads, callback)
        if any(report[kind]["encoded"] for kind in _KINDS):
            self._live_handle, self._recommenders = None, {}  # what is open holds older vectors
        return report

    def embeddings(self, kind: str = "text") -> Embeddings:
        """Vectors of the items' "text" or "image"."""
        if kind not in _KINDS:
            raise Invalid(f'there are no embeddings of "{kind}"; text or image is expected', 2)
        return Embeddings(_vitrine.vectors_open(self._open(), _KINDS.index(kind)))

    def dataset(self, *, positive: str = "purchase|like|rating", min_user: int = 0, min_item: int = 0,
                progress: Progress = None) -> Dataset:
        """
        The shop as it stands, frozen, with the vectors of its items. `positive` says which events count,
        `min_user` and `min_item` cut the core.
        """
        with telling(progress) as callback:
            handle = _vitrine.dataset_of_shop(self._open(), positive, min_user, min_item, callback)
        return Dataset(handle, self._encode_for)

    def _encode_for(self, dataset: _vitrine.Handle, texts: bool, photos: bool, callback: Callback | None) -> None:
        """What a fit does first. The fit goes on with the vectors that are there where encoding fails."""
        import warnings

        try:
            report = self.encode(texts=texts, photos=photos, progress=callback)
        except (Cancelled, Closed, Forked, NoMemory):
            raise
        except Error as error:
            warnings.warn(f"vectors of what is new were not made: {error}", stacklevel=5)
        else:
            if any(report[kind]["encoded"] for kind in _KINDS):
                _vitrine.dataset_renew_vectors(dataset, self.path)

    def save_model(self, model: Model, name: str | None = None) -> None:
        """Keeps a fitted model in the shop; it answers from then on."""
        _vitrine.model_save_in(model._fitted(), self._open(), name or model.kind)
        self._recommenders = {}

    def model(self, name: str) -> Model:
        """A model that the shop keeps, with the shop's histories as they stand when the first list is asked for."""
        path = os.path.join(self._open(), "models", name + ".safetensors")
        return load(path, shop=self)

    # ---- answers -----------------------------------------------------------------------------------------------------

    def _live(self, progress: Progress = None) -> _vitrine.Handle:
        path = self._open()
        if self._live_handle is None:
            with telling(progress) as callback:
                self._live_handle = _vitrine.live_open(path, callback)
        return self._live_handle

    def _recommender(self, model: str | None) -> _vitrine.Handle:
        live = self._live()
        found = self._recommenders.get(model)
        if found is None:
            found, _, _ = _vitrine.recommender_open(live, model, 0)
            self._recommenders = {model: found}
        return found

    def recommend(self, users: Any, n: int = 10, *, model: str | None = None, keep_seen: bool = False,
                  keep_unavailable: bool = False, category: str | None = None, brand: str | None = None,
                  now: int | None = None, rules: Mapping[str, Any] | None = None) -> Recommendations:
        """
        What the shop would show: scores of a model that it keeps (`model`, else the active or newest one), then its
        rules. Rows that were committed a moment ago count. Reasons are sentences. `rules` stand in place of the shop's
        of the same names for this call: {"brand_cap": 2, "diversity": 0.3}.
        """
        return self._ask(users, n, model, False, rules, keep_seen=keep_seen, keep_unavailable=keep_unavailable,
                         category=category, brand=brand, now=now)

    def similar(self, items: Any, n: int = 10, *, model: str | None = None, keep_unavailable: bool = False,
                category: str | None = None, brand: str | None = None, now: int | None = None) -> Recommendations:
        """Items that are similar to each of some items."""
        return self._ask(items, n, model, True, None, keep_unavailable=keep_unavailable, category=category,
                         brand=brand, now=now)

    def _ask(self, ids: Any, n: int, model: str | None, similar: bool, rules: Mapping[str, Any] | None,
             **limits: Any) -> Recommendations:
        recommender, asked, of_call = self._recommender(model), text_ids(ids), _rules(rules)

        def ask(explain: bool) -> list[Any]:
            return _vitrine.recommender_ask(recommender, asked, _request(n, explain=explain, **limits), similar,
                                            of_call)

        rows = ask(False)
        return Recommendations(asked, [row[0] for row in rows], [row[1] for row in rows],
                               lambda: [row[2] for row in (rows if similar else ask(True))],
                               isinstance(ids, (str, int)))

    def recommend_visitor(self, events: Sequence[Any], n: int = 10, *, user: str | None = None,
                          model: str | None = None, now: int | None = None,
                          rules: Mapping[str, Any] | None = None) -> Recommendations:
        """
        For a visitor who is these events: ids of items, or tuples (item, kind); with `user`, besides what the shop
        knows.
        """
        given = [(event, -1, None, None) if isinstance(event, str) else
                 (event[0], _vitrine.event_kind(event[1]), None, None) for event in events]
        rows = _vitrine.recommender_visit(self._recommender(model), user, given, _request(n, now=now), _rules(rules))
        return Recommendations([user or ""], [row[0] for row in rows], [row[1] for row in rows],
                               lambda: [row[2] for row in rows], True)

    def goes_with(self, item: Any, n: int = 10, *, now: int | None = None) -> Any:
        """A table of what is bought with an item, with the evidence."""
        (item,) = text_ids(item)
        found = _read(_vitrine.recommender_complements(self._recommender(None), None, item, _request(n, now=now)))
        return _table_of_rows(found["items"])

    def search(self, words: str | None = None, n: int = 10, *, photo: str | os.PathLike[str] | None = None,
               item: Any = None, by: str = "both", category: str | None = None, brand: str | None = None,
               keep_unavailable: bool = False, now: int | None = None) -> Any:
        """
        A table of the items that `words` find, or a `photo` (a file), or that are like an `item` by its "text", its
        "image" or "both". `attrs["degraded"]` says what is missing for a better answer, such as vectors.
        """
        if sum(given is not None for given in (words, photo, item)) != 1:
            raise Invalid("one of words, photo and item is expected", 2)
        if by not in (*_KINDS, "both"):
            raise Invalid(f'by is "{by}"; text, image or both is expected', 2)
        _find_openvino()
        found = _read(_vitrine.recommender_search(
            self._recommender(None), words, None if photo is None else os.fspath(photo),
            None if item is None else text_ids(item)[0], (*_KINDS, "both").index(by) + 1,
            _request(n, keep_unavailable=keep_unavailable, category=category, brand=brand, now=now)))
        return _table_of_rows(found["items"], degraded=found.get("degraded"))

    def explain(self, user: Any, item: Any, *, model: str | None = None, now: int | None = None) -> dict[str, Any]:
        """Why an item stands where it stands for a user: the answer of `vitrine explain --json`."""
        (user,), (item,) = text_ids(user), text_ids(item)
        return _read(_vitrine.recommender_explain(self._recommender(model), user, item,
                                                  _request(10, explain=True, now=now)))

    def ask(self, kind: str, *, progress: Progress = None, **options: Any) -> Answer:
        """An answer of insight with its sentence, figures and tables."""
        with telling(progress) as callback:
            return Answer(_read(_vitrine.insight_ask(self._live(), kind, _texts(options), callback)))

    def insight(self, kind: str, table: str | None = None, *, progress: Progress = None, **options: Any) -> Any:
        """
        A table of an answer of insight: the one named, else the first, else the single figures. `attrs` has the
        sentence that says what they mean. insight_kinds() lists the questions, ask() gives all of an answer.
        """
        return _answer_frame(self.ask(kind, progress=progress, **options), table)

    def close(self) -> None:
        """Ends what is open; later calls raise Closed."""
        self._closed = True
        for recommender in self._recommenders.values():
            recommender.close()
        if self._live_handle is not None:
            self._live_handle.close()

    def __enter__(self) -> Shop:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"vitrine.Shop({self.path!r})"


def _import_options(kind: str, *, table: str | None = None, columns: Mapping[str, str] | None = None,
                    map: str | os.PathLike[str] | None = None, currency: str | None = None,
                    time_unit: str | None = None, event_kind: str | None = None, part: str | None = None,
                    rating_min: float | None = None, rating_max: float | None = None,
                    **named: Any) -> _vitrine._Import:
    """Options of an import as the extension wants them."""
    number = -1 if event_kind is None else _vitrine.event_kind(event_kind)
    if event_kind is not None and number < 0:
        raise Invalid(f'there is no kind of event "{event_kind}"', 2)
    parts = {None: 0, "train": 1, "valid": 2, "test": 3}
    if part not in parts:
        raise Invalid(f'part is "{part}"; train, valid or test is expected', 2)
    mapped = map and os.fspath(map)
    if columns:
        mapped = ",".join(f"{field}={column}" for field, column in columns.items())
    texts = {name.replace("_", "-"): value for name, value in _texts(named).items()}
    return (kind, table, mapped or None, currency, time_unit, number, parts[part], rating_min, rating_max, texts)


def _table_of_rows(rows: list[dict[str, Any]], **attrs: Any) -> Any:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return frames.table({key: [row.get(key) for row in rows] for key in keys}, **attrs)


def _request(n: int, *, keep_seen: bool = False, keep_unavailable: bool = False, explain: bool = False,
             category: str | None = None, brand: str | None = None, now: int | None = None) -> _vitrine._Request:
    """A request as the extension wants it."""
    return (n, keep_seen, keep_unavailable, explain, category, brand, now)


def _rules(rules: Mapping[str, Any] | None) -> _vitrine._Rules:
    """Rules of a call as the library reads them."""
    if rules is None:
        return None
    return [(name, ("on" if value else "off") if isinstance(value, bool) else str(value))
            for name, value in rules.items()]


def _find_openvino() -> None:
    """Lets the library find the openvino that is installed beside this package."""
    import importlib.util

    if "VITRINE_OPENVINO" not in os.environ:
        spec = importlib.util.find_spec("openvino")
        if spec is not None and spec.submodule_search_locations:
            os.environ["VITRINE_OPENVINO"] = os.path.join(list(spec.submodule_search_locations)[0], "libs")


def insight_kinds() -> list[tuple[str, str, bool, bool]]:
    """The questions of insight: (name, what it says, can be asked of a shop, of a file)."""
    return _vitrine.insight_kinds()


def import_kinds() -> list[tuple[str, str, str]]:
    """The kinds of files that are imported: (name, what it is, which paths)."""
    return _vitrine.import_kinds()
