"""Shops: rows in, lists, reasons and figures out."""

import json

import pytest

import vitrine

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")


@pytest.fixture
def fresh(tmp_path):
    with vitrine.Shop(tmp_path / "fresh") as shop:
        yield shop


def test_events_of_every_table(tmp_path):
    table = {"user": ["a", "a", "b"], "item": ["x", "y", "x"], "kind": ["purchase", "view", "purchase"],
             "time": pd.to_datetime(["2026-01-02 03:04:05", None, "2026-01-03 00:00:00"]), "quantity": [1, 1, 2]}
    frame = pd.DataFrame(table)
    for number, of in enumerate((frame, pl.from_pandas(frame), pa.Table.from_pandas(frame), frame.to_dict("list"))):
        if isinstance(of, dict):
            of["time"] = [None if pd.isna(t) else t.to_pydatetime() for t in of["time"]]
        shop = vitrine.Shop(tmp_path / str(number))
        report = shop.add_events(of)
        assert report["events"] == {"added": 3, "changed": 0, "same": 0}, type(of)
        info = shop.info
        assert (info["users"], info["items"], info["events_by_kind"]["purchase"]) == (2, 2, 2)
        assert (info["time_min"], info["time_max"]) == (1767323045, 1767398400)


def test_import_again_and_undo(fresh):
    rows = {"user": ["a"], "item": ["x"], "kind": ["purchase"], "time": [1_700_000_000]}
    report = fresh.add_events(rows)
    assert fresh.add_events(rows)["events"] == {"added": 0, "changed": 0, "same": 1}
    fresh.undo(report)
    assert fresh.info["events"] == 0
    with pytest.raises(vitrine.NotFound):
        fresh.undo(report)


def test_bad_rows_are_named_and_the_rest_goes_on(fresh):
    report = fresh.add_events({"user": ["a", "", "b"], "item": ["x", "x", "y"], "rating": [5, 4, 77]},
                              rating_min=1, rating_max=5)
    assert (report["events"]["added"], report["rejected"]) == (1, 2)
    assert sum(report["reasons"].values()) == 2
    (line, message), _ = report["messages"]
    assert line == 3 and message.startswith("events.csv:3: ")
    with pytest.raises(vitrine.Error) as caught:
        fresh.add_events({"nothing": ["of", "use"]})
    assert caught.value.message.startswith("events.csv ")


def test_items_users_and_settings(fresh):
    fresh.add_items(pd.DataFrame({"id": ["x", "y"], "title": ["Tea", "Cup"], "brand": ["Acme", None],
                                  "category": ["Drinks > Tea", "Kitchen"], "price": [3.5, 12.0]}))
    fresh.add_users({"id": ["a"], "segment": ["b2b"]})
    fresh.add_events({"user": ["a", "b", "b"], "item": ["x", "x", "y"], "kind": ["purchase"] * 3,
                      "time": [1_760_000_000, 1_760_000_100, 1_760_000_200]})
    fresh.set("time_zone", "Europe/Berlin")
    assert fresh.info["time_zone"] == "Europe/Berlin"
    assert fresh.recommend("a").ids == ["y"]
    with pytest.raises(vitrine.Invalid):
        fresh.set("zebra", "1")
    with pytest.raises(vitrine.Invalid, match="no file is given"):
        fresh.import_csv()
    with pytest.raises(vitrine.NotFound):
        fresh.import_csv("/nowhere/at/all.csv")
    with pytest.raises(vitrine.Invalid, match='part is "zebra"'):
        fresh.import_csv("a.csv", part="zebra")


def test_cells_of_any_type(fresh):
    from decimal import Decimal

    frame = pd.DataFrame({"id": pd.array([1, 2], dtype="Int64"), "price": [Decimal("3.50"), None],
                          "title": ["Tea", float("nan")], "category": pd.Categorical(["Drinks", None]),
                          "stock": [4.0, float("nan")], "attributes.organic": [True, False], 7: ["a", "b"]})
    report = fresh.add_items(frame, columns={"attributes.organic": "attributes.organic"})
    assert report["items"]["added"] == 2 and report["rejected"] == 0
    items = fresh.items()
    assert list(items["id"]) == ["1", "2"] and items["price"][0] == 3.5 and items["stock"][0] == 4
    assert items.loc[1, ["title", "category", "price", "stock"]].isna().all()
    polar = pl.DataFrame({"id": ["3", "4"], "price": [Decimal("1.25"), None], "title": ["Cup", None]})
    assert fresh.add_items(polar)["items"]["added"] == 2
    assert fresh.add_items(pa.table({"id": ["5"], "on": [True], "title": ["Mug"]}))["items"]["added"] == 1
    assert list(fresh.items("title")["title"].dropna()) == ["Tea", "Cup", "Mug"]
    report = fresh.add_items({"id": ["6", 7], "price": [2, "much"]})
    assert report["messages"] == [
        (3, 'items.csv:3: "price" is "much"; an amount such as 12.50 is expected (row skipped)')]
    with pytest.raises(vitrine.Invalid, match='2 values of "user", 1 of "item"'):
        fresh.add_events({"user": ["a", "b"], "item": ["x"]})
    with pytest.raises(vitrine.Invalid, match="no kind of event"):
        fresh.add_events({"user": ["a"], "item": ["x"]}, event_kind="zebra")
    with pytest.raises(vitrine.Invalid, match="zebra"):
        fresh.add_events({"user": ["a"], "item": ["x"]}, zebra="1")


def test_a_table_is_as_its_file(tmp_path, table):
    pd.DataFrame(table).to_csv(tmp_path / "events.csv", index=False)
    ours, theirs = vitrine.Shop(tmp_path / "ours"), vitrine.Shop(tmp_path / "theirs")
    expected = theirs.import_csv(tmp_path / "events.csv", event_kind="rating")
    assert ours.add_events(table, event_kind="rating") == expected
    assert ours.events().equals(theirs.events())
    told = []
    ours.add_events(table, progress=lambda *words: told.append(words))
    assert {(unit, total) for _, unit, _, total, _ in told} == {("rows", len(table["user"]))}


def test_rows_out_are_the_rows_that_came_in(fresh, tmp_path):
    goods = {"id": ["x", "y"], "title": ["Tea", "Cup"], "description": ["Green.", None], "brand": ["Acme", None],
             "category": ["Drinks > Tea", "Kitchen"], "price": [3.5, 12.0], "cost": [1.25, None], "stock": [4, None],
             "images": ["a.jpg|b.jpg", None], "attributes": ['{"organic":"yes"}', None],
             "available_from": [1_700_000_000, None]}
    fresh.add_items(goods)
    fresh.add_users({"id": ["a"], "segment": ["b2b"], "region": ["Bern"]})
    fresh.add_events({"user": ["a", "a", None], "session": [None, None, "s1"], "item": ["x", "y", "x"],
                      "kind": ["purchase", "rating", "view"], "time": [1_760_000_000, 1_760_000_100, None],
                      "value": [None, 4.5, None], "unit_price": [3.5, None, None], "quantity": [2, None, None],
                      "order_id": ["o1", None, None], "line_state": ["cancelled", None, None]})
    items, users, events = fresh.items(), fresh.users(), fresh.events()
    for name, cells in goods.items():
        assert [None if pd.isna(cell) else cell for cell in items[name]] == cells, name
    assert users[["id", "segment", "region"]].values.tolist() == [["a", "b2b", "Bern"]]
    assert list(events["kind"]) == ["purchase", "rating", "view"] and list(events["line_state"])[0] == "cancelled"
    assert events["user"].isna().tolist() == [False, False, True] and events["session"][2] == "s1"
    assert (events["unit_price"][0], events["quantity"][0], events["value"][1]) == (3.5, 2, 4.5)
    assert list(fresh.events(["time", "user"]).columns) == ["time", "user"]
    with pytest.raises(vitrine.NotFound, match='no column "zebra"; items have id, title'):
        fresh.items(["zebra"])
    twin = vitrine.Shop(tmp_path / "twin")
    twin.add_items(items)
    assert twin.items().equals(items)
    with pytest.raises(vitrine.NotFound):
        vitrine.Shop(tmp_path / "none").items()


def test_prices_of_a_currency_without_cents(fresh):
    fresh.add_items({"id": ["x"], "price": [1200]}, currency="JPY")
    assert fresh.items()["price"][0] == 1200


def test_what_came_a_moment_ago_counts(fresh):
    fresh.add_events({"user": list("aabbc"), "item": list("xyxyx"), "kind": ["purchase"] * 5})
    assert fresh.recommend("c", n=5).ids == ["y"]
    fresh.add_events({"user": list("dddee"), "item": list("zyxzx"), "kind": ["purchase"] * 5})
    assert fresh.recommend("c", n=5).ids == ["y", "z"]
    assert fresh.recommend(["e", "c"], n=5).ids == [["y"], ["y", "z"]]
    with pytest.raises(vitrine.NotFound, match='no user "nobody"'):
        fresh.recommend("nobody")
    assert fresh.recommend_visitor(["x"], n=5).ids == ["y", "z"]


def test_a_model_of_the_shop(tmp_path, program):
    shop = vitrine.Shop(tmp_path / "s")
    shop.generate(products=50, users=120, reviews=300, photos=0)
    model = vitrine.EASE().fit(shop.dataset())
    user = shop.dataset().users[3]
    shop.save_model(model)
    found = shop.recommend(user, n=5)
    printed = program("--shop", shop.path, "recommend", user, "-n", 5, "--explain")
    assert found.ids == [row["item"] for row in printed["items"]]
    assert found.scores == [row["score"] for row in printed["items"]]
    assert found.reasons == [row["reason"] for row in printed["items"]]
    assert shop.model("ease").settings == model.settings
    why = shop.explain(user, found.ids[0])
    assert why["rank"] == 1
    printed = program("--shop", shop.path, "explain", user, found.ids[0])
    assert why["parts"] == printed["parts"] and why["score"] == printed["score"]
    similar = shop.similar([found.ids[0]], n=3)
    assert len(similar.ids[0]) == 3 and found.ids[0] not in similar.ids[0]
    goods = shop.goes_with(found.ids[0], n=4)
    printed = program("--shop", shop.path, "complements", found.ids[0], "-n", 4)
    assert list(goods["item"]) == [row["item"] for row in printed["items"]]
    frame = shop.recommend([user, user], n=2).to_frame(reasons=True)
    assert list(frame["rank"]) == [1, 2, 1, 2] and frame["reason"].notna().all()
    with pytest.raises(vitrine.NotFound):
        shop.recommend(user, model="zebra")


def test_a_loaded_model_with_histories(tmp_path):
    shop = vitrine.Shop(tmp_path / "s")
    shop.generate(products=50, users=120, reviews=300, photos=0)
    dataset = shop.dataset(positive="purchase")
    model = vitrine.EASE().fit(dataset)
    user = dataset.users[3]
    expected = model.recommend(user, n=5).ids
    model.save(tmp_path / "ease.safetensors")
    shop.save_model(model)
    path = tmp_path / "ease.safetensors"
    for loaded in (vitrine.load(path, shop=shop), vitrine.EASE.load(path, history=dataset), shop.model("ease"),
                   vitrine.load(path, history=dataset.to_frame())):
        assert loaded.recommend(user, n=5).ids == expected
    alone = vitrine.load(path)
    with pytest.raises(vitrine.Unsupported, match="load it with shop="):
        alone.recommend(user)
    assert alone.recommend(user, n=5, history=shop).ids == expected
    with pytest.raises(vitrine.Invalid, match="one of them"):
        vitrine.load(path, shop=shop, history=dataset)


def test_rules_of_a_call(fresh, program):
    fresh.add_items({"id": list("abcdef"), "brand": ["x", "x", "x", "y", "y", "z"]})
    fresh.add_events({"user": [f"u{i}" for i in range(6) for _ in range(i + 1)] + ["new"],
                      "item": [item for i in range(6) for item in "abcdef"[:i + 1]] + ["f"], "kind": ["purchase"] * 22})
    plain = fresh.recommend("new", n=3)
    assert plain.ids == ["a", "b", "c"]
    ruled = fresh.recommend("new", n=3, rules={"brand_cap": 1, "replenish": False})
    printed = program("--shop", fresh.path, "recommend", "new", "-n", 3, "--brand-cap", 1)
    assert ruled.ids == [row["item"] for row in printed["items"]] == ["a", "d"]
    assert fresh.recommend("new", n=3).ids == plain.ids, "of that call alone"
    assert fresh.recommend_visitor(["f"], n=1, rules={"boost": "item=e:+5"}).ids == ["e"]
    with pytest.raises(vitrine.Invalid, match="zebra"):
        fresh.recommend("new", rules={"zebra": 1})


def test_search(shop, program):
    words = shop.items(["title"])["title"][0].split()[0]
    found = shop.search(words, n=5)
    printed = program("--shop", shop.path, "search", words, "-n", 5)
    assert len(found) > 0 and list(found["item"]) == [row["item"] for row in printed["items"]]
    assert found.attrs["degraded"] == printed["degraded"]
    assert len(shop.search(words, brand="nobody's")) == 0
    with pytest.raises(vitrine.Invalid, match="one of words, photo and item"):
        shop.search()
    with pytest.raises(vitrine.Invalid, match='by is "zebra"'):
        shop.search(item="P000001", by="zebra")
    with pytest.raises(vitrine.NotFound):
        shop.search(photo="/nowhere.jpg")


def test_a_fit_encodes_first(tmp_path, monkeypatch):
    shop = vitrine.Shop(tmp_path / "s")
    shop.generate(products=40, users=60, reviews=100, photos=0)
    told = []

    def encode(self, *, texts, photos, progress):
        told.append((texts, photos))
        raise vitrine.NotFound("no encoder here", 3)

    monkeypatch.setattr(vitrine.Shop, "encode", encode)
    dataset = shop.dataset()
    vitrine.EASE().fit(dataset)
    assert told == [], "it reads no vectors"
    with pytest.warns(UserWarning, match="vectors of what is new were not made: no encoder here"):
        with pytest.raises(vitrine.Error):
            vitrine.Content().fit(dataset)
    assert told == [(True, False)]
    with pytest.raises(vitrine.Error):
        vitrine.evaluate([vitrine.Content()], dataset.split("leave-one-out").test)
    assert told == [(True, False)], "once for a dataset"


def test_a_fit_reads_what_it_encoded(tmp_path):
    shop = vitrine.Shop(tmp_path / "s")
    shop.generate(products=40, users=60, reviews=100, photos=0)
    try:
        shop.encode()
    except vitrine.Error as error:
        pytest.skip(f"texts cannot be encoded: {error}")
    shop.add_items({"id": ["NEW"], "title": ["A lamp of brass"]})
    dataset = shop.dataset()
    model = vitrine.Content().fit(dataset)
    assert "NEW" in shop.embeddings("text").ids
    assert model.similar("NEW", n=3)[0]


def test_insight(shop):
    for name, _, of_shop, _ in vitrine.insight_kinds():
        if not of_shop:
            continue
        options = {"user": shop.dataset().users[0]} if name == "rhythm" else {}
        answer = shop.ask(name, **options)
        assert answer.lead and answer.kind == name
        frame = shop.insight(name, **options)
        assert frame.attrs["lead"] == answer.lead
        for table in answer.tables:
            assert len(answer.table(table).columns) > 0
    customers = shop.insight("clv", n=7)
    assert len(customers) == 7 and customers["future_revenue"].is_monotonic_decreasing
    with pytest.raises(vitrine.Invalid):
        shop.insight("zebra")
    with pytest.raises(vitrine.NotFound, match='no table "zebra"'):
        shop.insight("clv", "zebra")
    with pytest.raises(vitrine.Invalid, match="zebra"):
        shop.insight("clv", zebra=1)
    with pytest.raises(vitrine.Invalid):
        shop.insight("sales", period="zebra")


def test_insight_is_that_of_the_program(shop, program):
    answer = shop.ask("sales", period="2025-10-01..2025-12-31", compare="previous")
    printed = program("--shop", shop.path, "insight", "sales", "--period", "2025-10-01..2025-12-31")
    assert json.dumps(answer.document, sort_keys=True) == json.dumps(printed, sort_keys=True)


def test_insight_of_a_file(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text("price,quantity\n" + "".join(f"{p},{round(1000 / p)}\n" for p in range(5, 60)))
    names = [name for name, _, _, of_file in vitrine.insight_kinds() if of_file]
    assert "elasticity" in names or names
    with pytest.raises(vitrine.Error):
        vitrine.insight_file(tmp_path / "none.csv", names[0])


def test_files_of_other_systems(fresh):
    from conftest import SOURCE

    report = fresh.import_amazon(f"{SOURCE}/tests/data/small/reviews.jsonl", f"{SOURCE}/tests/data/small/meta.jsonl")
    assert report["events"]["added"] > 2000 and report["note"].startswith("Amazon")
    assert "amazon" in [name for name, _, _ in vitrine.import_kinds()]
    assert repr(fresh).startswith("vitrine.Shop(")
