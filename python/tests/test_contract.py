"""What every kind of model promises, as tests/unit/model/test_contract.c has it, through the package."""

import math

import pytest

import vitrine

KINDS = vitrine.kinds()
RATES, NEEDS_VECTORS, EXPLAINS, PREDICTS = 1 << 4, 1 << 3, 1 << 8, 1 << 13
#: Kinds that can do without vectors of texts and photos.
PLAIN = [name for name, cls in KINDS.items() if not cls._abilities & NEEDS_VECTORS or name == "mlp-fusion"]


def brief(name, **params):
    """A model of a kind that is fitted quickly."""
    cls = KINDS[name]
    if "epochs" in cls.defaults:
        params.setdefault("epochs", 2)
    return cls(**params)


@pytest.fixture(scope="module", params=PLAIN)
def fitted(request, dataset):
    return brief(request.param).fit(dataset)


@pytest.mark.parametrize("name", PLAIN)
def test_same_bytes_for_any_threads(name, dataset, tmp_path):
    files = []
    for threads in (1, 3):
        path = tmp_path / f"{threads}"
        brief(name, threads=threads).fit(dataset).save(path)
        files.append(path.read_bytes())
    assert files[0] == files[1]


def test_a_saved_model_is_the_same_model(fitted, dataset, tmp_path):
    fitted.save(tmp_path / "m")
    loaded = vitrine.load(tmp_path / "m")
    assert type(loaded) is type(fitted)
    assert loaded.settings == fitted.settings
    users = dataset.users[:5]
    ours, theirs = fitted.recommend(users, n=7), loaded.recommend(users, n=7, history=dataset)
    assert ours.ids == theirs.ids
    assert ours.scores == theirs.scores
    loaded.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "m").read_bytes()
    with pytest.raises(vitrine.Unsupported, match="history"):
        loaded.recommend(users)


def test_says_what_it_is(fitted, dataset):
    info = fitted.info
    assert info["kind"] == fitted.kind
    assert info["seed"] == 42
    assert info["items"] == len(dataset.items) == len(fitted.items)
    assert info["snapshot"] == dataset.info["hash"]
    assert all(f"{name}=" in info["settings"] for name in fitted.defaults)
    assert fitted.summary and fitted.source and fitted.summary.lower() in type(fitted).__doc__.lower()


def test_lists_are_short_right_and_a_prefix(fitted, dataset):
    for user in dataset.users[:4]:
        many = fitted.recommend(user, n=10_000)
        few = fitted.recommend(user, n=5)
        assert few.ids == many.ids[:5]
        assert many.scores == sorted(many.scores, reverse=True)
        assert not any(math.isnan(score) for score in many.scores)
        assert len(set(many.ids)) == len(many.ids)
        seen = set(fitted.recommend(user, n=10_000, keep_seen=True).ids) - set(many.ids)
        assert seen <= {item for u, item in zip(*events_of(dataset)) if u == user}
    with pytest.raises(vitrine.Invalid, match="1 or more"):
        fitted.recommend(dataset.users[0], n=0)


def events_of(dataset):
    frame = dataset.to_frame()
    return list(frame["user"]), list(frame["item"])


def test_histories_of_all_sorts(fitted):
    """The same history under another name, one of unknown items among known ones, and one of views alone."""
    table = {"user": ["u1", "u1", "u2", "u2", "u2", "u3"], "item": ["i01", "i04", "i01", "i04", "zebra", "i01"],
             "time": [10, 20, 10, 20, 30, 40], "kind": ["purchase"] * 5 + ["view"]}
    history = vitrine.Dataset.from_frame(table, time="time", kind="kind")
    one, other, views = (fitted.recommend(user, n=5, history=history) for user in ("u1", "u2", "u3"))
    assert one.ids == other.ids or type(fitted).__name__ in ("SASRec", "Fusion"), "unknown items do not count"
    assert len(views.ids) <= 5
    with pytest.raises(vitrine.NotFound, match='no user "nobody"'):
        fitted.recommend("nobody", history=history)


@pytest.mark.parametrize("name", PLAIN)
def test_one_user_and_one_item(name):
    tiny = vitrine.Dataset.from_frame({"user": ["a"], "item": ["x"], "rating": [4.0], "time": [5]}, rating="rating",
                                      time="time")
    try:
        model = brief(name).fit(tiny)
    except vitrine.Unsupported:
        return  # with a sentence: data without what it needs
    assert model.recommend("a", n=3).ids == []
    assert set(model.recommend("a", n=3, keep_seen=True).ids) <= {"x"}


def test_refuses_what_it_cannot_answer(fitted, dataset):
    user, item = dataset.users[0], dataset.items[0]
    abilities = type(fitted)._abilities
    if abilities & EXPLAINS:
        explanation = fitted.explain(user, item)
        assert explanation["score"] == pytest.approx(sum(p["value"] for p in explanation["parts"]), abs=1e-4, rel=1e-6)
    else:
        with pytest.raises(vitrine.Unsupported):
            fitted.explain(user, item)
        assert fitted.recommend(user, n=3).reasons == [None] * 3
    if abilities & RATES:
        assert all(0 < rating < 7 for rating in fitted.predict(user, dataset.items))
    elif not abilities & PREDICTS:
        with pytest.raises(vitrine.Unsupported):
            fitted.predict(user, [item])
    with pytest.raises(vitrine.NotFound, match='no item "zebra"'):
        fitted.predict(user, ["zebra"])


def test_parts_sum_to_the_score(fitted, dataset):
    if not type(fitted)._abilities & EXPLAINS:
        return
    user = dataset.users[1]
    ids, scores, reasons = fitted.recommend(user, n=4)
    for item, score, reason in zip(ids, scores, reasons):
        parts = fitted.explain(user, item)
        assert parts["score"] == pytest.approx(score, abs=1e-4, rel=1e-6)
        assert reason and isinstance(reason, str)
        assert list(parts.to_frame()["name"]) == [part["name"] for part in parts["parts"]]


@pytest.mark.parametrize("name", KINDS)
def test_parameters_out_of_range_are_refused(name):
    cls = KINDS[name]
    with pytest.raises(vitrine.Invalid, match="zebra"):
        cls(zebra=1)
    model = cls()
    for spec in vitrine._vitrine.model_kinds():
        if spec[0] != name:
            continue
        for parameter, kind, _, _, largest, *_ in spec[4]:
            wrong = "zebra" if kind == "choice" else largest * 2 + 1 if kind in ("int", "real") else None
            if wrong is None:
                continue
            wrong = int(wrong) if kind == "int" else wrong
            with pytest.raises(vitrine.Invalid, match=parameter) as caught:
                model.set_params(**{parameter: wrong})
            assert caught.value.code == 2 and caught.value.name == "usage" and isinstance(caught.value, ValueError)
    assert model.get_params() == cls().get_params(), "a refused value changes nothing"


def test_stops_in_the_middle(fitted, dataset):
    class Enough(Exception):
        pass

    def stop(stage, unit, done, total, detail):
        raise Enough(stage)

    model = brief(fitted.kind)
    try:
        model.fit(dataset, progress=stop)
    except Enough:
        assert not model.fitted
        with pytest.raises(vitrine.Unsupported, match="fit"):
            model.recommend(dataset.users[0])


def test_damaged_files_are_refused(fitted, tmp_path):
    path = tmp_path / "m"
    fitted.save(path)
    whole = path.read_bytes()
    for damage in (whole[: len(whole) // 2], whole[:40] + b"\xff" * 40 + whole[80:], b""):
        path.write_bytes(damage)
        with pytest.raises((vitrine.Corrupt, vitrine.BadFormat)) as caught:
            vitrine.load(path)
        assert str(path) in caught.value.message
    with pytest.raises(vitrine.NotFound):
        vitrine.load(tmp_path / "none")


@pytest.mark.parametrize("name", sorted(set(KINDS) - set(PLAIN)))
def test_kinds_that_need_vectors_say_so(name, dataset):
    with pytest.raises(vitrine.Unsupported, match="vectors|texts|photos|encode"):
        KINDS[name]().fit(dataset)


# ---- as scikit-learn has estimators ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_clone(name):
    base = pytest.importorskip("sklearn.base")
    model = KINDS[name](seed=7)
    twin = base.clone(model)
    assert type(twin) is type(model) and twin is not model
    assert twin.get_params() == model.get_params()
    assert twin.settings == model.settings
    for preset in KINDS[name].presets:
        preset_model = KINDS[name](preset=preset)
        assert base.clone(preset_model).settings == preset_model.settings


def test_parameters():
    model = vitrine.IALS(factors=16)
    assert model.get_params()["factors"] == 16
    assert model.get_params()["seed"] == 42
    assert model.set_params(factors=8, seed=3) is model
    assert model.settings != vitrine.IALS().settings
    assert "factors=8" in model.settings and model.seed == 3
    assert repr(model) == "IALS(factors=8)"
    assert vitrine.of_kind("ials", factors=8).settings == model.settings
    with pytest.raises(vitrine.NotFound, match='no model "zebra"'):
        vitrine.of_kind("zebra")
    with pytest.raises(vitrine.Invalid):
        vitrine.Model()


def test_a_setting_makes_another_model(dataset):
    one, other = vitrine.ItemKNN(k=2).fit(dataset), vitrine.ItemKNN(k=40).fit(dataset)
    assert one.recommend(dataset.users[0]).scores != other.recommend(dataset.users[0]).scores
    one.set_params(k=40)
    assert not one.fitted, "what was fitted before is of other parameters"


def test_validation(parts):
    train, valid, test = parts
    early = vitrine.BPR(epochs=30).fit(train, valid)
    assert early.info["fit"]["validation"] == "NDCG@10"
    assert vitrine.BPR(epochs=3).fit(train).info["fit"]["validation"] is None
    with pytest.raises(vitrine.Invalid, match="validation part of the same split"):
        vitrine.BPR().fit(train, test)
    with pytest.raises(vitrine.Unsupported, match="training part"):
        vitrine.BPR().fit(test)


def test_similar(dataset):
    ids, scores = vitrine.ItemKNN().fit(dataset).similar(dataset.items[0], n=5)
    assert len(ids) == len(scores) == 5 and dataset.items[0] not in ids
    assert scores == sorted(scores, reverse=True)


def test_closing(dataset):
    with vitrine.Popularity().fit(dataset) as model:
        model.recommend(dataset.users[0])
    with pytest.raises(vitrine.Closed, match="the model is closed"):
        model.recommend(dataset.users[0])
