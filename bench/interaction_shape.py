#!/usr/bin/env python3
"""How interactions are spread over users and items: quantiles, Gini, share of those with one. Needs numpy.

Counts distinct pairs of user and item that were bought, liked or rated, in shops filled by `vitrine import` or
`vitrine generate`, and prints a markdown table.

Usage: bench/interaction_shape.py NAME=SHOP[@CORE]...

With @3 only users and items with three of each other are kept, as published sets often are.
"""

import sqlite3
import sys

import numpy as np


def gini(counts):
    n = len(counts)
    return (2 * np.arange(1, n + 1) - n - 1) @ np.sort(counts) / (n * counts.sum())


def core_of(pairs, least):
    while True:
        kept = np.ones(len(pairs), bool)
        for column in (0, 1):
            _, index, counts = np.unique(pairs[:, column], return_inverse=True, return_counts=True)
            kept &= counts[index] >= least
        if kept.all():
            return pairs
        pairs = pairs[kept]


def main():
    if len(sys.argv) < 2 or not all("=" in word for word in sys.argv[1:]):
        sys.exit(__doc__)
    print("| shop | per | number | 10 % | 25 % | median | 75 % | 90 % | 99 % | most | mean | Gini | with one "
          "| top fifth has |")
    print("| --- " * 14 + "|")
    for word in sys.argv[1:]:
        name, shop = word.split("=", 1)
        shop, _, core = shop.partition("@")
        db = sqlite3.connect(f"file:{shop}/store.db?mode=ro", uri=True)
        rows = db.execute("SELECT DISTINCT user, item FROM events WHERE kind IN (2, 4, 5) AND user > 0")
        pairs = core_of(np.array(rows.fetchall()), int(core or 1))
        for column, who in enumerate(("user", "item")):
            counts = np.unique(pairs[:, column], return_counts=True)[1]
            marks = np.quantile(counts, [0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1])
            top = np.sort(counts)[-len(counts) // 5:].sum() / counts.sum()
            cells = [name, who, f"{len(counts):,}", *(f"{m:.0f}" for m in marks), f"{counts.mean():.1f}",
                     f"{gini(counts):.3f}", f"{(counts == 1).mean():.1%}", f"{top:.1%}"]
            print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
