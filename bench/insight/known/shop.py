"""A shop of `vitrine generate` with its truth, and what `vitrine insight` says of it."""

import json
import os
import sqlite3
import subprocess
import sys
from collections import defaultdict

FIRST, DAYS = 1704067200, 731  # 2024-01-01, two years


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}\n{done.stderr}")
    return done.stdout


class Shop:
    def __init__(self, program, path):
        self.program, self.path = program, path
        with open(os.path.join(path, "truth.json"), encoding="utf-8") as file:
            self.truth = json.load(file)
        self.customers = {c["id"]: c for c in self.truth["customers"]}
        self.db = sqlite3.connect(f"file:{path}/store.db?mode=ro", uri=True)
        self.days, self.money = self.read_orders(False)

    def read_orders(self, joined):
        """Of each account: days with an order, and what each day's lines brought in major units.

        A tenth of those who order again make the first order as guests; `joined` gives it to their account.
        """
        days, money = defaultdict(list), defaultdict(float)
        for who, session, when, price, discount in self.db.execute(
                "SELECT u.key, e.session, e.time, e.unit_price, e.discount FROM events e LEFT JOIN users u "
                "ON u.id = e.user WHERE e.kind = 2 ORDER BY e.time, e.id"):
            if who is None and not joined:
                continue
            who, day = who or session.replace("guest-", "C"), (when - FIRST) // 86400
            if not days[who] or days[who][-1] != day:
                days[who].append(day)
            money[who, day] += (price - discount) / 100
        return days, money

    def joined(self, folder):
        """The path of a shop of the same orders in which the first ones of guests are with their accounts."""
        path, items, orders = (os.path.join(folder, name) for name in ("joined", "items.csv", "orders.csv"))
        with open(items, "w", encoding="utf-8") as file:
            file.write("id,title,price\n")
            file.writelines(f"{key},{key},{price / 100}\n" for key, price in self.db.execute(
                "SELECT i.key, max(e.unit_price) FROM events e JOIN items i ON i.id = e.item WHERE e.kind = 2 "
                "GROUP BY 1"))
        with open(orders, "w", encoding="utf-8") as file:
            file.write("user,item,kind,time,order_id,quantity,unit_price,discount\n")
            for user, session, item, when, order, price, discount in self.db.execute(
                    "SELECT u.key, e.session, i.key, e.time, e.order_id, e.unit_price, e.discount FROM events e "
                    "JOIN items i ON i.id = e.item LEFT JOIN users u ON u.id = e.user WHERE e.kind = 2 "
                    "ORDER BY e.time, e.id"):
                file.write(f"{user or session.replace('guest-', 'C')},{item},purchase,{when},{order},1,{price / 100},"
                           f"{discount / 100}\n")
        for table, csv in ("items", items), ("events", orders):
            run(self.program, "--quiet", "--shop", path, "import", "csv", csv, "--table", table)
        return path

    def ask(self, kind, *options, file=None, path=None):
        """The answer of the shop (or of that in `path`), or of a plain file of transactions."""
        shop, of_file = ([], ["--transactions", file]) if file else (["--shop", path or self.path], [])
        return Answer(json.loads(run(self.program, *shop, "--quiet", "--json", "insight", kind, *of_file, "-n", 100000,
                                     *options)))


class Answer:
    def __init__(self, document):
        self.notes = document["notes"]
        self.figures = {figure["id"]: figure for figure in document["figures"]}
        self.tables = {table["id"]: table["rows"] for table in document["tables"]}


def shops(program, seeds, options, folder):
    """Each shop, made where it is not yet in the folder."""
    for seed in seeds:
        path = os.path.join(folder, str(seed))
        if not os.path.exists(path):
            run(program, "--quiet", "--shop", path, "generate", "--photos", 0, "--seed", seed, *options)
        yield seed, Shop(program, path)
