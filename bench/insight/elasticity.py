#!/usr/bin/env python3
"""Price elasticities: beside statsmodels in value and speed, and against the known truth of synthetic shops.

Peer: the same Poisson regression (a level for each product, an effect for each week, one slope) by statsmodels' GLM
with robust standard errors, and least squares of logarithms by its OLS with HC3. The slope must agree; times are those
of the estimation alone, where ours also pools all products.

Truth: shops of `vitrine generate`, one a seed; cells of product, week and price with the days that the price stood, and
`insight elasticity` on the shop itself. How often 95 % intervals hold the true elasticity of a product and of a
category, and how far estimates lie from it: that of a single customer, and that of the market, which is what sales can
tell (bench/market_elasticity.py; a category's is the mean of its products').

Usage: script/bench insight elasticity [--seeds 20] [--first-seed 1] [--products 1000] [--users 5000] [--orders 0]
                                       [--by sub-category] [--seasons period ...]
"""

import argparse
import csv
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True

from market_elasticity import market_elasticities

BUILD = os.path.abspath(os.environ.get("VITRINE_BUILD", os.path.join(HERE, "../../build")))
FIRST, DAYS = 1704067200, 731


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def estimate(path, likelihood, season):
    rows, seconds = {"category": {}, "product": {}}, 0.0
    for line in run(os.path.join(BUILD, "bench/bench_elasticity"), path, likelihood, season).splitlines():
        kind, *rest = line.split("\t")
        if kind == "seconds":
            seconds = float(rest[0])
        else:
            rows[kind][rest[0]] = [float(x) for x in rest[1:]]
    return rows["category"], rows["product"], seconds


def cells_of(shop, by):
    """Rows of (product, category, date, price, days, quantity) and the truths of products and categories."""
    truth = json.load(open(os.path.join(shop, "truth.json")))
    db = sqlite3.connect(f"file:{shop}/store.db?mode=ro", uri=True)
    items = dict(db.execute("SELECT id, key FROM items"))
    category = {key: path.split(" > ") for key, path in db.execute("SELECT key, category FROM items")}
    prices, sold = defaultdict(list), defaultdict(int)
    for item, when, price in db.execute("SELECT item, time, price FROM price_history ORDER BY item, time"):
        prices[items[item]].append(((when - FIRST) // 86400, price))
    for item, when in db.execute("SELECT item, time FROM events WHERE kind = 2"):
        sold[items[item], (when - FIRST) // 86400] += 1
    rows = []
    for item in truth["items"]:
        if item["intermittent"]:
            continue  # sells in bursts, whatever the price
        changes = prices[item["id"]]
        price = np.zeros(DAYS)
        for (day, value), after in zip(changes, changes[1:] + [(DAYS, 0)]):
            price[max(day, 0):after[0]] = value
        place = category[item["id"]][0] if by == "category" else " > ".join(category[item["id"]][:2])
        for week in range(DAYS // 7):
            days = range(week * 7, week * 7 + 7)
            for value in sorted({price[d] for d in days} - {0}):
                at = [d for d in days if price[d] == value]
                date = np.datetime64("2024-01-01") + week * 7
                rows.append((item["id"], place, date, value / 100, len(at), sum(sold[item["id"], d] for d in at)))
    products = {item["id"]: -item["elasticity"] for item in truth["items"]}
    return rows, products, {c["name"]: -c["elasticity"] for c in truth["categories"]}


def write(path, rows):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("product", "category", "date", "price", "days", "quantity"))
        out.writerows(rows)


def of_shop(shop):
    """What `insight elasticity` says: known, value, low, high of categories and products."""
    answer = json.loads(run(os.path.join(BUILD, "src/cli/vitrine"), "--shop", shop, "--json", "insight", "elasticity",
                            "--number", 1000))
    found = {}
    for table, key in (("categories", "category"), ("products", "item")):
        rows = next(t for t in answer["tables"] if t["id"] == table)["rows"]
        found[table] = {row[key]: (1, row["elasticity"], row["elasticity_low"], row["elasticity_high"]) for row in rows}
    return found["categories"], found["products"]


def truths_of(rows, single, categories, market):
    """{(of, truth): {name: elasticity}}; the market's of a category only where products compete in it."""
    places = defaultdict(dict)
    for product, place, *_ in rows:
        places[place][product] = market[product]
    truths = {("product", "a customer"): single, ("product", "the market"): market,
              ("category", "a customer"): {place: categories[place.split(" > ")[0]] for place in places}}
    if all(" > " in place for place in places):
        truths["category", "the market"] = {place: np.mean(list(of.values())) for place, of in places.items()}
    return truths


def tally(kept, found, truth):
    """Adds errors of the estimates that are known, and whether their intervals hold the truth."""
    for name, (known, value, low, high, *_) in found.items():
        if known and name in truth:
            kept.append((value - truth[name], low <= truth[name] <= high))


def peer(work):
    import statsmodels.api as sm
    rng = np.random.default_rng(3)
    products, weeks = 60, 104
    product, week = np.repeat(np.arange(products), weeks), np.tile(np.arange(weeks), products)
    price = np.round(20 * np.exp(.3 * rng.normal(size=products)[product] + .12 * rng.normal(size=product.size)), 2)
    season = .4 * np.cos(2 * np.pi * week / 52)
    mean = np.exp(.6 * rng.normal(size=products)[product] + season - 1.8 * np.log(price / 20))
    quantity = rng.poisson(mean)
    date = np.datetime64("2024-01-01") + 7 * week
    path = os.path.join(work, "peer.csv")
    write(path, zip(product, ["all"] * product.size, date, price, [7] * product.size, quantity))
    print("| estimate | ours | statsmodels | seconds ours | seconds statsmodels | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    levels, effects = product[:, None] == np.arange(products), week[:, None] == np.arange(1, weeks)
    design = np.column_stack([np.log(price), levels, effects])
    begin = time.perf_counter()
    fit = sm.GLM(quantity, design.astype(float), family=sm.families.Poisson()).fit(cov_type="HC1")
    seconds = time.perf_counter() - begin
    category, _, own = estimate(path, "poisson", "period")
    _, value, low, high, *_ = category["all"]
    print(f"| Poisson, {products} products, {weeks} weeks | {value:.4f} +- {(high - low) / 3.92:.4f} (pooled) | "
          f"{fit.params[0]:.4f} +- {fit.bse[0]:.4f} | {own:.3f} | {seconds:.3f} | {seconds / own:.1f} |")
    keep = product == 0
    pieces = np.maximum(1, quantity[keep])
    write(path, zip(product[keep], ["all"] * weeks, date[keep], price[keep], [7] * weeks, pieces))
    begin = time.perf_counter()
    fit = sm.OLS(np.log(pieces), sm.add_constant(np.log(price[keep]))).fit(cov_type="HC3")
    seconds = time.perf_counter() - begin
    _, found, own = estimate(path, "log-log", "none")
    print(f"| log-log, one product | {found['0'][4]:.6f} +- {found['0'][5]:.6f} | "
          f"{fit.params[1]:.6f} +- {fit.bse[1]:.6f} | {own:.5f} | {seconds:.5f} | {seconds / max(own, 1e-4):.1f} |")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--products", type=int, default=1000)
    parser.add_argument("--users", type=int, default=5000)
    parser.add_argument("--orders", type=int, default=0)
    parser.add_argument("--by", default="sub-category", choices=("category", "sub-category"))
    parser.add_argument("--seasons", nargs="+", default=["period"])
    options = parser.parse_args()
    kept, seconds = defaultdict(list), defaultdict(list)
    with tempfile.TemporaryDirectory() as work:
        peer(work)
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            shop, path = os.path.join(work, "shop"), os.path.join(work, "cells.csv")
            orders = ["--orders", options.orders] if options.orders else []
            run(os.path.join(BUILD, "src/cli/vitrine"), "--quiet", "--shop", shop, "generate", "--products",
                options.products, "--users", options.users, "--seed", seed, "--photos", 0, *orders)
            rows, products, categories = cells_of(shop, options.by)
            truths = truths_of(rows, products, categories, market_elasticities(shop))
            write(path, rows)
            answers = {"insight elasticity": of_shop(shop)} if options.by == "sub-category" else {}
            run("rm", "-r", shop)
            for season in options.seasons:
                *answers[season], took = estimate(path, "poisson", season)
                seconds[season].append(took)
            for name, (of_categories, of_products) in answers.items():
                for (of, whose), truth in truths.items():
                    tally(kept[name, of, whose], of_categories if of == "category" else of_products, truth)
    print(f"\n{options.seeds} shops of {options.products} products, {options.users} users; controls by {options.by}\n")
    print("| estimate | of | truth of | estimates | intervals that hold it | mean error | root mean square error | "
          "seconds |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for (name, of, whose), pairs in sorted(kept.items()):
        error, held = np.array(pairs, dtype=float).T
        took = f"{np.mean(seconds[name]):.2f}" if name in seconds else ""
        print(f"| {name} | {of} | {whose} | {error.size:,} | {held.mean():.1%} | {error.mean():+.3f} | "
              f"{np.sqrt((error**2).mean()):.3f} | {took} |")


if __name__ == "__main__":
    main()
