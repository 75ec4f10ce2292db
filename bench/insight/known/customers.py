"""What the truth of a synthetic shop says of customers: who buys how often, still buys, and places no order.

A customer's own rate and chance to leave stand in truth.json, but nobody can tell them from a handful of orders: what
an estimate is of is the mean over all customers with the same history. By the generator's BG/NBD that is known exactly:
the formulas of Fader, Hardie and Lee (2005) at the true parameters.
"""

import numpy as np
from scipy.special import hyp2f1


def histories(days_of, until):
    """{customer: (x, t_x, T) in days} of those with an order up to the day `until`."""
    out = {}
    for customer, days in days_of.items():
        before = [day for day in days if day <= until]
        if before:
            out[customer] = (len(before) - 1, before[-1] - before[0], until - before[0])
    return out


def alive(truth, x, recency, age):
    r, alpha, a, b = (truth[name] for name in ("r", "alpha_days", "a", "b"))
    gone = a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + recency)) ** (r + x)
    return 1 / (1 + np.where(x > 0, gone, 0))


def purchases(truth, x, recency, age, ahead):
    """Expected days with an order within `ahead` days."""
    r, alpha, a, b = (truth[name] for name in ("r", "alpha_days", "a", "b"))
    share = hyp2f1(r + x, b + x, a + b + x - 1, ahead / (alpha + age + ahead))
    of_alive = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + ahead)) ** (r + x) * share)
    return alive(truth, x, recency, age) * of_alive


def silent(truth, x, recency, age, ahead):
    """Chance of no order within `ahead` days."""
    r, alpha = truth["r"], truth["alpha_days"]
    return 1 - alive(truth, x, recency, age) * (1 - ((alpha + age) / (alpha + age + ahead)) ** (r + x))


def auc(score, outcome):
    """Share of pairs in which the lost one has the higher score, ties half."""
    score, outcome = np.asarray(score, float), np.asarray(outcome, bool)
    low, high = np.sort(score[~outcome]), score[outcome]
    below, upto = np.searchsorted(low, high, "left"), np.searchsorted(low, high, "right")
    return (below + upto).sum() / 2 / max(len(low) * len(high), 1)


def wilson(count, n, z=1.959964):
    share, by = count / n, z * np.sqrt(count / n * (1 - count / n) / n + z * z / (4 * n * n))
    middle = share + z * z / (2 * n)
    return (middle - by) / (1 + z * z / n), (middle + by) / (1 + z * z / n)
