#!/usr/bin/env python3
"""Sales lost while sold out: beside the truth of synthetic shops, over many seeds.

Each shop is made by "vitrine generate --stock-outs"; its truth.json tells every piece that was wanted and not there.
Printed for each: pieces lost, what "insight stock" says with its interval of 95 %, the same of revenue; in the end how
many intervals hold the truth, of shops and of products.

Usage: script/bench insight lost_sales [--seeds 20] [--products 300] [--users 3000] [--orders 12000]
"""

import argparse
import collections
import datetime
import json
import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(os.environ.get("VITRINE_BUILD", os.path.join(HERE, "../../build")))
PROGRAM = os.path.join(BUILD, "src/cli/vitrine")
FIRST, LAST = datetime.date(2024, 4, 1), datetime.date(2025, 12, 31)


def second(day):
    return datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.timezone.utc).timestamp()


def run(shop, *arguments):
    return subprocess.run([PROGRAM, "--shop", shop, *arguments], check=True, capture_output=True, text=True).stdout


def study(shop, options, seed):
    run(shop, "generate", "--products", str(options.products), "--users", str(options.users), "--orders",
        str(options.orders), "--photos", "0", "--seed", str(seed), "--stock-outs")
    answer = json.loads(run(shop, "--json", "insight", "stock", "--period", f"{FIRST}..{LAST}", "-n", "100000"))
    with open(os.path.join(shop, "truth.json"), encoding="utf-8") as file:
        truth = json.load(file)
    until = second(LAST + datetime.timedelta(days=1))
    lost = [loss for loss in truth["lost_sales"] if second(FIRST) <= loss["time"] < until]
    figures = {figure["id"]: figure for figure in answer["figures"]}
    table = next(table for table in answer["tables"] if table["id"] == "sold_out")
    names = [column["id"] for column in table["columns"]]
    rows = [row if isinstance(row, dict) else dict(zip(names, row)) for row in table["rows"]]
    by_item = collections.Counter(loss["item"] for loss in lost)
    held = sum(row["lost_units_low"] <= by_item[row["item"]] <= row["lost_units_high"] + 1e-6 for row in rows)
    return len(lost), sum(loss["price"] for loss in lost) / 100, figures, held, len(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--products", type=int, default=300)
    parser.add_argument("--users", type=int, default=3000)
    parser.add_argument("--orders", type=int, default=12000)
    options = parser.parse_args()
    held, products, held_products = [0, 0], 0, 0
    print("seed   lost   said      interval   revenue lost       said             interval")
    for seed in range(1, options.seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            pieces, revenue, figures, right, rows = study(os.path.join(folder, "shop"), options, seed)
        units, money = figures["lost_units"], figures["lost_revenue"]
        held[0] += units["low"] <= pieces <= units["high"]
        held[1] += money["low"] <= revenue <= money["high"]
        products += rows
        held_products += right
        print(f"{seed:4} {pieces:6} {units['value']:6.0f} {units['low']:6.0f} {units['high']:6.0f}   "
              f"{revenue:12.0f} {money['value']:10.0f} {money['low']:10.0f} {money['high']:10.0f}", flush=True)
    print(f"intervals that hold the truth: pieces {held[0]} of {options.seeds}, revenue {held[1]} of {options.seeds}, "
          f"products {held_products / products:.3f}")


if __name__ == "__main__":
    main()
