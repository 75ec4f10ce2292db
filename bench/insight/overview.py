"""Figures of a shop beside DuckDB on the same rows: values first, then times.

A shop made from a seed (figures/shop.py) is imported by `vitrine import csv`, and the same rows are put into a DuckDB
file with typed columns in order of time. Every figure and every row of a table must be the same in both, money to the
hundredth and counts exactly, else the run fails. Then medians of runs in turn, one thread each, seconds of the
processor: an overview with the shop open, a cold start of the command beside connecting to the file and querying
(importing the package is not counted), what the peak of resident memory grows by, and the same question in a shop of a
fifth of the size. `--visits .1` leaves nine of ten views and carts out: what is large is then the orders.

Usage: script/bench insight overview [--scale .1] [--visits 1] [--runs 9] [--keep DIR] [--times]
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("VITRINE_BUILD", os.path.join(HERE, "../../build"))
sys.path.insert(0, os.path.join(HERE, "figures"))
sys.dont_write_bytecode = True

import queries
import shop

DAY = 86400
SPANS = {"6d": 6, "30d": 30, "8w": 56, "90d": 90, "1y": 365}
FILTERS = {"": {}, "category=C1": {"top": 1}, "brand=B7": {"brand": 7}, "price=10:50": {"low": 1000, "high": 5000},
           "customers=new": {"customers": "new"},
           "category=C2;brand=B7;price=:100": {"top": 2, "brand": 7, "high": 10000}}
VITRINE = os.path.join(BUILD, "src/cli/vitrine")


def question(period, compare, filters):
    """The text for bench_figures, and the same for DuckDB."""
    days = SPANS[period]
    back = {"previous": days, "weekdays": -(-days // 7) * 7, "year": 365, "none": None}[compare]
    now = (shop.END - days * DAY, shop.END)
    before = None if back is None else (now[0] - back * DAY, now[1] - back * DAY)
    text = f"overview;n=1000;period={period};compare={compare}" + (";" + filters if filters else "")
    return text, {"now": now, "before": before, **FILTERS[filters]}


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]}: {done.stderr}")
    return done.stdout


def ask(folder, texts, runs=1):
    """Milliseconds and bytes a question, and the answers."""
    out = os.path.join(folder, "answers")
    rows = run([os.path.join(BUILD, "bench/bench_figures"), os.path.join(folder, "shop"), str(runs), out, *texts])
    with open(out, encoding="utf-8") as file:
        answers = [json.loads(line) for line in file]
    return [tuple(map(float, row.split())) for row in rows.splitlines()], answers


def make(folder, scale, share):
    """The shop and the file of DuckDB, made once; bounds of the bands of prices."""
    items, lines, visits = shop.make(scale, share)
    if not os.path.exists(os.path.join(folder, "duck.db")):
        os.makedirs(folder, exist_ok=True)
        shop.write_csv(folder, items, lines, visits)
        for table in "items", "events":
            path = os.path.join(folder, table + ".csv")
            run([VITRINE, "--shop", os.path.join(folder, "shop"), "import", "csv", path, "--table", table])
            os.remove(path)
        queries.build(os.path.join(folder, "duck.db"), items, lines, visits)
    return queries.bands(items["price"])


# ---- values ----------------------------------------------------------------------------------------------------------


def major(minor):
    return None if minor is None else minor / 100


def ratio(a, b):
    return a / b if b else None


def sums(row):
    """Figures of one row of sums, as an answer has them."""
    s = dict(zip(queries.SUMS, (int(value or 0) for value in row)))
    paid = s["gross"] - s["discounts"]
    profit = s["known"] - s["cost"] if s["costed"] else None
    return {"revenue": major(paid - s["returns"]), "gross": major(s["gross"]), "discounts": major(s["discounts"]),
            "returns": major(s["returns"]), "units": s["units"], "profit": major(profit),
            "cost": major(s["cost"]) if s["costed"] else None,
            "margin": ratio(profit or 0, s["known"]) if s["costed"] else None,
            "cost_known": ratio(s["known"], paid - s["returns"]), "return_rate": ratio(s["returns"], paid)}


def expected(found, before):
    """{(period, place): figures}: place is "total" or (table, key)."""
    rows, visits = found
    out, names = {}, ["total", "categories", "brands", "prices", "customers", "days"]
    for grouping, now, key, *values in rows:
        if grouping <= 5:
            place = "total" if grouping == 0 else (names[grouping], int(key))
            out.setdefault((now, place), {}).update(sums(values[:len(queries.SUMS)]))
        elif grouping == 6:
            out.setdefault((now, ("days", int(key))), {})["orders"] = values[-3]
            total = out.setdefault((now, "total"), {})
            total["orders"] = total.get("orders", 0) + values[-3]
        else:
            out[now, "total"].update(customers=values[-3], new_customers=values[-2],
                                     returning_customers=values[-3] - values[-2], repeat_rate=values[-1] / values[-3])
    for now, seen, bought, seen_carted, carted, cart_bought, active in visits:
        out.setdefault((now, "total"), {}).update(
            visits=seen, conversion=ratio(bought, seen), visit_to_cart=ratio(seen_carted, seen),
            cart_to_order=ratio(cart_bought, carted), active=active)
    if before is None:
        out = {place: row for place, row in out.items() if place[0]}
    return out


def answered(answer, asked, bounds):
    """The same of an answer."""
    first = (asked["before"] or asked["now"])[0] // DAY
    out = {}
    for figure in answer["figures"]:
        for now, value in (True, figure["value"]), (False, figure["before"]):
            out.setdefault((now, "total"), {})[figure["id"]] = value
    kinds = ["new", "returning", "premium", "guests"]
    low = [f"{bound / 100:,.2f}" for bound in bounds]
    tables = {table["id"]: table["rows"] for table in answer["tables"]}
    columns = {"categories": "category", "brands": "brand", "prices": "price", "customers": "customers"}
    for name, column in columns.items():
        for row in tables[name]:
            text = row[column]
            if name == "customers":
                key = kinds.index(text)
            elif name == "prices":
                key = 0 if text.startswith("under") else 1 + low.index(text.split()[0])
            else:
                key = int(text.split(" > ")[-1][1:])
            out[True, (name, key)] = {id: row[id] for id in ("revenue", "units", "margin", "return_rate")}
            out[False, (name, key)] = {"revenue": row["revenue_before"]}
    for row in tables["days"]:
        day, back = (int(time.mktime(time.strptime(row[id] + " UTC", "%Y-%m-%d %Z"))) // DAY if row[id] else None
                     for id in ("day", "day_before"))
        out[True, ("days", day - first)] = {id: row[id] for id in ("revenue", "orders", "units", "profit")}
        if back is not None:
            out[False, ("days", back - first)] = {"revenue": row["revenue_before"], "orders": row["orders_before"]}
    return out


COUNTED = {"revenue", "gross", "discounts", "returns", "orders", "units", "customers", "new_customers", "visits",
           "active"}


def differences(answer, found, asked, bounds):
    """Texts of all that differs, and how many numbers were compared."""
    wanted, got = expected(found, asked["before"]), answered(answer, asked, bounds)
    wrong, compared = [], 0
    for place in sorted(set(wanted) | set(got), key=str):
        mine, theirs = got.get(place, {}), wanted.get(place, {})
        for id in sorted(mine):
            a, b = mine[id], theirs.get(id, 0 if id in COUNTED else None)
            if id in ("average_order", "items_per_order", "price_paid", "discount_rate") or (
                    not place[0] and asked["before"] is None):
                continue
            compared += 1
            if (a is None) != (b is None) or (a is not None and abs(a - b) > 1e-9 * max(1, abs(b))):
                wrong.append(f"{place} {id}: {a}, by DuckDB {b}")
        if place not in got and any(theirs.get(id) for id in ("revenue", "units", "orders")):
            wrong.append(f"{place} is missing: {theirs}")
    return wrong, compared


def compare_values(folder, bounds):
    asked = [question(period, compare, filters) for period in ("30d", "1y")
             for compare in ("previous", "weekdays", "year", "none") for filters in FILTERS]
    _, answers = ask(folder, [text for text, _ in asked])
    connection, compared, failed = queries.connect(os.path.join(folder, "duck.db")), 0, 0
    for (text, other), answer in zip(asked, answers):
        wrong, n = differences(answer, queries.overview(connection, other, bounds), other, bounds)
        compared += n
        for line in wrong[:5]:
            print(f"  {text}: {line}")
        failed += len(wrong)
    connection.close()
    print(f"{len(asked)} questions, {compared} numbers compared, {failed} differ")
    return failed


# ---- times -----------------------------------------------------------------------------------------------------------


def milliseconds(work):
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1e3


def milliseconds_of(command):
    """Of the processor, by a program that is started and ends."""
    begin = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(command)
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (end.ru_utime - begin.ru_utime + end.ru_stime - begin.ru_stime) * 1e3


def peak(work):
    """Bytes by which the peak of this process goes above what is resident now; 0 where the kernel does not tell."""
    def row(name):
        with open("/proc/self/status", encoding="utf-8") as file:
            return next((int(line.split()[1]) for line in file if line.startswith(name)), 0)
    with open("/proc/self/clear_refs", "w", encoding="utf-8") as file:
        file.write("5")
    before = row("VmRSS:")
    work()
    return (row("VmHWM:") - before) * 1024


def show(name, ours, theirs, unit="ms"):
    print(f"| {name} | {ours:.2f} {unit} | {theirs:.2f} {unit} | {theirs / ours:.2f} |")


def compare_times(folder, bounds, runs):
    connection = queries.connect(os.path.join(folder, "duck.db"))
    cases = [("30d", ""), ("30d", "category=C1"), ("30d", "price=10:50"), ("30d", "customers=new"), ("1y", ""),
             ("1y", "category=C1"), ("1y", "customers=new")]
    memory = []
    print("\n| overview | Vitrine | DuckDB | DuckDB / Vitrine |\n| --- | --- | --- | --- |")
    for period, filters in cases:
        text, other = question(period, "previous", filters)
        mine, theirs = [], []
        for _ in range(runs):
            answer, _ = ask(folder, [text], 5)
            mine.append(answer[0])
            theirs.append(statistics.median(
                milliseconds(lambda: queries.overview(connection, other, bounds)) for _ in range(5)))
        memory.append((period, filters, statistics.median(row[1] for row in mine),
                       peak(lambda: queries.overview(connection, other, bounds))))
        show(f"{period} {filters}".strip(), statistics.median(row[0] for row in mine), statistics.median(theirs))
    text, other = question("30d", "previous", "")
    page = text.replace("overview", "sales", 1)
    mine = [ask(folder, [page], 5)[0][0][0] for _ in range(runs)]
    theirs = [milliseconds(lambda: queries.sales(connection, other, bounds)) for _ in range(runs)]
    show("`sales`, 30d", statistics.median(mine), statistics.median(theirs))
    connection.close()

    def duck_cold():
        one = queries.connect(os.path.join(folder, "duck.db"))
        queries.overview(one, other, bounds)
        one.close()
    command = [VITRINE, "--shop", os.path.join(folder, "shop"), "insight", "overview"]
    mine, theirs = [], []
    for _ in range(runs):
        mine.append(milliseconds_of(command))
        theirs.append(milliseconds(duck_cold))
    show("cold, 30d", statistics.median(mine), statistics.median(theirs))
    for period, filters, ours, duck in memory:
        show(f"memory, {period} {filters}".strip(), ours / 2**20, duck / 2**20, "MiB")


def compare_sizes(small, large, runs):
    """The same lines in both shops (30 days and 6), and 5 times as many."""
    asked = [(small, "30d"), (large, "6d"), (large, "30d")]
    mine = [[] for _ in asked]
    for _ in range(runs):
        for times, (folder, period) in zip(mine, asked):
            times.append(ask(folder, [question(period, "previous", "")[0]], 5)[0][0][0])
    small30, large6, large30 = map(statistics.median, mine)
    print(f"\nan overview of 30 days in a shop of a fifth: {small30:.2f} ms; in the shop, of 6 days {large6:.2f} ms,"
          f" of 30 days {large30:.2f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--visits", type=float, default=1, help="share of the views and carts of the scale")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--keep", help="a folder for the shops, made once and used again")
    parser.add_argument("--times", action="store_true", help="times alone, of shops whose values were compared before")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        scales = options.scale / 5, options.scale
        name = "" if options.visits == 1 else f"-visits-{options.visits:g}"
        folders = [os.path.join(options.keep or work, f"{scale:g}{name}") for scale in scales]
        bounds = [make(folder, scale, options.visits) for folder, scale in zip(folders, scales)]
        print(f"scale {options.scale:g}, visits {options.visits:g}, load {os.getloadavg()[0]:.1f}", flush=True)
        failed = 0 if options.times else compare_values(folders[1], bounds[1])
        compare_times(folders[1], bounds[1], options.runs)
        compare_sizes(*folders, options.runs)
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"
    time.tzset()
    sys.exit(main())
