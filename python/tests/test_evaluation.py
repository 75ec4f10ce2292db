"""Figures are those of `vitrine evaluate`, to the last digit; models of other libraries go the same way."""

import math

import pytest

import vitrine

pd = pytest.importorskip("pandas")

SPEC = "time:0.8,0.1,0.1"


@pytest.fixture(scope="module")
def shop_parts(shop_folder, program):
    program("--shop", shop_folder, "evaluate", "fusion", "--split", SPEC)  # makes vectors of texts, where it can
    return vitrine.Shop(shop_folder).dataset(min_user=3).split(SPEC)


def compare(frame, printed):
    """Every figure of the program's JSON stands in the table, and is equal."""
    assert frame.attrs["protocol"] == printed["protocol"]
    assert list(frame.index) == [row["model"] for row in printed["models"]]
    compared = 0
    for row in printed["models"]:
        for metric, by_k in row["metrics"].items():
            for k, figure in by_k.items():
                for end, part in (("", "value"), ("_low", "low"), ("_high", "high")):
                    name = f"{metric}@{k}{end}"
                    if figure[part] is None:
                        assert name not in frame or pd.isna(frame.loc[row["model"], name]), name
                        continue
                    assert frame.loc[row["model"], name] == figure[part], name
                    compared += 1
        for size in ("users", "queries", "positives", "skipped", "candidates"):
            assert frame.attrs[size] == row[size]
    return compared


def test_the_program_says_the_same(shop_folder, shop_parts, program):
    train, valid, test = shop_parts
    printed = program("--shop", shop_folder, "evaluate", "popularity", "itemknn", "ease", "ials", "bpr", "fusion",
                      "--split", SPEC, "--min-user", 3, "--at", "5,10")
    kinds = ["popularity", "itemknn", "ease", "ials", "bpr", "fusion"]
    anew = vitrine.evaluate(kinds, test, at=[5, 10])
    assert compare(anew, printed) > 200
    fitted = vitrine.evaluate([vitrine.of_kind(kind).fit(train, valid) for kind in kinds], test, at=[5, 10])
    assert compare(fitted, printed) > 200


def test_ratings_too(shop_folder, shop_parts, program):
    printed = program("--shop", shop_folder, "evaluate", "mf", "svdpp", "--split", SPEC, "--min-user", 3)
    frame = vitrine.evaluate(["mf", vitrine.SVDpp().fit(*shop_parts[:2])], shop_parts.test)
    compare(frame, printed)
    for row in printed["models"]:
        for error in ("rmse", "mae"):
            for end, part in (("", "value"), ("_low", "low"), ("_high", "high")):
                assert frame.loc[row["model"], error + end] == row["ratings"][error][part]


def test_settings_protocol_and_baseline(shop_parts):
    test = shop_parts.valid
    frame = vitrine.evaluate([vitrine.Popularity(), vitrine.ItemKNN(k=7)], test, at=[3, 20], state="live",
                             candidates="train", test_items="seen", seen="keep", resamples=50, seed=3,
                             baseline="popularity")
    assert frame.loc["popularity", "ndcg@20"] > 0
    difference = frame.loc["itemknn", "ndcg@20"] - frame.loc["popularity", "ndcg@20"]
    assert frame.loc["itemknn", "ndcg@20_diff"] == pytest.approx(difference, abs=1e-12)
    low, high = frame.loc["itemknn", "ndcg@20_diff_low"], frame.loc["itemknn", "ndcg@20_diff_high"]
    assert low <= difference <= high and 0 < frame.loc["itemknn", "ndcg@20_p"] <= 1
    assert pd.isna(frame.loc["popularity", "ndcg@20_diff"])
    for word in ("evaluated=valid", "state=live", "candidates=train", "test-items=seen", "seen=keep"):
        assert word in frame.attrs["protocol"]


def test_leave_one_out_of_the_program(shop_folder, program):
    test = vitrine.Shop(shop_folder).dataset(positive="purchase").split("leave-one-out").test
    printed = program("--shop", shop_folder, "evaluate", "itemknn", "--positive", "purchase", "--param", "k=7",
                      "--negatives", 20, "--resamples", 0, "--slices")
    frame = vitrine.evaluate(vitrine.ItemKNN(k=7), test, negatives=20, resamples=0, slices=True)
    compare(frame, printed)
    slices = printed["models"][0]["slices"]
    ours = frame.attrs["slices"]["itemknn"]
    assert [(s["of"], s["slice"], s["users"]) for s in ours] == [(s["of"], s["slice"], s["users"]) for s in slices]
    assert [s["ndcg"][0] for s in ours] == [s["ndcg"]["10"]["value"] for s in slices]


def test_a_table_is_the_same_as_a_shop(table, tmp_path):
    """Without a shop, from a shop that was told by add_events(), and from one that imported a CSV."""
    shop = vitrine.Shop(tmp_path / "told")
    report = shop.add_events(pd.DataFrame(table), columns={"value": "rating"})
    assert report["events"]["added"] == len(table["user"]) and report["rejected"] == 0
    of_shop = vitrine.evaluate(["ease", "popularity"], shop.dataset().split(SPEC).test)
    of_table = vitrine.evaluate(["ease", "popularity"],
                                vitrine.Dataset.from_frame(table, time="time", rating="rating").split(SPEC).test)
    same = [name for name in of_shop if not name.endswith("seconds")]
    pd.testing.assert_frame_equal(of_shop[same], of_table[same], check_exact=True)


class Others:
    """A model of another library over this one's lists."""

    def __init__(self, model, shape):
        self.model, self.shape = model, shape

    def recommend(self, users, n=10):
        assert isinstance(users, list) and isinstance(users[0], str)
        answer = self.model.recommend(users, n=n, history=None)
        return {"lists": answer.ids, "tuple": (answer.ids, answer.scores), "answer": answer,
                "arrays": [__import__("numpy").array(row) for row in answer.ids]}[self.shape]


@pytest.mark.parametrize("shape", ["lists", "tuple", "answer", "arrays"])
def test_other_libraries(parts, shape):
    train, _, test = parts
    # Lists after the training part alone: seen items of the validation part are dropped and counted.
    model = vitrine.EASE().fit(train)
    frame = vitrine.evaluate({"mine": model, "theirs": Others(model, shape)}, test, at=10)
    assert list(frame.index) == ["mine", "theirs"]
    assert frame.loc["theirs", "ndcg@10"] > 0.5 * frame.loc["mine", "ndcg@10"]
    assert set(frame.attrs["dropped"]) == {"theirs"}
    counts = frame.attrs["dropped"]["theirs"]
    assert counts["missing"] == counts["strangers"] == counts["foreign"] == 0


def test_a_list_of_all_items_is_the_model_itself(parts):
    train, _, test = parts
    model = vitrine.EASE().fit(train, None)

    class Whole:
        def recommend(self, users, n):
            return model.recommend(users, n=10_000).ids

    frame = vitrine.evaluate([vitrine.Popularity(), Whole()], test)
    assert frame.attrs["dropped"]["Whole"]["seen"] > 0


def test_refused(parts, dataset):
    train, valid, test = parts
    model = vitrine.EASE()
    with pytest.raises(vitrine.Unsupported, match="test or validation part"):
        vitrine.evaluate(model, train)
    with pytest.raises(vitrine.Unsupported, match="fitted on all events"):
        vitrine.evaluate(vitrine.EASE().fit(dataset), test)
    with pytest.raises(vitrine.Unsupported, match='fitted on split "time'):
        vitrine.evaluate(vitrine.EASE().fit(train), dataset.split("leave-one-out").test)
    with pytest.raises(vitrine.Invalid, match="has no method recommend"):
        vitrine.evaluate([object()], test)
    with pytest.raises(vitrine.Invalid, match="baseline"):
        vitrine.evaluate([model], test, baseline="zebra")
    with pytest.raises(vitrine.Invalid, match='state is "zebra"; frozen or live'):
        vitrine.evaluate([model], test, state="zebra")
    with pytest.raises(vitrine.Invalid):
        vitrine.evaluate([model], test, at=[10, 5])
    with pytest.raises(vitrine.Invalid):
        vitrine.evaluate([model], test, at=0)
    with pytest.raises(vitrine.Invalid, match="no models"):
        vitrine.evaluate([], test)

    class Wrong:
        def recommend(self, users, n):
            return [["zebra"] for _ in users]

    with pytest.raises(vitrine.BadFormat, match='item "zebra" in the list of user "u0'):
        vitrine.evaluate([Wrong()], test)
    Wrong.recommend = lambda self, users, n: [[]]
    with pytest.raises(vitrine.Invalid, match="gave 1 lists for"):
        vitrine.evaluate([Wrong()], test)
    empty = dataset.split("leave-last-out").valid
    with pytest.raises(vitrine.Unsupported, match="leaves no validation events"):
        vitrine.evaluate([model], empty)


def test_names(parts):
    frame = vitrine.evaluate(["popularity", vitrine.Popularity, vitrine.Popularity()], parts.test, resamples=0)
    assert list(frame.index) == ["popularity", "popularity (2)", "popularity (3)"]
    assert frame["ndcg@10"].nunique() == 1
    assert frame["ndcg@10_low"].isna().all()
    assert all(math.isfinite(value) for value in frame["ndcg@10"])


def test_folds_are_those_of_the_program(shop, program):
    table = vitrine.cross_validate([vitrine.Popularity(), "ease"], shop.dataset(), "kfold:3", at=[5], baseline="ease")
    printed = program("--shop", shop.path, "evaluate", "popularity", "ease", "--split", "kfold:3", "--at", "5")
    assert compare(table, printed) > 20
    assert table["ndcg@5_low"]["popularity"] < table["ndcg@5"]["popularity"]
    assert table["ndcg@5_diff"]["popularity"] == pytest.approx(table["ndcg@5"]["popularity"] - table["ndcg@5"]["ease"])
    rolling = vitrine.cross_validate("itemknn", shop.dataset(), "rolling:3", at=[5])
    printed = program("--shop", shop.path, "evaluate", "itemknn", "--split", "rolling:3", "--at", "5")
    assert compare(rolling, printed) > 10
    assert "state=live candidates=alive" in rolling.attrs["protocol"]
    with pytest.raises(vitrine.Invalid):
        vitrine.cross_validate("ease", shop.dataset(), "kfold:1")
    with pytest.raises(vitrine.Unsupported, match="cannot be fitted to each fold"):
        vitrine.cross_validate({"mine": object()}, shop.dataset())
    with pytest.raises(TypeError):
        vitrine.cross_validate("ease", shop.dataset(), zebra=1)


def test_tuning(parts, dataset, tmp_path):
    log = tmp_path / "trials.jsonl"
    found = vitrine.tune("ease", dataset, trials=4, log=log)
    assert isinstance(found.model, vitrine.EASE) and not found.model.fitted and found.metric == "NDCG@10"
    assert found.best >= found.first and "evaluated=valid" in found.protocol
    assert set(found.trials["trial"]) <= set(range(4)) and not found.trials["kept"].any()
    again = vitrine.tune("ease", dataset, trials=4, log=log)
    assert again.model.get_params() == found.model.get_params() and again.trials["kept"].all()
    fixed = vitrine.tune(vitrine.IALS(factors=8, iterations=2), dataset, search={"alpha": [1.0, 2.0]}, trials=3)
    assert fixed.model.get_params()["factors"] == 8 and fixed.model.get_params()["alpha"] in (1.0, 2.0)
    assert fixed.model.fit(parts[0]).recommend("u000", n=3).ids
    with pytest.raises(vitrine.Invalid):
        vitrine.tune("ease", dataset, search={"zebra": (1, 2)}, trials=1)
