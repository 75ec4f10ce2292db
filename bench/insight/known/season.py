"""The season of each category in the market of a synthetic shop, from its truth alone.

truth.json has the season of a category as what it adds to the utility of a customer. What sales can tell is what the
market does: customers whose tastes differ answer less than that, since who only buys one category buys it in any month,
and the seasons of the other categories push this one's sales aside. So orders are simulated anew as the generator
simulates them (src/synth/session.c): the same customers, sums in mind, products and prices, once in each month of the
year, with the same random numbers, so that months differ by nothing but the season. The index of a month is its revenue
over the mean of the months. What friends bought before is left out: a customer has about one friend, who orders a few
times a year. Nothing of it comes from an estimate.
"""

from collections import defaultdict

import numpy as np

DAYS, MONTHS, LINES_MAX, DATES = 731, 12, 12, 12
BURST_SHARE, BURST = 1 / 5, 1.6  # of products that sell in bursts
FIRST = 1704067200


class Market:
    """Products by sub-category and what customers of the shop like."""

    def __init__(self, shop):
        self.truth = shop.truth
        self.items = self.truth["items"]
        self.subs = sorted({item["sub_category"] for item in self.items})
        self.sub = np.array([self.subs.index(item["sub_category"]) for item in self.items])
        self.categories = [c["name"] for c in self.truth["categories"]]
        path = dict(shop.db.execute("SELECT key, category FROM items"))
        of_item = np.array([self.categories.index(path[item["id"]].split(" > ")[0]) for item in self.items])
        self.category = of_item
        self.category_of_sub = np.array([of_item[np.argmax(self.sub == s)] for s in range(len(self.subs))])
        self.members = [np.flatnonzero(self.sub == s) for s in range(len(self.subs))]
        number = {item["id"]: n for n, item in enumerate(self.items)}
        self.partner = np.array([number.get(item.get("bought_with"), -1) for item in self.items])
        self.appeal, self.trend, self.elasticity = (np.array([item[key] for item in self.items])
                                                    for key in ("appeal", "trend", "elasticity"))
        self.launch = np.array([item["launch_day"] for item in self.items])
        self.bursts = np.array([item["intermittent"] for item in self.items])
        self.read_prices(shop.db, number)
        self.kinds = {}
        for name in ("brand", "material", "use", "colour", "pattern"):
            self.kinds[name] = [item[name] for item in self.items]

    def read_prices(self, db, number):
        changes, key = defaultdict(list), dict(db.execute("SELECT id, key FROM items"))
        for item, when, price in db.execute("SELECT item, time, price FROM price_history ORDER BY item, time"):
            changes[number[key[item]]].append(((when - FIRST) // 86400, price))
        self.price, self.launch_price = np.ones((len(self.items), DAYS)), np.ones(len(self.items))
        for n, of in changes.items():
            self.launch_price[n] = of[0][1]
            for (day, value), after in zip(of, of[1:] + [(DAYS, 0)]):
                self.price[n, max(day, 0):after[0]] = value

    def typical(self):
        """The price that a sub-category stands for, about: a budget is compared with it before products are seen."""
        return np.array([np.exp(np.log(self.launch_price[m]).mean()) for m in self.members])


def seasons(truth):
    """(months, categories) mean utility of each month."""
    out = np.zeros((MONTHS, len(truth["categories"])))
    day = np.arange(365)
    month = np.searchsorted(np.cumsum([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]), day, side="right")
    for c, of in enumerate(truth["categories"]):
        wave = of["amplitude"] * np.cos(2 * np.pi * (day + 1 - of["peak_day"]) / 365.25)
        out[:, c] = np.log(np.bincount(month, np.exp(wave)) / np.bincount(month))
    return out


class Orders:
    """A sample of the shop's orders: who, when, the sum in mind, and random numbers that all months share."""

    def __init__(self, market, shop, n, rng):
        self.m, self.rng, truth = market, rng, market.truth
        accounts = list(shop.days)
        weight = np.array([len(shop.days[who]) for who in accounts], float)
        who = rng.choice(len(accounts), size=n, p=weight / weight.sum())
        customers = [shop.customers[accounts[k]] for k in who]
        self.day = np.array([rng.choice(shop.days[accounts[k]]) for k in who])
        self.archetype = [truth["archetypes"][c["later_archetype" if day >= c.get("drift_day", DAYS) else "archetype"]]
                          for c, day in zip(customers, self.day)]
        shape = truth["gamma_gamma"]["p"]
        self.value = rng.gamma(shape, size=n) / shape * np.array([c["spend"] for c in customers])
        self.date = np.linspace(30, DAYS - 30, DATES).astype(int)[self.day * DATES // DAYS]
        self.tastes()

    def taste(self, names, common):
        """(n, names): the archetype's and the customers' own."""
        share = self.m.truth["taste"]["share_individual"]
        return np.sqrt(1 - share) * common + np.sqrt(share) * self.rng.normal(size=(len(self.day), len(names)))

    def tastes(self):
        m, t, n = self.m, self.m.truth["taste"], len(self.day)
        scale = t["deviation"] * np.sqrt(t["share_category"])
        category = self.taste(m.categories, np.array([[a["category"][c] for c in m.categories]
                                                      for a in self.archetype]))
        sub = self.taste(m.subs, np.array([[a["sub_category"][s] for s in m.subs] for a in self.archetype]))
        share = np.array([c["share"] for c in m.truth["categories"]])
        above = np.maximum(0, np.log(m.typical()[None, :] / self.value[:, None]))
        self.of_sub = np.log(share)[m.category_of_sub][None, :] - t["budget_penalty"] * above**2
        self.of_sub += scale * (.8 * category[:, m.category_of_sub] + .6 * sub)
        self.of_item = np.zeros((n, len(m.items)), np.float32)
        for portion, name in ((t["share_brand"], "brand"), (t["share_look"] / 2, "colour"),
                              (t["share_look"] / 2, "pattern")):
            words = sorted(set(m.kinds[name]))
            own = self.taste(words, np.array([[a[name][w] for w in words] for a in self.archetype]))
            self.of_item += t["deviation"] * np.sqrt(portion) * own[:, [words.index(k) for k in m.kinds[name]]]
        for name in ("material", "use"):
            for s, members in enumerate(m.members):
                words = sorted({m.kinds[name][k] for k in members})
                own = self.taste(words, np.array([[a["words"][m.subs[s]][w] for w in words] for a in self.archetype]))
                self.of_item[:, members] += (t["deviation"] * np.sqrt(t["share_words"] / 2)
                                             * own[:, [words.index(m.kinds[name][k]) for k in members]])
        above = np.maximum(0, np.log(m.launch_price[None, :] / self.value[:, None]))
        self.of_item -= t["budget_penalty"] * above**2
        base = m.appeal[None, :] + m.trend[None, :] * (self.date[:, None] - DAYS // 2) / 365.25
        self.price = m.price[:, self.date].T
        base = base - m.elasticity[None, :] * np.log(self.price / m.launch_price[None, :])
        burst = np.where(self.rng.random((n, m.bursts.sum())) < BURST_SHARE, BURST, -30)
        base[:, m.bursts] += burst
        self.of_item += base
        self.there = m.launch[None, :] <= self.date[:, None]
        self.of_item[~self.there] = -np.inf
        self.weight = []  # (n, products of the sub-category), cumulative
        for members in m.members:
            utility = self.of_item[:, members]
            top = utility.max(axis=1, keepdims=True)
            self.weight.append(np.exp(utility - np.where(np.isfinite(top), top, 0)).cumsum(axis=1))

    def draw(self):
        """Random numbers of every step of a basket."""
        n = len(self.day)
        self.gumbel_sub = self.rng.gumbel(size=(LINES_MAX, n, len(self.m.subs))).astype(np.float32)
        self.uniform = self.rng.random((LINES_MAX, 3, n))

    def choose_item(self, rows, sub, uniform):
        out = np.full(len(rows), -1)
        for s, (members, weight) in enumerate(zip(self.m.members, self.weight)):
            at = np.flatnonzero(sub == s)
            of = weight[rows[at]]
            chosen = (of <= (uniform[at] * of[:, -1])[:, None]).sum(axis=1)
            out[at] = np.where(of[:, -1] > 0, members[np.minimum(chosen, len(members) - 1)], -1)
        return out

    def revenue(self, season):
        """By category, with `season` (categories) for all orders."""
        m, t, out = self.m, self.m.truth["taste"], np.zeros(len(self.m.categories))
        left, rows = self.value.copy(), np.arange(len(self.day))
        line, follow = np.full((len(rows), LINES_MAX), -2), np.full(len(rows), -1)
        utility = self.of_sub + season[m.category_of_sub][None, :]
        for k in range(LINES_MAX):
            sub = (utility[rows] + self.gumbel_sub[k, rows]).argmax(axis=1)
            item = np.where(follow[rows] >= 0, follow[rows], self.choose_item(rows, sub, self.uniform[k, 0, rows]))
            good = (item >= 0) & ~(line[rows] == item[:, None]).any(axis=1)
            price = self.price[rows, item]
            if k > 0:
                good &= (price <= left[rows]) | (self.uniform[k, 1, rows] < left[rows] / price)
            rows, item, price = rows[good], item[good], price[good]
            np.add.at(out, m.category[item], price)
            line[rows, k] = item
            left[rows] -= price
            partner = m.partner[item]
            takes = (partner >= 0) & (self.uniform[k, 2, rows] < t["complement_rate"])
            takes &= self.there[rows, np.maximum(partner, 0)]
            follow[:] = -1
            follow[rows[takes]] = partner[takes]
            rows = rows[left[rows] > 0]
        return out


def market_seasons(shop, orders=8000, seed=0):
    """{category: (12) index, 1 a usual month} of the market of a shop."""
    market, rng = Market(shop), np.random.default_rng(seed)
    season, total = seasons(shop.truth), np.zeros((MONTHS, len(market.categories)))
    for begin in range(0, orders, 2000):
        sample = Orders(market, shop, min(2000, orders - begin), rng)
        sample.draw()
        for month in range(MONTHS):
            total[month] += sample.revenue(season[month])
    index = total / total.mean(axis=0)
    return dict(zip(market.categories, index.T))
