#!/usr/bin/env python3
"""What simple estimates recover of the truth of a synthetic shop.

Reads a shop made by `vitrine generate` (store.db and truth.json) and prints a markdown table: each part of the truth,
the true value, the estimate from the generated rows alone, and how it was estimated. Needs numpy and scipy
(requirements-synthetic.txt).

Usage: bench/synthetic_truth.py SHOP [--vitrine build/src/cli/vitrine]
"""

import argparse
import json
import os
import sqlite3
import subprocess
from collections import Counter, defaultdict

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, logsumexp

FIRST = 1704067200  # 2024-01-01
DAYS = 731


class Shop:
    def __init__(self, path):
        self.path = path
        self.truth = json.load(open(os.path.join(path, "truth.json")))
        self.db = sqlite3.connect(f"file:{path}/store.db?mode=ro", uri=True)
        self.items = self.truth["items"]
        self.customers = self.truth["customers"]
        self.item_row = {key: row for row, key in self.db.execute("SELECT id, key FROM items")}
        self.number = {self.item_row[item["id"]]: n for n, item in enumerate(self.items)}
        user_row = {row: key for row, key in self.db.execute("SELECT id, key FROM users")}
        customer = {c["id"]: n for n, c in enumerate(self.customers)}
        self.customer = {row: customer[key] for row, key in user_row.items()}
        rows = self.db.execute(
            "SELECT user, item, time, unit_price, discount, order_id FROM events WHERE kind = 2 ORDER BY time, id")
        self.buys = [(self.customer.get(u, -1), self.number[i], (t - FIRST) // 86400, p, d, o)
                     for u, i, t, p, d, o in rows]
        self.sub_names = sorted({item["sub_category"] for item in self.items})
        self.sub = np.array([self.sub_names.index(item["sub_category"]) for item in self.items])
        self.category_names = [c["name"] for c in self.truth["categories"]]
        category_of = dict(self.db.execute("SELECT key, category FROM items"))
        self.category = np.array([self.category_names.index(category_of[item["id"]].split(" > ")[0])
                                  for item in self.items])


def evaluate(args, *models):
    command = [args.vitrine, "--shop", args.shop, "--json", "--quiet", "evaluate", *models, "--positive", "purchase",
               "--split", "leave-last-out", "--at", "10", "--resamples", "0", "--param", "itemknn.similarity=bm25"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {m["model"]: m["metrics"]["ndcg"]["10"]["value"] for m in json.loads(done.stdout)["models"]}


def season(shop):
    """Share of the category among all lines by month, a cosine fitted to its logarithm.

    Shares tell only how a category differs from the others: the truth is taken less the mean of all categories, too."""
    day = np.array([b[2] for b in shop.buys])
    category = shop.category[[b[1] for b in shop.buys]]
    month = np.minimum(day % 365 // 30.42, 11).astype(int)
    fits, waves = [], []
    for c, truth in enumerate(shop.truth["categories"]):
        share = np.array([(category[month == m] == c).mean() for m in range(12)])
        angle = 2 * np.pi * (np.arange(12) + 0.5) / 12
        design = np.column_stack([np.ones(12), np.cos(angle), np.sin(angle)])
        weight = np.sqrt(np.bincount(month, minlength=12) * share)
        fit = np.linalg.lstsq(design * weight[:, None], np.log(share) * weight, rcond=None)[0]
        fits.append(fit[1:])
        at = 2 * np.pi * truth["peak_day"] / 365.25
        waves.append(truth["amplitude"] * np.array([np.cos(at), np.sin(at)]))
    weight = np.bincount(category, minlength=len(fits)) / len(category)
    rows = []
    for truth, fit, wave in zip(shop.truth["categories"], fits - weight @ fits, waves - weight @ waves):
        peak = [np.arctan2(v[1], v[0]) / (2 * np.pi) * 365.25 % 365.25 for v in (wave, fit)]
        rows.append((truth["name"], peak[0], np.hypot(*wave), peak[1], np.hypot(*fit)))
    return rows


def elasticity(shop):
    """Choice within a sub-category and week: item effects, one slope of the log price a category (Poisson, Newton)."""
    prices = defaultdict(list)
    for row, time, price in shop.db.execute("SELECT item, time, price FROM price_history ORDER BY item, time"):
        prices[shop.number[row]].append(((time - FIRST) // 86400, price))
    log_price = np.full((len(shop.items), DAYS), np.nan)
    for n, changes in prices.items():
        for (day, price), after in zip(changes, changes[1:] + [(DAYS, 0)]):
            log_price[n, max(day, 0):after[0]] = np.log(price)
    sold = np.zeros((len(shop.items), DAYS))
    for _, item, day, *_ in shop.buys:
        sold[item, day] += 1
    period = np.arange(DAYS) // 7
    out = []
    for c, truth in enumerate(shop.truth["categories"]):
        # Days of equal price within a week are joined: cells (item, week, price).
        cells = []
        for n in np.flatnonzero((shop.category == c)):
            if shop.items[n]["intermittent"]:
                continue
            for week in range(period[-1] + 1):
                days = np.flatnonzero(period == week)
                for price in np.unique(log_price[n, days][~np.isnan(log_price[n, days])]):
                    at = days[log_price[n, days] == price]
                    cells.append((n, shop.sub[n] * 1000 + week, price, sold[n, at].sum(), len(at)))
        item, group, price, count, exposure = (np.array(x) for x in zip(*cells))
        _, item = np.unique(item, return_inverse=True)
        _, group = np.unique(group, return_inverse=True)
        price = price - (np.bincount(item, price) / np.bincount(item))[item]
        slope, variance = 0.0, 1.0
        effect = np.zeros(item.max() + 1)
        level = np.zeros(group.max() + 1)
        for _ in range(60):
            for _ in range(4):
                mean = exposure * np.exp(effect[item] + level[group] + slope * price)
                effect += np.log((np.bincount(item, count) + 1e-9) / (np.bincount(item, mean) + 1e-12))
                mean = exposure * np.exp(effect[item] + level[group] + slope * price)
                level += np.log((np.bincount(group, count) + 1e-9) / (np.bincount(group, mean) + 1e-12))
            mean = exposure * np.exp(effect[item] + level[group] + slope * price)
            centred = price - (np.bincount(group, mean * price) / (np.bincount(group, mean) + 1e-12))[group]
            variance = 1 / max((mean * centred**2).sum(), 1e-9)
            slope += variance * ((count - mean) * centred).sum()
        out.append((truth["name"], truth["elasticity"], -slope, np.sqrt(variance)))
    return out


def buyer_summary(shop):
    """(repeat orders, age at the last, age at the end) in days for each customer with an account, and order values."""
    orders = defaultdict(dict)
    values = defaultdict(lambda: defaultdict(int))
    for customer, item, day, price, discount, order in shop.buys:
        if customer >= 0:
            orders[customer][order] = day
            values[customer][order] += price - discount
    guests = {n for n, c in enumerate(shop.customers) if c["guest"]}
    summary = []
    spend = []
    for customer, by_order in orders.items():
        if customer in guests:
            continue  # their first order has no account
        days = sorted(by_order.values())
        summary.append((len(days) - 1, days[-1] - days[0], DAYS - days[0]))
        spend.append((len(days), np.mean(list(values[customer].values()))))
    return np.array(summary, float), np.array(spend)


def bg_nbd(summary):
    x, recency, age = np.maximum(summary, 0).T
    age = np.maximum(age, recency + 1e-3)

    def loss(log_params):
        r, alpha, a, b = np.exp(log_params)
        first = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + age)
        gone = np.where(x > 0, betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b)
                        - (r + x) * np.log(alpha + recency), -np.inf)
        return -(first + logsumexp(np.vstack([alive, gone]), axis=0)).sum() / len(x)

    return np.exp(minimize(loss, np.log([1.0, 50.0, 1.0, 2.0]), method="Nelder-Mead",
                           options={"maxiter": 4000, "xatol": 1e-5, "fatol": 1e-9}).x)


def position(shop):
    """Click rate of each slot relative to the first, item by item (each item is its own control)."""
    shown = Counter()
    clicked = Counter()
    for kind, item, placement in shop.db.execute(
            "SELECT e.kind, e.item, x.placement FROM events e JOIN exposures x ON x.event = e.id"):
        key = (item, int(placement.split(":")[1]) - 1)
        (shown if kind == 7 else clicked)[key] += 1
    slots = len(shop.truth["examination"])
    item = sorted({key[0] for key in shown})
    shows = np.array([[shown[(i, s)] for s in range(slots)] for i in item], float)
    clicks = np.array([[clicked[(i, s)] for s in range(slots)] for i in item], float)
    examine = np.ones(slots)
    for _ in range(200):
        pull = clicks.sum(1) / np.maximum((shows * examine).sum(1), 1e-9)
        examine = clicks.sum(0) / np.maximum((shows * pull[:, None]).sum(0), 1e-9)
        examine /= examine[0]
    true = np.array(shop.truth["examination"])
    return true / true[0], examine


def same_order_lift(shop):
    """Orders that hold both partners, against what chance gives for the same items."""
    baskets = defaultdict(set)
    for customer, item, day, price, discount, order in shop.buys:
        baskets[order].add(item)
    number = {item["id"]: n for n, item in enumerate(shop.items)}
    pairs = {(n, number[item["bought_with"]]) for n, item in enumerate(shop.items)
             if "bought_with" in item and n < number[item["bought_with"]]}
    together = Counter()
    single = Counter()
    for basket in baskets.values():
        for a in basket:
            single[a] += 1
        for a in basket:
            for b in basket:
                if a < b:
                    together[(a, b)] += 1
    expected = sum(single[a] * single[b] / len(baskets) for a, b in pairs)
    strongest = [pair for pair, _ in together.most_common(len(pairs) // 4)]
    return sum(together[p] for p in pairs) / expected, np.mean([p in pairs for p in strongest])


def trend(shop):
    """Slope of the logarithm of quarterly sales of products with at least 40 sales, against the true one."""
    quarter = np.zeros((len(shop.items), 8))
    total = np.zeros((7, 8))
    for _, item, day, *_ in shop.buys:
        quarter[item, min(day // 92, 7)] += 1
        total[shop.category[item], min(day // 92, 7)] += 1
    true, found = [], []
    for n, item in enumerate(shop.items):
        if quarter[n].sum() >= 40 and item["launch_day"] == 0 and not item["intermittent"]:
            rate = np.log((quarter[n] + 0.5) / total[shop.category[n]])
            true.append(item["trend"])
            found.append(np.polyfit(np.arange(8) / 4, rate, 1, w=np.sqrt(quarter[n] + 0.5))[0])
    return (np.corrcoef(true, found)[0, 1], len(true)) if len(true) > 10 else (float("nan"), len(true))


def friends(shop):
    """Lines that repeat what a friend bought in the last 30 days, against a stranger of the same kind."""
    link = defaultdict(list)
    number = {c["id"]: n for n, c in enumerate(shop.customers)}
    for a, b in shop.db.execute("SELECT from_key, to_key FROM user_links"):
        link[number[a]].append(number[b])
    rng = np.random.default_rng(1)
    kind = defaultdict(list)
    for n, c in enumerate(shop.customers):
        kind[c["archetype"]].append(n)
    bought = defaultdict(list)
    hits = [0, 0]
    for customer, item, day, *_ in shop.buys:
        if customer < 0:
            continue
        for friend in link[customer]:
            stranger = rng.choice(kind[shop.customers[friend]["archetype"]])
            for who, other in enumerate((friend, stranger)):
                hits[who] += any(i == item and 0 <= day - d <= 30 for i, d in bought[other][-6:])
        bought[customer].append((item, day))
    return hits[0] / max(hits[1], 1), hits[0]


def same_taste(shop):
    """How often two lines of one customer in one sub-category share a property, against two customers' lines."""
    by_user = defaultdict(list)
    for customer, item, *_ in shop.buys:
        if customer >= 0:
            by_user[(customer, shop.sub[item])].append(item)
    everyone = defaultdict(list)
    for _, item, *_ in shop.buys:
        everyone[shop.sub[item]].append(item)
    rng = np.random.default_rng(2)
    out = {}
    for name in ("brand", "material", "use", "colour", "pattern"):
        same, n, chance = 0, 0, 0
        for (customer, sub), items in by_user.items():
            items = list(dict.fromkeys(items))
            for a, b in zip(items, items[1:]):
                c, d = rng.choice(everyone[sub], 2)
                while c == d:
                    c, d = rng.choice(everyone[sub], 2)
                same += shop.items[a][name] == shop.items[b][name]
                chance += shop.items[c][name] == shop.items[d][name]
                n += 1
        out[name] = (same / max(n, 1)) / max(chance / max(n, 1), 1e-9)
    return out


def drift(shop):
    """Overlap of the sub-categories bought before and after the day of drift; others take the same days."""
    days = [c["drift_day"] for c in shop.customers if "drift_day" in c]
    rng = np.random.default_rng(3)
    by_user = defaultdict(list)
    for customer, item, day, *_ in shop.buys:
        if customer >= 0:
            by_user[customer].append((day, shop.sub[item]))
    overlap = {True: [], False: []}
    for customer, lines in by_user.items():
        drifted = "drift_day" in shop.customers[customer]
        moment = shop.customers[customer]["drift_day"] if drifted else rng.choice(days)
        before = {s for d, s in lines if d < moment}
        after = [s for d, s in lines if d >= moment]
        if len(before) >= 2 and len(after) >= 2:
            overlap[drifted].append(np.mean([s in before for s in after]))
    return np.mean(overlap[True]), np.mean(overlap[False])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shop")
    parser.add_argument("--vitrine", default="build/src/cli/vitrine")
    args = parser.parse_args()
    shop = Shop(args.shop)
    truth = shop.truth
    print("| truth | true | recovered | by |\n| --- | --- | --- | --- |")
    scores = evaluate(args, "popularity", "itemknn", "ials")
    print(f"| tastes | models beat popularity | NDCG@10: itemknn {scores['itemknn']:.4f}, ials {scores['ials']:.4f}, "
          f"popularity {scores['popularity']:.4f} | `evaluate --positive purchase`, leave-last-out |")
    lifts = same_taste(shop)
    for name, share in (("brand", "share_brand"), ("material", "share_words"), ("use", "share_words"),
                        ("colour", "share_look"), ("pattern", "share_look")):
        print(f"| taste for {name} | {share} {truth['taste'][share]} | two purchases of a customer share it "
              f"{lifts[name]:.2f} times as often as chance | pairs within a sub-category |")
    for name, peak, amplitude, found_peak, found in season(shop):
        print(f"| season of {name} | day {peak:.0f}, amplitude {amplitude:.2f} | day {found_peak:.0f}, {found:.2f} | "
              f"monthly means, a cosine; both less the mean of all |")
    for name, true, found, error in elasticity(shop):
        print(f"| elasticity of {name} | {true:.2f} | {found:.2f} ± {1.96 * error:.2f} | Poisson regression, item and "
              f"week effects |")
    summary, spend = buyer_summary(shop)
    r, alpha, a, b = bg_nbd(summary)
    t = truth["bg_nbd"]
    print(f"| BG/NBD r, alpha (days), a, b | {t['r']:.3f}, {t['alpha_days']:.2f}, {t['a']:.3f}, {t['b']:.3f} | "
          f"{r:.3f}, {alpha:.2f}, {a:.3f}, {b:.3f} | maximum likelihood |")
    per_order = np.array([spend[i, 1] for i in range(len(spend)) if spend[i, 0] >= 3])
    true_mean = np.mean([c["spend"] for c in shop.customers])
    print(f"| mean order value | {true_mean / 100:.2f} in mind | {spend[:, 1].mean() / 100:.2f} spent "
          f"(customers of three orders: standard deviation {per_order.std() / 100:.2f}) | means |")
    true, found = position(shop)
    print(f"| examination of slots | {', '.join(f'{x:.2f}' for x in true)} | {', '.join(f'{x:.2f}' for x in found)} | "
          f"click rates, items as their own control |")
    lift, share = same_order_lift(shop)
    print(f"| bought together | pairs exist | in one order {lift:.1f} times as often as chance; {share:.0%} of the "
          f"most frequent pairs are true ones | counts |")
    correlation, n = trend(shop)
    print(f"| trends | log units a year | correlation {correlation:.2f} over {n} products | log-linear by quarter |")
    ratio, hits = friends(shop)
    print(f"| friends | boost {truth['taste']['friend_boost']} | what a friend bought is bought {ratio:.1f} times as "
          f"often as what a stranger did ({hits} lines) | counts |")
    changed, stayed = drift(shop)
    print(f"| drift of taste | {truth['taste']['drift_share']:.0%} of customers | sub-categories bought again after "
          f"the day: {changed:.2f} with drift, {stayed:.2f} without | overlap |")


if __name__ == "__main__":
    main()
