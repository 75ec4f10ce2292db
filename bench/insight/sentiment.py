#!/usr/bin/env python3
"""Which way reviews lean: the head on text vectors beside a lexicon and a bag of words, on reviews held out.

Reviews with 4 or 5 stars are for, those with 1 or 2 against; three stars are left out. All methods read the same texts,
as `encode --sentiment` reads them: without titles that only repeat the stars. Data with times are cut --cuts times:
everything is fitted on what came before a cut and tried on what came up to the next, the last half of the reviews in
all. Data without times are tried in five folds. Peers: VADER (Hutto and Gilbert 2014), which learns nothing; logistic
regression of scikit-learn over tf-idf of one and two words, classes balanced, its penalty by cross-validation on the
training part.

AUC is over all reviews held out, each among those of its own cut (pairs within cuts). Balanced accuracy is at the
cut that each method names itself (equal weight of both classes; VADER: compound .05). F1 of against is at a threshold
from the training part, where as many are read as against as are. Intervals: 95 %, bootstrap over the reviews held out.

Usage: script/bench insight sentiment [--data ../shared/data] [--encoder minilm] [--cuts 5] [--draws 2000]
"""

import argparse
import csv
import gzip
import json
import os
import subprocess
import sys

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../.."))
BUILD = os.path.abspath(os.environ.get("VITRINE_BUILD", os.path.join(ROOT, "build")))
METHODS = "head", "vader", "bag of words"


def gift_cards(data):
    """(stars, title, body), oldest first."""
    with gzip.open(os.path.join(data, "amazon2018_gift_cards/Gift_Cards_5.json.gz"), "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rows.sort(key=lambda row: row["unixReviewTime"])
    return [(row["overall"], row.get("summary") or "", row.get("reviewText") or "") for row in rows]


def luma(data):
    with open(os.path.join(data, "images_magento_luma/reviews.csv"), newline="", encoding="utf-8") as file:
        return [(float(row["rating"]), row["title"], row["review"]) for row in csv.DictReader(file)]


def clean(text):
    return " ".join(text.split())


def head(rows, train, encoder):
    """Texts as they are read, scores, the threshold."""
    lines = "".join(f"{'train' if t else 'test'}\t{stars:g}\t{clean(title)}\t{clean(body)}\n"
                    for (stars, title, body), t in zip(rows, train))
    done = subprocess.run([os.path.join(BUILD, "bench/bench_sentiment"), encoder], input=lines, capture_output=True,
                          text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    *out, last = done.stdout.splitlines()
    cells = [line.rsplit("\t", 1) for line in out]
    return [cell[0] for cell in cells], np.array([float(cell[1]) for cell in cells]), float(last.split("\t")[0])


def break_even(score, label):
    """Where as many are read as against as are."""
    order = np.sort(score)
    against = int((label == 0).sum())
    return (order[against - 1] + order[against]) / 2


def bag(texts, label, train):
    texts = np.array(texts, dtype=object)
    folds = StratifiedKFold(5, shuffle=True, random_state=42)
    search = GridSearchCV(make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
                                        LogisticRegression(class_weight="balanced", max_iter=2000)),
                          {"logisticregression__C": [.1, 1, 10, 100]}, scoring="roc_auc", cv=folds)
    search.fit(texts[train], label[train])
    inside = cross_val_predict(search.best_estimator_, texts[train], label[train], cv=folds, method="decision_function")
    return search.decision_function(texts), break_even(inside, label[train])


def one_cut(rows, label, train, test, encoder):
    """Of each method: scores of the test part, read as for at its own cut, and at the threshold."""
    use = train | test
    chosen = [row for row, u in zip(rows, use) if u]
    texts, ours, threshold = head(chosen, train[use], encoder)
    analyzer = SentimentIntensityAnalyzer()
    vader = np.array([analyzer.polarity_scores(text)["compound"] for text in texts])
    words, words_threshold = bag(texts, label[use], train[use])
    there = test[use]
    return {"head": (ours[there], ours[there] >= 0, ours[there] >= threshold),
            "vader": (vader[there], vader[there] >= .05,
                      vader[there] >= break_even(vader[train[use]], label[use][train[use]])),
            "bag of words": (words[there], words[there] >= 0, words[there] >= words_threshold)}


def auc(score, label, cut):
    """Pairs within the same cut."""
    right = pairs = 0.0
    for c in np.unique(cut):
        up, down = score[(cut == c) & (label == 1)], np.sort(score[(cut == c) & (label == 0)])
        right += (np.searchsorted(down, up, "left") + np.searchsorted(down, up, "right")).sum() / 2
        pairs += len(up) * len(down)
    return right / pairs if pairs else np.nan


def figures(result, label, cut):
    score, natural, even = result
    sides = [(natural[label == s] == s).mean() if (label == s).any() else np.nan for s in (0, 1)]
    wrong = (~even & (label == 0)).sum()
    f1 = 2 * wrong / max((~even).sum() + (label == 0).sum(), 1)
    return np.array([auc(score, label, cut), np.mean(sides), f1])


def study(name, rows, splits, encoder, draws):
    label = np.array([stars >= 4 for stars, _, _ in rows]).astype(int)
    parts = [(one_cut(rows, label, train, test, encoder), test) for train, test in splits]
    tested = np.concatenate([label[test] for _, test in parts])
    cut = np.concatenate([np.full(test.sum(), c) for c, (_, test) in enumerate(parts)])
    joined = {m: tuple(np.concatenate([part[m][k] for part, _ in parts]) for k in range(3)) for m in METHODS}
    rng = np.random.default_rng(7)
    picks = [rng.integers(0, len(tested), len(tested)) for _ in range(draws)]
    print(f"{name}: {len(rows)} reviews that take a side, {(label == 0).sum()} against; held out {len(tested)}, "
          f"{(tested == 0).sum()} against")
    print(f"  {'method':14}{'AUC':>22}{'balanced accuracy':>24}{'F1 of against':>24}")
    drawn = {}
    for m in METHODS:
        value = figures(joined[m], tested, cut)
        drawn[m] = np.array([figures(tuple(part[p] for part in joined[m]), tested[p], cut[p]) for p in picks])
        low, high = np.nanpercentile(drawn[m], [2.5, 97.5], axis=0)
        print(f"  {m:14}" + "  ".join(f"{v:.3f} ({l:.3f} to {h:.3f})" for v, l, h in zip(value, low, high)))
    for m in METHODS[1:]:
        low, high = np.nanpercentile(drawn["head"] - drawn[m], [2.5, 97.5], axis=0)
        print(f"  head - {m:7}: " + "  ".join(f"{l:+.3f} to {h:+.3f}" for l, h in zip(low, high)))
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", default=os.path.join(ROOT, "../shared/data"))
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--cuts", type=int, default=5)
    parser.add_argument("--draws", type=int, default=2000)
    options = parser.parse_args()
    os.environ.setdefault("VITRINE_ENCODERS", os.path.join(ROOT, "encoders"))
    rows = [row for row in gift_cards(options.data) if row[0] != 3 and (row[1] or row[2])]
    edges = [int(len(rows) * (.5 + .5 * c / options.cuts)) for c in range(options.cuts + 1)]
    at = np.arange(len(rows))
    study("gift cards (Amazon 2018), by time", rows,
          [(at < begin, (at >= begin) & (at < end)) for begin, end in zip(edges, edges[1:])], options.encoder,
          options.draws)
    rows = [row for row in luma(options.data) if row[0] != 3]
    label = np.array([row[0] >= 4 for row in rows])
    folds = StratifiedKFold(5, shuffle=True, random_state=7).split(np.zeros(len(rows)), label)
    study("Luma (written for a demo), five folds", rows,
          [(np.isin(np.arange(len(rows)), train), np.isin(np.arange(len(rows)), test)) for train, test in folds],
          options.encoder, options.draws)


if __name__ == "__main__":
    main()
