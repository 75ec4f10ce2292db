#!/usr/bin/env python3
"""Seasons, customer value, churn and segments beside the known truth of synthetic shops, over many seeds.

Each shop is made by `vitrine generate`. An interval of 95 % should hold what it is an interval of in 90 to 99 % of
cases; what that is differs:

seasons    the index of a category in a month is an estimate of the market's (known/season.py), at the end of two years.
value      as of the end of the first year, from a file in which the first orders of guests are with their accounts, as
           a shop has them that joins them at a login. Parameters: those of the generator. Expected orders of a customer
           and the chance that they still buy: the mean over all customers with the same history, at the generator's
           parameters (known/customers.py), not the customer's own rate, which nobody can tell. Orders that a customer
           places at least and at most, and sums over customers: what came in the second year. Value by tenths of
           customers: the mean that they brought, beside the one foretold.
churn      as of the middle of the second year. Chances: shares lost by tenths of the chance told, within what chance
           allows (Wilson). AUC: beside that of the true chances, the best that anyone can reach who knows histories.
segments   rules, without anything estimated; sums of orders and revenue that `insight clv --segment` foretells for the
           second year, beside what came, guests joined as above. And what segments are of the truth: who left, what
           each brings, who is of the tenth with the highest rate times spend.

Usage: script/bench insight truth [--seeds 20] [--first-seed 1] [--parts seasons value churn segments]
                                  [--products 1000] [--users 5000] [--orders 0] [--keep DIR]
"""

import argparse
import os
import sys
import tempfile
from collections import defaultdict

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "known"))
sys.dont_write_bytecode = True

import customers as known
import season
import shop as made

BUILD = os.path.abspath(os.environ.get("VITRINE_BUILD", os.path.join(HERE, "../../build")))
PROGRAM = os.path.join(BUILD, "src/cli/vitrine")
YEAR_END, AHEAD = 365, 12 * 30.4375  # day 365 is the last of 2024
FIRST_YEAR = ["--period", "2024-01-01..2024-12-31"]
HALF, HALF_DAY = ["--period", "2024-01-01..2025-06-30"], 546
SEGMENTS = ["champions", "loyal", "promising", "newcomers", "fading", "at-risk", "lost"]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class Found:
    """Whether intervals hold their truths, by what they are of; pairs (told, true); rows of a table."""

    def __init__(self):
        self.held, self.pairs, self.rows = defaultdict(list), defaultdict(list), defaultdict(list)

    def interval(self, name, low, high, true):
        low, high, true = np.broadcast_arrays(*(np.asarray(x, float) for x in (low, high, true)))
        told = np.isfinite(low) & np.isfinite(high)
        self.held[name].append(((low <= true + 1e-9) & (true <= high + 1e-9))[told])
        self.held[name + ", none told"].append(np.zeros((~told).sum()))

    def figure(self, name, figure, true):
        self.interval(name, *(np.nan if figure[key] is None else figure[key] for key in ("low", "high")), true)
        self.pairs[name].append((figure["value"], true))


def column(rows, name):
    return np.array([np.nan if row[name] is None else row[name] for row in rows], float)


# ---- parts: each adds what it finds of one shop ----------------------------------------------------------------------


def seasons(found, shop):
    answer, truth = shop.ask("trends"), season.market_seasons(shop)
    tables = {id: {row["category"]: row for row in answer.tables.get(id, [])}
              for id in ("seasons", "season_low", "season_high")}
    for category, true in truth.items():
        index, low, high = (column([{"x": tables[id].get(category, {}).get(month)} for month in MONTHS], "x")
                            for id in tables)
        found.interval("season of a category in a month", low, high, true)
        found.pairs["season"].extend(zip(np.log(index), np.log(true)))


def later(days, money, names):
    """Days with an order, and what they brought, of customers in the second year."""
    after = [[day for day in days[name] if YEAR_END < day] for name in names]
    return (np.array([len(of) for of in after]),
            np.array([sum(money[name, day] for day in of) for name, of in zip(names, after)]))


def value(found, shop):
    days, brought = shop.read_orders(True)
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
        file.write("customer,date,amount\n")
        for (name, day), amount in brought.items():
            file.write(f"{name},{np.datetime64('2024-01-01') + day},{amount:.2f}\n")
        file.flush()
        answer = shop.ask("clv", "--until", "2024-12-31", file=file.name)
    history = known.histories(days, YEAR_END)
    rows, truth = answer.tables["customers"], shop.truth["bg_nbd"]
    names = [row["customer"] for row in rows]
    orders, money = later(days, brought, names)
    x, recency, age = np.array([history[name] for name in names], float).T
    parameters = {row["parameter"]: row for row in answer.tables["parameters"] if row["model"] == "bg-nbd"}
    for name, true in ("r", truth["r"]), ("alpha", truth["alpha_days"] / 7), ("a", truth["a"]), ("b", truth["b"]):
        row = parameters[name]
        found.interval("parameters of BG/NBD", column([row], "low"), column([row], "high"), true)
    found.interval("expected orders of a customer", column(rows, "future_purchases_low"),
                   column(rows, "future_purchases_high"), known.purchases(truth, x, recency, age, AHEAD))
    again = x > 0
    found.interval("chance that a customer still buys", column(rows, "alive_low")[again],
                   column(rows, "alive_high")[again], known.alive(truth, x, recency, age)[again])
    found.interval("orders of a customer in a year", column(rows, "count_low"), column(rows, "count_high"), orders)
    found.figure("orders of all in a year", answer.figures["future_purchases"], orders.sum())
    found.figure("revenue of all in a year", answer.figures["future_revenue"], money.sum())
    found.figure("customers who still buy", answer.figures["customers_alive"],
                 sum(shop.customers[name]["left_day"] > YEAR_END + 1 for name in names))
    told = column(rows, "future_revenue")
    for tenth, part in enumerate(np.array_split(np.argsort(-told, kind="stable"), 10)):
        found.rows["value"].append((tenth, told[part].mean(), money[part].mean(), money[part].std() / len(part)**.5))


def churn(found, shop):
    answer = shop.ask("churn", *HALF)
    days = int(answer.figures["lost_after"]["value"])
    if HALF_DAY + days >= made.DAYS:
        sys.exit(f"{days} days after the middle of the second year are more than the shop has")
    for row in answer.tables["calibration"]:
        n = row["customers"]
        found.interval("share lost of a tenth by chance, held out", *known.wilson(row["observed"] * n, n),
                       row["foretold"])

    def chances(day):
        """Who ordered in the days before: true chances to be lost, and who was."""
        history = known.histories(shop.days, day)
        names = [name for name in history if history[name][2] - history[name][1] < days]
        true = known.silent(shop.truth["bg_nbd"], *np.array([history[name] for name in names], float).T, days)
        return names, true, np.array([not any(day < d <= day + days for d in shop.days[name]) for name in names])

    _, true, lost = chances(HALF_DAY - days)
    best = known.auc(true, lost)
    found.figure("AUC, beside the best possible", answer.figures["churn_auc"], best)
    names, true, lost = chances(HALF_DAY)
    place = {name: k for k, name in enumerate(names)}
    rows = [row for row in answer.tables["customers"] if row["customer"] in place]
    at = np.array([place[row["customer"]] for row in rows])
    told = column(rows, "churn_chance")
    for part in np.array_split(np.argsort(told, kind="stable"), 10):
        found.interval("share lost of a tenth of those at risk", *known.wilson(lost[at[part]].sum(), len(part)),
                       told[part].mean())
        found.rows["churn"].append((told[part].mean(), true[at[part]].mean(), lost[at[part]].mean(), len(part)))
    found.pairs["chance of a customer"].extend(zip(told, true[at]))
    found.pairs["AUC of those at risk"].append((known.auc(told, lost[at]), known.auc(true[at], lost[at])))


def segments(found, shop):
    days, brought = shop.read_orders(True)
    with tempfile.TemporaryDirectory() as folder:
        path = shop.joined(folder)
        answers = [(name, shop.ask("clv", *FIRST_YEAR, "--segment", name, path=path)) for name in SEGMENTS]
    worth = {name: c["rate"] * c["spend"] for name, c in shop.customers.items()}
    dear = set(sorted(worth, key=worth.get)[-len(worth) // 10:])
    for name, answer in answers:
        if "customers" not in answer.tables:
            continue
        names = [row["customer"] for row in answer.tables["customers"]]
        orders, money = later(days, brought, names)
        found.figure("orders of a segment in a year", answer.figures["future_purchases"], orders.sum())
        found.figure("revenue of a segment in a year", answer.figures["future_revenue"], money.sum())
        here = [shop.customers[customer]["left_day"] > YEAR_END + 1 for customer in names]
        found.figure("customers of a segment who still buy", answer.figures["customers_alive"], sum(here))
        found.rows[name].append((len(names), np.mean(here), money.mean(), np.mean([c in dear for c in names])))


PARTS = {"seasons": seasons, "value": value, "churn": churn, "segments": segments}

# ---- tables ----------------------------------------------------------------------------------------------------------


def show_held(found):
    print("\n| interval of 95 % | intervals | hold the truth | by shops, lowest to highest | none told |\n"
          "| --- | --- | --- | --- | --- |")
    for name, by_shop in found.held.items():
        if not name.endswith(", none told"):
            every, none = np.concatenate(by_shop), sum(len(x) for x in found.held[name + ", none told"])
            means = [x.mean() for x in by_shop if len(x)]
            print(f"| {name} | {len(every):,} | {every.mean():.1%} | {min(means):.2f} to {max(means):.2f} | {none} |")


def show_rest(found):
    for name, pairs in found.pairs.items():
        told, true = np.array(pairs, float).T
        print(f"{name}: told {told.mean():.4g}, true {true.mean():.4g}, root mean square error "
              f"{np.sqrt(np.mean((told - true)**2)):.3g}, correlation {np.corrcoef(told, true)[0, 1]:.3f}")
    if found.rows["value"]:
        print("\n| tenth by value | told | brought |\n| --- | --- | --- |")
        rows = np.array(found.rows["value"])
        for tenth in range(10):
            of = rows[rows[:, 0] == tenth]
            print(f"| {tenth + 1} | {of[:, 1].mean():.2f} | {of[:, 2].mean():.2f} +- "
                  f"{1.96 * np.sqrt((of[:, 3]**2).sum()) / len(of):.2f} |")
    if found.rows["churn"]:
        print("\n| chance told | true chance | lost |\n| --- | --- | --- |")
        rows = np.array(found.rows["churn"])
        for part in np.array_split(rows[np.argsort(rows[:, 0])], 10):
            mean = np.average(part[:, :3], axis=0, weights=part[:, 3])
            print(f"| {mean[0]:.3f} | {mean[1]:.3f} | {mean[2]:.3f} |")
    if any(found.rows[name] for name in SEGMENTS):
        print("\n| segment | shops | customers | still buy | bring in a year, each | of the dearest tenth |\n"
              "| --- | --- | --- | --- | --- | --- |")
        for name in SEGMENTS:
            rows = np.array(found.rows[name])
            if len(rows):
                low, high = np.quantile(rows, [.1, .9], axis=0)
                mean = np.average(rows, axis=0, weights=rows[:, 0])
                cells = " | ".join(f"{mean[c]:.2f} ({low[c]:.2f} to {high[c]:.2f})" for c in (1, 2, 3))
                print(f"| {name} | {len(rows)} | {rows[:, 0].mean():.0f} | {cells} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--products", type=int, default=1000)
    parser.add_argument("--users", type=int, default=5000)
    parser.add_argument("--orders", type=int, default=0)
    parser.add_argument("--keep", help="a folder for the shops, made once and used again")
    options = parser.parse_args()
    size = ["--products", options.products, "--users", options.users]
    size += ["--orders", options.orders] if options.orders else []
    seeds, found = range(options.first_seed, options.first_seed + options.seeds), Found()
    with tempfile.TemporaryDirectory() as work:
        for seed, shop in made.shops(PROGRAM, seeds, size, options.keep or work):
            for part in options.parts:
                PARTS[part](found, shop)
            print(f"{seed} ", end="", file=sys.stderr, flush=True)
    print(f"{options.seeds} shops of {options.products} products and {options.users} users, from seed "
          f"{options.first_seed}")
    show_held(found)
    print()
    show_rest(found)


if __name__ == "__main__":
    main()
