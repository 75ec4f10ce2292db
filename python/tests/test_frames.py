"""Tables of every library are the same dataset, and what cannot be one is refused with the row."""

import datetime
import math

import pytest

import vitrine

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")


def of(frame, **names):
    return vitrine.Dataset.from_frame(frame, **{"time": "time", "rating": "rating", **names}).info


@pytest.fixture(scope="module")
def plain(table):
    return of(table)


def test_libraries(table, plain):
    frame = pd.DataFrame(table)
    assert of(frame) == plain
    assert of(pl.DataFrame(table)) == plain
    assert of(pa.table(table)) == plain
    assert of({name: np.array(cells) for name, cells in table.items()}) == plain
    assert plain["interactions"] == len(table["user"]) and plain["users"] == 60


def test_texts_of_all_sorts(table, plain):
    frame = pd.DataFrame(table)
    assert of(frame.astype({"user": "category", "item": "category"})) == plain
    assert of(frame.astype({"user": object, "item": object})) == plain
    arrow = pa.table(table)
    for text in (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string()),
                 pa.dictionary(pa.int32(), pa.large_string())):
        assert of(arrow.set_column(0, "user", arrow["user"].cast(text))) == plain, text
    assert of(pl.DataFrame(table).with_columns(pl.col("user").cast(pl.Categorical))) == plain
    # pieces that begin in the middle of others
    pieces = pa.concat_tables([arrow.slice(0, 100), arrow.slice(100, 1), arrow.slice(101)])
    assert of(pieces) == plain


def test_numbers_of_all_sorts(table, plain):
    frame = pd.DataFrame(table)
    for dtype in ("f4", "f8", "i1", "i4", "u2", "u8"):
        assert of(frame.astype({"rating": dtype})) == plain, dtype
        assert of(pl.from_pandas(frame.astype({"rating": dtype}))) == plain, dtype
    assert of(frame.astype({"rating": "Int64"})) == plain
    strided = {name: np.array(cells)[::-1][::-1] for name, cells in table.items()}
    assert of(strided) == plain
    assert of({**table, "rating": np.array(table["rating"], dtype=">f8")}) == plain


def test_whole_number_ids_are_their_digits(table):
    numbers = {**table, "user": [int(user[1:]) for user in table["user"]]}
    texts = {**table, "user": [str(int(user[1:])) for user in table["user"]]}
    assert of(numbers) == of(texts) == of(pd.DataFrame(numbers)) == of(pl.DataFrame(numbers))
    model = vitrine.Popularity().fit(vitrine.Dataset.from_frame(numbers))
    assert model.recommend([3, 4], n=2).users == ["3", "4"]
    assert model.recommend(np.array([3, 4]), n=2).ids == model.recommend(["3", "4"], n=2).ids


def test_times_of_all_sorts(table, plain):
    frame = pd.DataFrame(table)
    stamps = pd.to_datetime(frame["time"], unit="s")
    for unit in ("s", "ms", "us", "ns"):
        assert of(frame.assign(time=stamps.astype(f"datetime64[{unit}]"))) == plain, unit
        assert of(pl.from_pandas(frame.assign(time=stamps.astype(f"datetime64[{unit}]")))) == plain, unit
        assert of({**table, "time": stamps.to_numpy().astype(f"datetime64[{unit}]")}) == plain, unit
    assert of(frame.assign(time=stamps.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"))) == plain
    moments = [datetime.datetime.fromtimestamp(t, datetime.timezone.utc) for t in table["time"]]
    assert of({**table, "time": moments}) == of({**table, "time": [m.replace(tzinfo=None) for m in moments]}) == plain
    assert of(frame.assign(time=frame["time"].astype("f8"))) == plain
    days = {"user": ["a", "b"], "item": ["x", "y"], "time": [datetime.date(2020, 1, 2), datetime.date(1969, 12, 31)]}
    for days_of in (days, pl.DataFrame(days), pa.table(days)):
        info = vitrine.Dataset.from_frame(days_of, time="time").info
        assert (info["time_min"], info["time_max"]) == (-86400, 1577923200)
    before = pd.DataFrame({"user": ["a"], "item": ["x"], "time": pd.to_datetime(["1969-12-31 23:59:59.5"])})
    assert vitrine.Dataset.from_frame(before, time="time").info["time_min"] == -1


def test_missing_times_and_ratings(table):
    frame = pd.DataFrame(table)
    frame.loc[5, "rating"] = math.nan
    a = of(frame)
    assert a["ratings"] == len(table["user"]) - 1 and a["interactions"] == len(table["user"])
    assert of(pl.from_pandas(frame)) == a
    assert of({**table, "rating": [None if i == 5 else r for i, r in enumerate(table["rating"])]}) == a
    stamps = pd.to_datetime(frame["time"], unit="s")
    stamps[7] = pd.NaT
    assert of(frame.assign(time=stamps)) == of(pl.from_pandas(frame.assign(time=stamps)))


def test_columns_by_other_names(table):
    other = {"who": table["user"], "what": table["item"], "more": table["item"]}
    a = vitrine.Dataset.from_frame(other, user="who", item="what").info
    assert a == vitrine.Dataset.from_frame({"user": table["user"], "item": table["item"]}).info
    assert a["time_min"] is None
    with pytest.raises(vitrine.NotFound, match='no column "user"; the table has who, what, more'):
        vitrine.Dataset.from_frame(other)


def test_kinds_and_the_catalogue():
    table = {"user": ["a", "a", "b"], "item": ["x", "y", "x"], "kind": ["purchase", "view", "like"]}
    items = pd.DataFrame({"id": ["x", "y", "z"], "title": ["Tea", None, "Cup"], "price": [3.5, math.nan, 2.0],
                          "category": ["Drinks > Tea", None, None]})
    d = vitrine.Dataset.from_frame(table, kind="kind", items=items)
    assert d.items == ["x", "y", "z"]
    assert (len(d), d.info["events"], d.info["catalogue"]) == (2, 3, 3)
    d = vitrine.Dataset.from_frame(table, kind="kind", positive="view|purchase")
    assert len(d) == 2 and d.info["positive"] == "view|purchase"
    assert vitrine.Dataset.from_frame(table, kind="kind", min_user=1).info["users"] == 2


def test_given_parts():
    table = {"user": ["a", "a", "b", "b"], "item": ["x", "y", "x", "y"], "part": ["train", "test", "train", "valid"]}
    train, valid, test = vitrine.Dataset.from_frame(table, part="part").split("given")
    assert (len(train), len(valid), len(test)) == (2, 1, 1)
    assert list(test.to_frame()["item"]) == ["y"]


def test_splits(dataset):
    for spec in ("time:0.8,0.1,0.1", "leave-one-out", "leave-last-out", "ratio:0.75", "ratio-global:0.75", "kfold:5",
                 "cold-items:0.1", "cold-users:0.1"):
        train, valid, test = dataset.split(spec, seed=3)
        assert len(train) > len(test) > 0, spec
        assert len(train) + len(valid) + len(test) <= len(dataset)
        assert train.split == spec
    assert len(dataset.split("leave-last-out").valid) == 0
    assert len(dataset.split("leave-last-out", inner=True).valid) > 0
    assert dataset.split("time:0.8,0.1,0.1").test.moment > 1_600_000_000
    with pytest.raises(vitrine.Invalid, match="zebra"):
        dataset.split("zebra")


def test_repeats_are_kept():
    d = vitrine.Dataset.from_frame({"user": ["a"] * 3, "item": ["x", "x", "y"]})
    assert (len(d), d.info["pairs"]) == (3, 2)
