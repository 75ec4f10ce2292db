"""with_vitrine.py EVENTS.csv: two models compared on the last tenth of the events, with this package."""

import sys

import pandas

import vitrine

events = pandas.read_csv(sys.argv[1])
train, valid, test = vitrine.Dataset.from_frame(events, time="time").split("time:0.9,0,0.1")
models = [vitrine.IALS(factors=64).fit(train), vitrine.ItemKNN(k=20).fit(train)]
print(vitrine.evaluate(models, test, at=10)[["ndcg@10", "ndcg@10_low", "ndcg@10_high", "precision@10"]].round(4))
print(models[0].recommend(events["user"][0], n=3).ids)
