#!/usr/bin/env python3
"""Churn: beside scikit-learn and LightGBM's Python package in figures and speed, on the same customers held out.

Customers are made with known chances: two numbers, one of them missing at times, a category, columns that say nothing;
the log odds are a sum of them ("additive") or have a product in them ("curved"). Peers: LogisticRegression on the same
expanded columns; LightGBM's classifier with early stopping, calibrated like ours on four folds; both in Python. Seconds
are those of fitting alone, folds and calibration included. The truth's own figures say what cannot be passed.

Usage: script/bench insight churn [--customers 4000] [--seeds 5]
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time

import lightgbm
import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(os.environ.get("VITRINE_BUILD", os.path.join(HERE, "../../build")))


def make(seed, n, curved):
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.normal(size=n), rng.exponential(1, n), rng.integers(0, 4, n), rng.normal(size=n),
                         rng.normal(size=(n, 4))])
    x[rng.uniform(size=n) < .15, 1] = np.nan
    first = 1.6 * np.sign(x[:, 0] * x[:, 3]) if curved else .9 * x[:, 0]
    chance = 1 / (1 + np.exp(-(-1.2 + first + np.where(np.isnan(x[:, 1]), .8, .5 * x[:, 1]) + .4 * (x[:, 2] - 1.5))))
    return x, chance, (rng.uniform(size=n) < chance).astype(int)


def write(path, x, y):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow([*(f"x{f}" for f in range(x.shape[1])), "churned"])
        for row, label in zip(x, y):
            cells = ["" if np.isnan(v) else f"{v:.9g}" for v in row]
            cells[2] = "ABCD"[int(row[2])]
            out.writerow([*cells, label])


def ours(path, kind):
    command = [os.path.join(BUILD, "bench/bench_churn"), path, "churned", kind]
    library = os.path.join(os.path.dirname(lightgbm.__file__), "lib")  # the very library of the peer
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "VITRINE_LIGHTGBM": library})
    if done.returncode != 0:
        sys.exit(done.stderr)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    customers = [line for line in lines if line[0] == "customer"]
    return (np.array([line[1] == "1" for line in customers]), np.array([float(line[2]) for line in customers]),
            float(lines[-1][1]))


def expand(x):
    missing = np.isnan(x[:, 1])
    mean = np.where(missing, np.nanmean(x[:, 1]), x[:, 1])
    return np.column_stack([x[:, 0], mean, missing, x[:, 3:], x[:, 2][:, None] == np.arange(4)]).astype(float)


def logistic(x, y, test):
    z = expand(x)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1 / (.001 * (~test).sum())))
    begin = time.perf_counter()
    fit = CalibratedClassifierCV(model, method="sigmoid", cv=4, ensemble=False).fit(z[~test], y[~test])
    seconds = time.perf_counter() - begin
    return fit.predict_proba(z[test])[:, 1], seconds


def trees(x, y, test):
    how = {"objective": "binary", "verbosity": -1, "num_threads": 1, "deterministic": True, "force_row_wise": True,
           "num_leaves": 15, "min_data_in_leaf": 20, "learning_rate": .05, "feature_fraction": .8, "lambda_l2": 1}
    begin = time.perf_counter()
    data = lightgbm.Dataset(x[~test], y[~test], categorical_feature=[2], free_raw_data=False)
    found = lightgbm.cv(how, data, 300, nfold=4, stratified=True, seed=42,
                          callbacks=[lightgbm.early_stopping(50, verbose=False)])
    best = int(np.argmin(found["valid binary_logloss-mean"])) + 1
    model = lightgbm.LGBMClassifier(n_estimators=best, **how)
    fit = CalibratedClassifierCV(model, method="sigmoid", cv=4, ensemble=False).fit(x[~test], y[~test])
    return fit.predict_proba(x[test])[:, 1], time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--customers", type=int, default=4000)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    print("| customers | model | AUC ours | peer | truth | Brier ours | peer | truth | seconds ours | peer | ratio |")
    print("| " + " | ".join(["---"] * 11) + " |")
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "customers.csv")
        for curved in (False, True):
            for kind, peer in (("logistic", logistic), ("trees", trees)):
                rows = []
                for seed in range(options.seeds):
                    x, chance, y = make(seed, options.customers, curved)
                    write(path, x, y)
                    test, own, seconds = ours(path, kind)
                    other, other_seconds = peer(x, y, test)
                    rows.append((roc_auc_score(y[test], own[test]), roc_auc_score(y[test], other),
                                 roc_auc_score(y[test], chance[test]), brier_score_loss(y[test], own[test]),
                                 brier_score_loss(y[test], other), brier_score_loss(y[test], chance[test]), seconds,
                                 other_seconds))
                m = np.mean(rows, axis=0)
                shape = "curved" if curved else "additive"
                print(f"| {shape} | {kind} | {m[0]:.4f} | {m[1]:.4f} | {m[2]:.4f} | {m[3]:.4f} | {m[4]:.4f} | "
                      f"{m[5]:.4f} | {m[6]:.3f} | {m[7]:.3f} | {m[7] / m[6]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
