"""Price elasticities of the market of a synthetic shop, from its truth alone.

A customer of `vitrine generate` chooses among the products of a sub-category by a logit, with an elasticity e for each
product. The market sums customers whose tastes differ, and answers less than each of them: who likes one product far
more than the others buys it at nearly any price. For a mixed logit (Train, Discrete Choice Methods with Simulation,
2009, chapter 6) the product's own sales move by -e mean(P (1 - P)) / mean(P) when its price is 1 % higher, and those of
the other products by e mean(P O) / mean(O), where P and O are the chances that a customer chooses it, or one of the
others, and means are over the choices made in the sub-category. An estimate with an effect for each week sees the one
beside the other, so their difference is what it is to find; with equal tastes that is -e again. Products bought because
their partner was answer to no price of their own.

Tastes are the archetypes' of truth.json with the customers' own drawn anew; what a customer and friends bought before a
choice counts as in the generator. Nothing of it comes from an estimate.
"""

import json
import os
import sqlite3
from collections import defaultdict

import numpy as np

FIRST, DAYS = 1704067200, 731
DRAWS, DATES = 8, 12  # tastes of each choice, and days between the first and the last
BURST_SHARE, BURST = 1 / 5, 1.6  # of products that sell in bursts


class Shop:
    """Items, prices and choices; a choice is (customer, day, what they bought last, what friends bought of late)."""

    def __init__(self, path):
        self.truth = json.load(open(os.path.join(path, "truth.json"), encoding="utf-8"))
        db = sqlite3.connect(f"file:{path}/store.db?mode=ro", uri=True)
        self.items = self.truth["items"]
        number = {item["id"]: n for n, item in enumerate(self.items)}
        self.row = {row: number[key] for row, key in db.execute("SELECT id, key FROM items")}
        self.sub = np.array([item["sub_category"] for item in self.items])
        self.read_prices(db)
        self.read_choices(db, number)

    def read_prices(self, db):
        changes = defaultdict(list)
        for item, when, price in db.execute("SELECT item, time, price FROM price_history ORDER BY item, time"):
            changes[self.row[item]].append(((when - FIRST) // 86400, price))
        self.price = np.ones((len(self.items), DAYS))
        self.launch_price = np.ones(len(self.items))
        for n, of in changes.items():
            self.launch_price[n] = of[0][1]
            for (day, value), after in zip(of, of[1:] + [(DAYS, 0)]):
                self.price[n, max(day, 0):after[0]] = value

    def read_choices(self, db, number):
        customers = {c["id"]: c for c in self.truth["customers"]}
        user = {row: customers[key] for row, key in db.execute("SELECT id, key FROM users") if key in customers}
        partner = [number.get(item.get("bought_with"), -1) for item in self.items]
        self.choices, bought, before = defaultdict(list), defaultdict(list), {}
        self.sold, self.as_partner = np.zeros(len(self.items)), np.zeros(len(self.items))
        for who, item, when, order in db.execute(
                "SELECT user, item, time, order_id FROM events WHERE kind = 2 ORDER BY time, id"):
            n, day, customer = self.row[item], (when - FIRST) // 86400, user.get(who)
            self.sold[n] += 1
            if order in before and partner[before[order]] == n:
                self.as_partner[n] += 1
            elif customer:
                friends = [k for f in customer["friends"] for d, k in bought[f][-3:] if d < day <= d + 30]
                own = [k for _, k in bought[customer["id"]][-3:]]
                self.choices[self.sub[n]].append((customer, day, own, friends))
            before[order] = n
            if customer:
                bought[customer["id"]].append((day, n))


def tastes_of(shop, name, members, rng):
    """(choices, DRAWS, products) utility but for demand and price."""
    truth, taste, choices = shop.truth, shop.truth["taste"], shop.choices[name]
    likes = [truth["archetypes"][c["later_archetype" if day >= c.get("drift_day", DAYS) else "archetype"]]
             for c, day, *_ in choices]
    utility = np.zeros((len(choices), DRAWS, len(members)))
    individual = taste["share_individual"]
    for share, of in ((taste["share_brand"], "brand"), (taste["share_words"] / 2, "material"),
                      (taste["share_words"] / 2, "use"), (taste["share_look"] / 2, "colour"),
                      (taste["share_look"] / 2, "pattern")):
        kinds = [shop.items[m][of] for m in members]
        words = sorted(set(kinds))
        index = [words.index(kind) for kind in kinds]
        common = np.array([[(a["words"][name] if of in ("material", "use") else a[of])[w] for w in words]
                           for a in likes])
        own = rng.normal(size=(len(choices), DRAWS, len(words)))
        utility += taste["deviation"] * np.sqrt(share) * (
            np.sqrt(1 - individual) * common[:, None] + np.sqrt(individual) * own)[:, :, index]
    shape = truth["gamma_gamma"]["p"]
    spend = np.array([c["spend"] for c, *_ in choices])
    budget = rng.gamma(shape, size=(len(choices), DRAWS)) / shape * spend[:, None]
    above = np.maximum(0, np.log(shop.launch_price[members] / budget[:, :, None]))
    utility -= taste["budget_penalty"] * above**2
    place = {m: k for k, m in enumerate(members)}
    for at, (_, _, own, friends) in enumerate(choices):
        for items, by in ((own, -taste["repeat_penalty"]), (friends, taste["friend_boost"])):
            for item in items:
                if item in place:
                    utility[at, :, place[item]] += by
    return utility


def answers(shop, name, members, rng):
    """(products) by how many per cent sales beside the others' rise for one per cent of e less."""
    items = [shop.items[m] for m in members]
    utility = tastes_of(shop, name, members, rng)
    steady = np.array([not item["intermittent"] for item in items])
    appeal, trend, elasticity, launch = (np.array([item[key] for item in items])
                                         for key in ("appeal", "trend", "elasticity", "launch_day"))
    moved, chosen = np.zeros(len(items)), np.zeros(len(items))
    for day in np.linspace(30, DAYS - 30, DATES).astype(int):
        base = appeal + trend * (day - DAYS // 2) / 365.25
        base = base - elasticity * np.log(shop.price[members, day] / shop.launch_price[members])
        base += np.where(steady, 0, np.where(rng.random(len(items)) < BURST_SHARE, BURST, -30))
        x = utility + np.where(launch <= day, base, -np.inf)
        x = np.exp(x - x.max(axis=2, keepdims=True))
        x /= x.sum(axis=2, keepdims=True)
        other = (x * steady).sum(axis=2, keepdims=True) - x * steady
        mean, other_mean = x.mean(axis=(0, 1)), other.mean(axis=(0, 1))
        across = (x * other).mean(axis=(0, 1)) * mean / np.maximum(other_mean, 1e-12)
        moved += (x * (1 - x)).mean(axis=(0, 1)) + across
        chosen += mean
    return moved / np.maximum(chosen, 1e-300)


def market_elasticities(path, seed=0):
    """{product: elasticity of the market, negative} of the shop in `path`."""
    shop, rng, out = Shop(path), np.random.default_rng(seed), {}
    for name in sorted(shop.choices):
        members = np.flatnonzero(shop.sub == name)
        for m, answer in zip(members, answers(shop, name, members, rng)):
            free = 1 - shop.as_partner[m] / max(shop.sold[m], 1)
            out[shop.items[m]["id"]] = -shop.items[m]["elasticity"] * answer * free
    return out
