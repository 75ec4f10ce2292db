"""Wrong types, missing and mixed ids, unknown users, empty tables, closed shops, other processes, forks."""

import math
import multiprocessing
import os
import pickle
import subprocess
import sys

import pytest

import vitrine

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")


def refuse(frame, match, error=vitrine.BadFormat, position=None, **names):
    with pytest.raises(error, match=match) as caught:
        vitrine.Dataset.from_frame(frame, **names)
    assert caught.value.position == position
    assert isinstance(caught.value, vitrine.Error)
    return caught.value


def test_missing_ids():
    for missing in (None, math.nan):
        refuse({"user": ["a", missing], "item": ["x", "y"]}, "row 1: the user is missing", position=1)
        refuse(pd.DataFrame({"user": ["a", "b"], "item": ["x", missing]}), "row 1: the item is missing", position=1)
    refuse(pd.DataFrame({"user": [1.0, math.nan], "item": ["x", "y"]}), "row 1: the user is missing", position=1)
    refuse(pl.DataFrame({"user": [1, None], "item": ["x", "y"]}), "row 1: the user is missing", position=1)
    refuse({"user": ["a", ""], "item": ["x", "y"]}, "row 1: ", position=1)


def test_wrong_types():
    refuse({"user": [1.5, 2.5], "item": ["x", "y"]}, "the user is a column of reals; ids are texts or whole numbers")
    refuse({"user": np.array([1 + 2j]), "item": ["x"]}, "complex128")
    refuse({"user": np.array([[1, 2]]), "item": ["x"]}, "one dimension, not 2")
    refuse({"user": [b"a"], "item": ["x"]}, "row 0: a value is of <class 'bytes'>", position=0)
    refuse({"user": ["a"], "item": ["x"], "rating": ["good"]}, "the rating is a column of texts", rating="rating")
    refuse({"user": ["a"], "item": ["x"], "time": ["yesterday"]}, "the time is a column of texts", time="time")
    refuse({"user": ["a"], "item": ["x"], "rating": [math.inf]}, "row 0: the value is infinite", rating="rating",
           position=0)
    refuse({"user": ["a"], "item": ["x"], "kind": ["zebra"]}, 'row 0: the kind is "zebra"', kind="kind", position=0)
    refuse({"user": ["a"], "item": ["x"], "time": [2**62]}, "row 0", time="time", position=0)
    refuse(pl.DataFrame({"user": [["a"]], "item": ["x"]}), 'column "user" has the Arrow type')
    refuse([1, 2, 3], "a table is expected, not list")
    refuse({"user": "abc", "item": ["x"]}, "a column is expected, not str")
    refuse({"user": ["a", "b"], "item": ["x"]}, "1 values of the item and 2 users", vitrine.Invalid)
    refuse({"user": ["a"], "item": ["x"]}, "nonsense", vitrine.Invalid, positive="nonsense")
    refuse({"user": ["a"], "item": ["x"]}, "minimum", vitrine.Invalid, min_user=-1)
    with pytest.raises(OverflowError):
        vitrine.Dataset.from_frame({"user": [2**70], "item": ["x"]})


def test_mixed_types():
    refuse({"user": ["a", 2], "item": ["x", "y"]}, "row 1: texts and numbers are mixed", position=1)
    refuse({"user": [1, "b"], "item": ["x", "y"]}, "row 1: texts and numbers are mixed", position=1)
    refuse(pd.DataFrame({"user": ["a", "a", 2], "item": ["x", "y", "z"]}), "row 2: texts and numbers are mixed",
           position=2)


def test_items_twice():
    refuse({"user": ["a"], "item": ["x"]}, 'items: row 1: the item "x" is there twice', position=1,
           items={"id": ["x", "x"]})


def test_empty_tables():
    for empty in ({"user": [], "item": []}, pd.DataFrame({"user": [], "item": []}),
                  pl.DataFrame({"user": [], "item": []}, schema={"user": pl.String, "item": pl.String})):
        d = vitrine.Dataset.from_frame(empty)
        assert len(d) == 0 and d.users == []
        with pytest.raises(vitrine.Error):
            vitrine.EASE().fit(d)
        assert [len(part) for part in d.split("leave-one-out")] == [0, 0, 0]
    with pytest.raises(vitrine.NotFound, match='no column "user"; the table has none'):
        vitrine.Dataset.from_frame({})


def test_unknown_users(dataset):
    model = vitrine.Popularity().fit(dataset)
    with pytest.raises(vitrine.NotFound, match='no user "nobody" in the history') as caught:
        model.recommend(["u000", "nobody"])
    assert isinstance(caught.value, LookupError) and caught.value.code == 3
    with pytest.raises(vitrine.NotFound):
        model.explain("nobody", dataset.items[0])


def test_errors_are_pickled():
    error = vitrine.BadFormat("row 3: no", 4, 3)
    twin = pickle.loads(pickle.dumps(error))
    assert (type(twin), twin.message, twin.code, twin.position, twin.name) == (
        vitrine.BadFormat, "row 3: no", 4, 3, "format")


def test_a_shop_that_is_not_there(tmp_path):
    shop = vitrine.Shop(tmp_path / "none")
    assert not shop.exists
    for call in (lambda: shop.info, shop.dataset, lambda: shop.recommend("a"), lambda: shop.insight("sales")):
        with pytest.raises(vitrine.NotFound):
            call()


def test_a_closed_shop(shop_folder):
    shop = vitrine.Shop(shop_folder)
    user = shop.dataset().users[0]
    with shop:
        shop.recommend(user)
    for call in (lambda: shop.info, shop.dataset, lambda: shop.recommend(user), lambda: shop.insight("sales"),
                 lambda: shop.add_events({"user": ["a"], "item": ["x"]}), lambda: shop.exists):
        with pytest.raises(vitrine.Closed, match="the shop is closed"):
            call()


def test_a_closed_dataset(table):
    dataset = vitrine.Dataset.from_frame(table)
    model = vitrine.Popularity().fit(dataset)
    before = model.recommend("u000", n=3).ids
    dataset.close()
    with pytest.raises(vitrine.Closed, match="the dataset is closed"):
        dataset.info
    assert model.recommend("u000", n=3).ids == before, "who reads it keeps it"
    assert repr(dataset) == "<vitrine.Dataset, closed>"


WRITER = """
import sys, vitrine
shop = vitrine.Shop(sys.argv[1])
def hold(stage, unit, done, total, detail):
    print("writing", flush=True)
    sys.stdin.readline()
shop.import_csv(sys.argv[2], progress=hold)
"""


def test_two_processes(tmp_path):
    folder, rows = tmp_path / "shop", tmp_path / "events.csv"
    vitrine.Shop(folder).add_events({"user": ["a"], "item": ["x"]})
    rows.write_text("user,item\n" + "".join(f"u{i},x\n" for i in range(2000)))
    with subprocess.Popen([sys.executable, "-c", WRITER, folder, rows], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as other:
        assert other.stdout.readline() == "writing\n"
        shop = vitrine.Shop(folder)
        assert shop.info["events"] == 1, "reading never waits"
        with pytest.raises(vitrine.Busy) as caught:
            shop.add_events({"user": ["b"], "item": ["x"]})
        assert caught.value.code == 7 and caught.value.name == "busy"
        other.communicate("\n" * 1000)
        assert other.returncode == 0
    shop.add_events({"user": ["b"], "item": ["x"]})
    assert shop.info["events"] == 2002


def in_child(shop, dataset, model, pipe):
    said = []
    for call in (lambda: shop.info, lambda: shop.recommend("C0000001"), lambda: dataset.info,
                 lambda: model.recommend("u000")):
        try:
            call()
            said.append("no error")
        except vitrine.Error as error:
            said.append((type(error).__name__, error.message))
    fresh = vitrine.Dataset.from_frame({"user": ["a"], "item": ["x"]})
    said.append(len(fresh))
    pipe.send(said)
    pipe.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_fork(shop_folder, dataset):
    shop = vitrine.Shop(shop_folder)
    shop.recommend(shop.dataset().users[0])
    model = vitrine.Popularity().fit(dataset)
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    child = context.Process(target=in_child, args=(shop, dataset, model, there))
    child.start()
    said = here.recv()
    child.join()
    assert child.exitcode == 0
    assert [name for name, _ in said[:4]] == ["Forked"] * 4
    assert all("was forked; open it again here" in message for _, message in said[:4])
    assert said[4] == 1, "what is made in the child works"
    assert shop.recommend(shop.dataset().users[0], n=3).ids, "the parent goes on"
    assert os.path.exists(shop_folder)
