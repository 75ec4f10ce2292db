"""with_implicit.py EVENTS.csv: two models compared on the last tenth of the events, with the package implicit."""

import sys

import numpy
import pandas
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender
from scipy.sparse import csr_matrix

events = pandas.read_csv(sys.argv[1])
users, items = events["user"].astype("category"), events["item"].astype("category")
events["u"], events["i"] = users.cat.codes, items.cat.codes
events = events.sort_values("time", kind="stable")
cut = events["time"].iloc[int(0.9 * len(events))]
shape = (len(users.cat.categories), len(items.cat.categories))


def matrix(part):
    return csr_matrix((numpy.ones(len(part), "f4"), (part["u"], part["i"])), shape=shape)


train, test = matrix(events[events["time"] < cut]), events[events["time"] >= cut]
relevant = test.groupby("u")["i"].agg(set)
discount = 1 / numpy.log2(numpy.arange(2, 12))
models, rows = (AlternatingLeastSquares(factors=64, random_state=42), CosineRecommender(K=20)), {}
for model in models:
    model.fit(train, show_progress=False)
    lists, _ = model.recommend(relevant.index.to_numpy(), train[relevant.index], N=10)
    hits = numpy.array([[item in wanted for item in row] for row, wanted in zip(lists, relevant)])
    ideal = numpy.array([discount[:len(wanted)].sum() for wanted in relevant])
    ndcg, precision = (hits * discount).sum(axis=1) / ideal, hits.mean(axis=1)
    draws = numpy.random.default_rng(42).integers(0, len(ndcg), (1000, len(ndcg)))
    low, high = numpy.percentile(ndcg[draws].mean(axis=1), [2.5, 97.5])
    rows[type(model).__name__] = [ndcg.mean(), low, high, precision.mean()]
print(pandas.DataFrame(rows, ["ndcg@10", "ndcg@10_low", "ndcg@10_high", "precision@10"]).T.round(4))
user = events["u"][0]
lists, _ = models[0].recommend(user, train[user], N=3)
print(list(items.cat.categories[lists]))
