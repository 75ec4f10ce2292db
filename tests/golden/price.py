#!/usr/bin/env python3
"""tests/golden/price.py > tests/golden/price.txt

Regressions of sales on prices by statsmodels and numpy, and partial pooling by numeric integration. Records:

  log-log N            price and pieces; slope, HC3 standard error
  log-log-fixed N I    price, pieces, product, period, promotion; slope, promotion, trend; their HC1 covariance (3, 3)
  poisson-fixed N I    the same under the Poisson likelihood, rows of no sales among them
  pool N               estimates, variances; tau^2 (REML), mean and deviation of the mean, means and deviations of each

Needs numpy, scipy and statsmodels.
"""

import numpy as np
import statsmodels.api as sm
from scipy.optimize import minimize_scalar

rng = np.random.default_rng(11)


def show(*rows):
    for row in rows:
        print(" ".join("%.12g" % v for v in np.ravel(row)))


def single():
    n = 14
    price = np.round(rng.uniform(5, 15, n), 2)
    pieces = np.round(np.exp(6 - 1.4 * np.log(price) + .3 * rng.normal(size=n)) + 1)
    fit = sm.OLS(np.log(pieces), sm.add_constant(np.log(price))).fit(cov_type="HC3")
    print("log-log", n)
    show(price, pieces, [fit.params[1], fit.bse[1]])


def panel(products, periods):
    product = np.repeat(np.arange(products), periods)
    period = np.tile(np.arange(periods), products)
    promotion = (rng.uniform(size=product.size) < .2) * np.round(rng.uniform(.2, 1, product.size), 1)
    price = np.round((8 + product) * np.exp(.15 * rng.normal(size=product.size)) * (1 - .2 * promotion), 2)
    year = (period + .5) / 52
    design = np.column_stack([np.log(price), promotion, year, product[:, None] == np.arange(products)])
    mean = design @ np.concatenate([[-1.7, .3, .5], 4.2 + rng.normal(size=products)])
    return product, period, promotion, price, design, mean


def give(name, data, pieces, parameters, covariance):
    product, period, promotion, price, _, _ = data
    print(name, len(pieces), product[-1] + 1)
    show(price, pieces, product, period, promotion, parameters[:3], covariance[:3, :3])


def log_log(products, periods):
    data = panel(products, periods)
    pieces = np.maximum(1, np.round(np.exp(data[5] + .2 * rng.normal(size=len(data[5])))))
    fit = sm.OLS(np.log(pieces), data[4]).fit(cov_type="HC1")
    give("log-log-fixed", data, pieces, fit.params, fit.cov_params())


def poisson(products, periods):
    data = panel(products, periods)
    design = data[4]
    pieces = rng.poisson(np.exp(data[5] - .6) * rng.gamma(3, 1 / 3, len(data[5])))
    fit = sm.GLM(pieces, design, family=sm.families.Poisson()).fit(tol=1e-14)
    bread = np.linalg.inv(design.T @ (design * fit.mu[:, None]))
    scores = design * (pieces - fit.mu)[:, None]
    n, k = design.shape
    give("poisson-fixed", data, pieces, fit.params, n / (n - k) * bread @ scores.T @ scores @ bread)


def restricted(tau2, y, v):
    w = 1 / (v + tau2)
    mean = (w * y).sum() / w.sum()
    return .5 * (np.log(w).sum() - np.log(w.sum()) - (w * (y - mean)**2).sum())


def pool(y, v):
    found = minimize_scalar(lambda t: -restricted(t, y, v), bounds=(0, 16), method="bounded", options={"xatol": 1e-12})
    tau2 = 0 if restricted(0, y, v) >= -found.fun else found.x
    tau = np.linspace(0, 12, 20001)  # far finer and longer than what is tested
    weight = np.exp(np.array([restricted(t * t, y, v) for t in tau]) - .5 * tau**2)
    weight /= weight.sum()
    w = 1 / (v[:, None] + tau**2)
    mean = (w * y[:, None]).sum(0) / w.sum(0)
    share = v[:, None] / (v[:, None] + tau**2)
    theta = share * mean + (1 - share) * y[:, None]
    variance = (1 - share) * v[:, None] + share**2 / w.sum(0)
    first = theta @ weight
    print("pool", len(y))
    show(y, v, [tau2, mean @ weight, np.sqrt(weight @ (1 / w.sum(0) + (mean - mean @ weight)**2))], first,
         np.sqrt((variance + (theta - first[:, None])**2) @ weight))


single()
log_log(3, 16)
poisson(4, 20)
pool(np.round(rng.normal(-1.5, .7, 9), 3), np.round(rng.uniform(.02, 1, 9), 3))
pool(np.array([-1., -1.1, -.9, -1.05]), np.array([.5, .4, .6, .9]))
pool(np.array([-2.5, -.4]), np.array([.1, .2]))
