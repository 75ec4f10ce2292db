"""The way in: a shop, a model, lists, figures."""

import vitrine


def test_from_a_shop_to_lists(shop):
    train, valid, test = shop.dataset(min_user=3).split("time:0.8,0.1,0.1")
    assert len(train) > len(test) > 0
    model = vitrine.EASE().fit(train, valid)
    user = train.to_frame()["user"][0]
    ids, scores, reasons = model.recommend([user], n=10)
    assert len(ids[0]) == len(scores[0]) == len(reasons[0]) == 10
    assert scores[0] == sorted(scores[0], reverse=True)
    assert all(item in shop.dataset().items for item in ids[0])
    seen = set(train.to_frame().query("user == @user")["item"])
    assert not seen & set(ids[0])


def test_from_a_table_without_a_shop(table):
    model = vitrine.ItemKNN().fit(table)
    ids, scores, _ = model.recommend("u000", n=5)
    assert len(ids) == 5
    assert sum(int(item[1:]) % 3 == 0 for item in ids) >= 3, "those of the group come first"


def test_version(program):
    assert vitrine.__version__.count(".") == 2
