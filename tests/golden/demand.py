"""Golden figures of demand: python3 demand.py > demand.txt, with statsmodels 0.15.0 and statsforecast 2.1.1.

A record is a line of words and whole numbers, then lines of numbers: "stl N PERIOD SEASONAL ROBUST", y, seasonal,
trend; "mstl N P1 P2", y, both seasons, trend; "ets N PERIOD E T S DAMPED" (letters as numbers), y, AICc, minus
twice the log-likelihood and the variance, then alpha, beta, gamma, phi, level, growth, season; "theta N PERIOD KIND" (0
STM to 3 DOTM), y, mean squared error (0: not told, with a season), 12 forecasts; "croston N", y, forecast.
"""
import numpy as np
from statsforecast.ets import ets_f
from statsforecast.models import CrostonOptimized
from statsforecast.theta import auto_theta, forecast_theta
from statsmodels.tsa.seasonal import MSTL, STL


def row(values):
    print(" ".join(f"{v:.10g}" for v in np.asarray(values, dtype=float)))


def series(n, period, seed):
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    y = 50 + 0.3 * t + 10 * np.sin(2 * np.pi * t / period) + 4 * np.cos(4 * np.pi * t / period) + rng.normal(0, 3, n)
    y[n // 3] += 60
    return np.round(y, 3)


def stl(n, period, seasonal, robust, seed):
    y = series(n, period, seed)
    found = STL(y, period=period, seasonal=seasonal, robust=robust).fit()
    print("stl", n, period, seasonal, int(robust))
    row(y), row(found.seasonal), row(found.trend)


def mstl(n, first, second, seed):
    y = series(n, first, seed) + np.round(6 * np.sin(2 * np.pi * np.arange(n) / second), 3)
    found = MSTL(y, periods=(first, second)).fit()
    print("mstl", n, first, second)
    row(y), row(found.seasonal[:, 0]), row(found.seasonal[:, 1]), row(found.trend)


def positive(n, period, seed):
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    season = 1 + 0.3 * np.sin(2 * np.pi * t / period) if period > 1 else 1
    return np.round((40 + 0.5 * t) * season * np.exp(rng.normal(0, 0.08, n)), 3)


def ets(n, period, form, damped, seed):
    y = positive(n, period, seed)
    found = ets_f(y, period, model=form, damped=damped)
    par = np.nan_to_num(found["par"], nan=0.0)
    par[3] = par[3] if damped else 1
    states = list(par[4:]) + [0] * (2 - len(par[4:]) if form[1] == "N" and form[2] == "N" else 0)
    if form[1] == "N" and form[2] != "N":
        states.insert(1, 0)
    states[2:] = states[:1:-1]  # the peer's first place of the season comes last
    print("ets", n, period, *map(ord, form), int(damped))
    row(y), row([found["aicc"], -2 * found["loglik"], found["sigma2"]]), row(list(par[:4]) + states)


def theta(n, period, kind, seed):
    y = positive(n, period, seed)
    found = auto_theta(y, period, model=("STM", "OTM", "DSTM", "DOTM")[kind])
    print("theta", n, period, kind)
    row(y), row([np.mean(found["residuals"][3:] ** 2)] if period < 4 else [0]), row(forecast_theta(found, 12)["mean"])


def croston(n, seed):
    rng = np.random.default_rng(seed)
    y = rng.poisson(3, n) * (rng.random(n) < 0.4)
    print("croston", n)
    row(y), row(CrostonOptimized().forecast(y.astype(float), 1)["mean"])


if __name__ == "__main__":
    stl(97, 12, 7, False, 1)
    stl(97, 12, 7, True, 2)
    stl(60, 7, 13, False, 3)
    stl(24, 12, 7, False, 4)
    stl(53, 4, 35, True, 5)
    stl(200, 2, 9, False, 6)
    mstl(240, 7, 28, 7)
    for form in ("ANN", "MAN", "AAA", "MNA", "MAM", "MNM"):
        ets(72, 12 if form[2] != "N" else 1, form, False, 8)
    for form in ("AAN", "MAM"):
        ets(72, 4 if form[2] != "N" else 1, form, True, 9)
    for kind in range(4):
        theta(60, 1, kind, 10)
        theta(60, 12, kind, 11)
    croston(80, 12)
    croston(30, 13)
