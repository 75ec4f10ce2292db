#!/usr/bin/env python3
"""Makes the small demo shop: tests/data/small/meta.jsonl and reviews.jsonl in the form of the Amazon 2023 edition.

Products come from catalogue.txt. Customers are made up: each has one or two favourite shelves, an interest that moves
on in the second year, and buys with the season; so there is something to learn, and it is known what. The same seed
gives the same bytes on every machine (only random.random() is drawn, whose stream is promised to stay).

    python3 tests/data/make_small.py            writes the two files
    python3 tests/data/make_small.py --check    fails when the files differ from what would be written
"""

import bisect
import json
import math
import os
import random
import sys
import time

SEED = 20240229
CUSTOMERS = 300
REVIEWS = 2900
START = 1640995200  # 2022-01-01 00:00:00 UTC
DAY = 86400
DAYS = 730

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "small")

# Shelves that one interest joins: who buys from the first often buys from the others.
KIN = {
    "Green Tea": ["Herbal", "Black Tea"], "Black Tea": ["Green Tea", "Letters"], "Coffee": ["Cycling", "Crime"],
    "Herbal": ["Green Tea", "Indoor Plants"], "Baking": ["Cookery", "Preserving"], "Knives": ["Spices", "Cookery"],
    "Spices": ["Cookery", "Knives"], "Preserving": ["Vegetables", "Baking"], "Vegetables": ["Tools", "Preserving"],
    "Flowers": ["Tools", "Nature"], "Tools": ["Flowers", "Vegetables"], "Indoor Plants": ["Herbal", "Drawing"],
    "Crime": ["Fantasy", "Black Tea"], "Nature": ["Hiking", "Flowers"], "Fantasy": ["Crime", "Notebooks"],
    "Cookery": ["Baking", "Spices"], "Fountain Pens": ["Notebooks", "Letters"],
    "Notebooks": ["Fountain Pens", "Drawing"], "Drawing": ["Notebooks", "Nature"],
    "Letters": ["Fountain Pens", "Black Tea"], "Hiking": ["Camping", "Nature"], "Camping": ["Hiking", "Cycling"],
    "Cycling": ["Camping", "Coffee"], "Winter": ["Black Tea", "Hiking"],
}

# Month in which a shelf sells best; others sell all the year.
PEAK = {"Vegetables": 3, "Flowers": 4, "Tools": 4, "Preserving": 8, "Camping": 6, "Cycling": 5, "Hiking": 7,
        "Winter": 11, "Letters": 11, "Baking": 10}

NAMES = """ada alma anton arne bea ben bruno carla cem clara dario dora edda elias emil enzo esra felix finn greta hana
hugo ida igor ines ivan jana jonas juno kai karla lars lea leo lina louis luca maja mara marek max mia mila nadia nils
nora olga oskar otto paula pia quinn rana remi rosa ruben sam sara selma tara theo tilda timo toni uma vera viktor wanda
yara yusuf zoe""".split()

TITLES = {
    5: ["Wonderful", "Exactly right", "Would buy again", "Love it", "Five stars", "A small joy", "Perfect", "Best {n}"],
    4: ["Very good", "Good {n}", "Nearly perfect", "Happy with it", "Recommended", "Does its job well"],
    3: ["It is all right", "Mixed feelings", "Fair {n}", "Not bad, not great", "Average"],
    2: ["Disappointed", "Expected more", "Not for me", "Poor {n}"],
    1: ["Sent it back", "Waste of money", "Avoid", "Broken on arrival", "Terrible"],
}
BODIES = {
    5: ["I use it every day and would not be without it.", "Better than I had hoped, and it came quickly.",
        "A present for my sister, who now wants another.", "{b} knows what they do. Excellent quality.",
        "My third {n} and the best so far.", "Beautiful, well made and worth every cent.",
        "Great {n}. The whole family loves it."],
    4: ["Really good, only the packaging could be better.", "Good quality from {b}; a little dear.",
        "Does what it should. One star less for slow delivery.", "A nice {n}, I would choose it again.",
        "Pleasant surprise for the price."],
    3: ["It works, but I have had a better {n}.", "All right for the price, nothing special.",
        "Good idea, average finish.", "Some days I like it, some days I do not."],
    2: ["Not what the description promised.", "The {n} feels cheap for what it costs.",
        "Used it twice, now it stands in a drawer.", "I expected more from {b}."],
    1: ["Arrived damaged and nobody answered my mail.", "The worst {n} I ever bought.",
        "Useless. I asked for my money back.", "Bad quality, do not buy."],
}
NOUN = {
    "Green Tea": "tea", "Black Tea": "tea", "Coffee": "coffee", "Herbal": "herbs", "Baking": "baking gear",
    "Knives": "kitchen tool", "Spices": "spice", "Preserving": "preserving gear", "Vegetables": "garden buy",
    "Flowers": "garden buy", "Tools": "garden tool", "Indoor Plants": "plant buy", "Crime": "crime story",
    "Nature": "nature find", "Fantasy": "fantasy read", "Cookery": "cookbook", "Fountain Pens": "pen gear",
    "Notebooks": "notebook", "Drawing": "drawing gear", "Letters": "stationery", "Hiking": "hiking gear",
    "Camping": "camping gear", "Cycling": "cycling gear", "Winter": "winter thing",
}


class Draw:
    """Draws from random.random() alone."""

    def __init__(self, seed):
        self.real = random.Random(seed).random

    def below(self, n):
        return int(self.real() * n)

    def pick(self, items):
        return items[self.below(len(items))]

    def normal(self):
        return math.sqrt(-2.0 * math.log(1.0 - self.real())) * math.cos(2.0 * math.pi * self.real())

    def weighted(self, weights):
        total, sums = 0.0, []
        for weight in weights:
            total += weight
            sums.append(total)
        return min(bisect.bisect_right(sums, self.real() * total), len(weights) - 1)


def read_catalogue():
    items, category, shelf = [], "", ""
    with open(os.path.join(HERE, "catalogue.txt"), encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            if line.startswith("= "):
                category, shelf = line[2:].split(" | ")
            elif line and not line.startswith("#"):
                code, title, brand, price, text = line.split("|")
                items.append({"code": code, "title": title, "brand": brand, "text": text, "category": category,
                              "shelf": shelf, "price": None if price == "-" else int(price) / 100})
    return items


def season(shelf, day):
    """How much more a shelf sells on a day of the year: 1 on average, up to 2.6 at its peak."""
    if shelf not in PEAK:
        return 1.0
    away = abs((day % 365) / 365 * 12 - (PEAK[shelf] + 0.5))
    return 0.4 + 2.2 * math.exp(-min(away, 12 - away) ** 2 / 4)


def make_customers(draw, shelves):
    customers = []
    for number in range(CUSTOMERS):
        first = draw.pick(shelves)
        second = draw.pick(KIN[first]) if draw.real() < 0.6 else draw.pick(shelves)
        later = draw.pick(KIN[second])
        taste = {shelf: 0.02 for shelf in shelves}
        for kin in KIN[first]:
            taste[kin] += 0.15
        taste[second] += 1.2
        taste[first] += 2.0
        moved = dict(taste)
        moved[first] -= 1.2
        moved[later] += 1.6
        customers.append({
            "id": "%s-%03d" % (draw.pick(NAMES), number + 1), "taste": taste, "moved": moved,
            "drift": draw.real() < 0.4,
            "activity": math.exp(0.75 * draw.normal()), "start": int(draw.real() ** 1.4 * (DAYS - 60)),
            "mild": 0.35 * draw.normal()})
    return customers


def choose_item(draw, items, customer, day, had):
    taste = customer["moved"] if customer["drift"] and day > 365 else customer["taste"]
    weights = []
    for item in items:
        weight = taste[item["shelf"]] * item["appeal"] * season(item["shelf"], day)
        if day < item["from"]:
            weight = 0.0
        elif item["code"] in had:
            weight *= 0.02
        weights.append(weight)
    return items[draw.weighted(weights)]


def rate(draw, item, customer, day):
    taste = customer["moved"] if customer["drift"] and day > 365 else customer["taste"]
    mean = 4.3 + item["quality"] + customer["mild"] + (0.35 if taste[item["shelf"]] > 0.5 else -0.5)
    return max(1, min(5, round(mean + 1.05 * draw.normal())))


def make_reviews(draw, items, customers):
    total = sum(customer["activity"] for customer in customers)
    reviews = []
    for customer in customers:
        count = max(1, round(REVIEWS * customer["activity"] / total))
        count = min(count, 40)
        days = sorted(customer["start"] + draw.below(DAYS - customer["start"]) for _ in range(count))
        had = set()
        for day in days:
            item = choose_item(draw, items, customer, day, had)
            had.add(item["code"])
            stars = rate(draw, item, customer, day)
            words = {"n": NOUN[item["shelf"]], "b": item["brand"]}
            when = START + day * DAY + 6 * 3600 + draw.below(17 * 3600)
            reviews.append({
                "rating": float(stars), "title": draw.pick(TITLES[stars]).format(**words),
                "text": draw.pick(BODIES[stars]).format(**words), "asin": item["code"], "parent_asin": item["code"],
                "user_id": customer["id"], "timestamp": when * 1000, "verified_purchase": draw.real() < 0.9})
    reviews.sort(key=lambda review: (review["timestamp"], review["user_id"], review["asin"]))
    return reviews


def make_meta(items, reviews):
    lines = []
    for item in items:
        stars = [review["rating"] for review in reviews if review["asin"] == item["code"]]
        lines.append({
            "main_category": item["category"], "title": item["title"],
            "average_rating": round(sum(stars) / len(stars), 1) if stars else None, "rating_number": len(stars),
            "features": [], "description": [item["text"] + "."], "price": item["price"], "images": [], "videos": [],
            "store": item["brand"], "categories": [item["category"], item["shelf"]], "details": {},
            "parent_asin": item["code"], "bought_together": None})
    return lines


def as_lines(rows):
    return "".join(json.dumps(row, separators=(",", ":"), ensure_ascii=False) + "\n" for row in rows)


def main():
    draw = Draw(SEED)
    items = read_catalogue()
    for item in items:
        item["appeal"] = math.exp(0.5 * draw.normal())
        item["quality"] = 0.45 * draw.normal()
        item["from"] = 0 if draw.real() < 0.8 else draw.below(600)
    items[-1]["from"] = DAYS + 1  # announced and not on sale yet: in the catalogue, never bought
    shelves = sorted({item["shelf"] for item in items})
    reviews = make_reviews(draw, items, make_customers(draw, shelves))
    files = {"reviews.jsonl": as_lines(reviews), "meta.jsonl": as_lines(make_meta(items, reviews))}
    if "--check" in sys.argv[1:]:
        for name, text in files.items():
            with open(os.path.join(OUT, name), encoding="utf-8") as file:
                if file.read() != text:
                    sys.exit("tests/data/small/%s differs from what make_small.py writes: run it and commit" % name)
        return
    os.makedirs(OUT, exist_ok=True)
    for name, text in files.items():
        with open(os.path.join(OUT, name), "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    last = time.strftime("%Y-%m-%d", time.gmtime(reviews[-1]["timestamp"] / 1000))
    print("%d products, %d customers, %d reviews to %s" % (len(items), CUSTOMERS, len(reviews), last))


if __name__ == "__main__":
    main()
