#!/usr/bin/env python3
"""tests/golden/churn.py > tests/golden/churn.txt

A yes or no from two numbers, one of them missing at times, and a category of three levels: logistic regression and
Platt's calibration by scikit-learn, boosted trees by LightGBM's Python package, figures by scikit-learn. Records:

  data N         the features column by column (-999: missing), the outcome
  logistic N     scores, ridge 0.01 for each row
  platt N        probabilities that a sigmoid fitted to these scores gives
  figures N      AUC, Brier, logarithmic loss of these probabilities
  trees N        scores of 40 trees; contributions of the features and the mean, row by row

Needs numpy, scikit-learn and lightgbm.
"""

import lightgbm
import numpy as np
from sklearn.calibration import _SigmoidCalibration
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

N, RIDGE = 160, .01
rng = np.random.default_rng(5)
x = np.round(np.column_stack([rng.normal(size=N), rng.exponential(30, N), rng.integers(0, 3, N)]), 3)
x[rng.uniform(size=N) < .2, 1] = np.nan
z = .8 * x[:, 0] + .02 * np.nan_to_num(x[:, 1], nan=80) + np.array([-1, 0, .6])[x[:, 2].astype(int)] - .8
y = (rng.uniform(size=N) < 1 / (1 + np.exp(-z))).astype(int)


def show(*rows):
    for row in rows:
        print(" ".join("%.15g" % v for v in np.ravel(row)))


known = np.isnan(x[:, 1])
expanded = np.column_stack([x[:, 0], np.where(known, np.nanmean(x[:, 1]), x[:, 1]), known,
                            *[x[:, 2] == level for level in range(3)]]).astype(float)
expanded = ((expanded - expanded.mean(0)) / expanded.std(0)).astype(np.float32).astype(float)
model = LogisticRegression(C=1 / (RIDGE * N), tol=1e-12, max_iter=10000).fit(expanded, y)
score = model.decision_function(expanded)
chance = _SigmoidCalibration().fit(score, y).predict(score)
print("data", N)
show(*np.nan_to_num(x, nan=-999).T, y)
print("logistic", N)
show(score)
print("platt", N)
show(chance)
print("figures", N)
show([roc_auc_score(y, chance), brier_score_loss(y, chance), log_loss(y, chance)])
trees = lightgbm.train(
    {"objective": "binary", "verbosity": -1, "num_threads": 1, "deterministic": True, "force_row_wise": True,
     "num_leaves": 7, "min_data_in_leaf": 5, "learning_rate": .1, "feature_fraction": .8, "lambda_l2": 1, "seed": 42},
    lightgbm.Dataset(x, y, categorical_feature=[2]), 40)
print("trees", N)
show(trees.predict(x, raw_score=True), trees.predict(x, pred_contrib=True))
