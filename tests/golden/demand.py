"""Golden figures of demand: python3 demand.py > demand.txt, with statsmodels 0.15.0 and statsforecast 2.1.1.

A record is a line of words and whole numbers, then lines of numbers: "stl N PERIOD SEASONAL ROBUST", y, seasonal,
trend; "mstl N P1 P2", y, both seasons, trend.
"""
import numpy as np
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


if __name__ == "__main__":
    stl(97, 12, 7, False, 1)
    stl(97, 12, 7, True, 2)
    stl(60, 7, 13, False, 3)
    stl(24, 12, 7, False, 4)
    stl(53, 4, 35, True, 5)
    stl(200, 2, 9, False, 6)
    mstl(240, 7, 28, 7)
