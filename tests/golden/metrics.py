"""Golden figures of ranking metrics, made with numpy alone: python3 metrics.py > metrics.txt

One line a list: "list K RELEVANT MARKS precision recall hr ndcg map mrr"; marks are 1 for a hit, "-" for an empty list.
One line a set of counts: "exposure USERS n allowed:events:users:count ... coverage novelty gini popularity".
"""
import numpy as np


def of_list(marks, relevant, k):
    hit = np.zeros(k)
    hit[: min(k, len(marks))] = marks[:k]
    position = np.arange(1, k + 1)
    gain = 1 / np.log2(position + 1)
    cut = min(k, relevant)
    first = np.flatnonzero(hit)
    return [
        hit.mean(),
        hit.sum() / relevant,
        float(hit.any()),
        (hit * gain).sum() / gain[:cut].sum(),
        (np.cumsum(hit) / position * hit).sum() / cut,
        1 / (first[0] + 1) if len(first) else 0.0,
    ]


def of_counts(allowed, events, users, count, n_users):
    c = count[allowed]
    slots = c.sum()
    bits = -np.log2((users[allowed] + 1) / (n_users + 1))
    pairwise = np.abs(c[:, None] - c[None, :]).sum() / (2 * len(c) ** 2 * c.mean())
    bought = np.flatnonzero(allowed & (events > 0))
    order = bought[np.argsort(-events[bought], kind="stable")]
    head = order[: int(np.ceil(len(order) / 5))]
    return [(c > 0).mean(), (bits * c).sum() / slots, pairwise, count[head].sum() / slots]


def main():
    rng = np.random.default_rng(7)
    for _ in range(60):
        k = int(rng.integers(1, 21))
        n = int(rng.integers(0, 26))
        marks = (rng.random(n) < rng.choice([0.05, 0.3, 0.8])).astype(int)
        relevant = max(1, int(marks.sum()) + int(rng.integers(0, 8)))
        text = "".join(map(str, marks)) or "-"
        print("list", k, relevant, text, *(f"{v:.15g}" for v in of_list(marks, relevant, k)))
    for n in (1, 2, 7, 23, 60):
        allowed = rng.random(n) < 0.8
        allowed[0] = True
        events = rng.integers(0, 9, n)
        users = np.minimum(events, rng.integers(0, 9, n))
        count = rng.integers(0, 30, n) * allowed
        count[0] = 4
        cells = [f"{int(a)}:{e}:{u}:{c}" for a, e, u, c in zip(allowed, events, users, count)]
        figures = of_counts(allowed, events, users, count, 20)
        print("exposure", 20, n, *cells, *(f"{v:.15g}" for v in figures))


main()
