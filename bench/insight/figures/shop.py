"""A shop of two years, made from a seed: the CSV files that `vitrine import csv` reads, and the same rows as arrays.

At a scale of 1 there are 1 million orders with some 2.5 million lines, 10 million views and carts, 100,000 customers
and 20,000 items. Some orders are by guests, who are known by their session alone, some have no order number; lines are
cancelled, sent back (as a state, or as an event of its own on a later day), refunded in part, without a price, or of
items whose cost is not known.
"""

import os

import numpy as np

DAYS = 730
END = 20758 * 86400  # 2026-11-01, the end of the last day
FIELDS = ["kind", "time", "user", "session", "item", "quantity", "price", "discount", "order", "line", "state",
          "refunded"]
KINDS, STATES = ["purchase", "return", "view", "cart"], ["sold", "cancelled", "returned"]
NONE = -1
CHUNK = 1 << 20  # rows that are lists at a time: a list takes 36 bytes a number


def make_items(random, n):
    category = random.integers(0, 40, n)
    price = np.maximum(50, np.round(np.exp(random.normal(3.3, 0.9, n)) * 100)).astype(np.int64)
    cost = np.where(random.random(n) < 0.9, np.round(price * random.uniform(0.4, 0.8, n)), NONE).astype(np.int64)
    return {"top": category // 5, "category": category, "brand": random.integers(0, 60, n), "price": price,
            "cost": cost}


def make_times(random, n):
    """Moments of two years, more of them towards the end, fewer at night."""
    day = np.floor(DAYS * np.sqrt(random.uniform(0.1, 1, n))).astype(np.int64)
    second = np.clip(random.normal(54000, 14000, n), 0, 86399).astype(np.int64)
    return END - DAYS * 86400 + np.minimum(day, DAYS - 1) * 86400 + second


def make_users(random, time, users):
    """Customers who come one after the other: at the beginning a fifth of them, at the end all."""
    known = users * (0.2 + 0.8 * (time - END + DAYS * 86400) / (DAYS * 86400))
    return np.floor(known * random.random(len(time))).astype(np.int64)


def make_lines(random, items, orders, users, sessions):
    """Order lines, and returns that are events of their own."""
    size = 1 + random.poisson(1.5, orders)
    order = np.repeat(np.arange(orders), size)
    n = len(order)
    begin = np.cumsum(size) - size
    guest = random.random(orders) < 0.08
    time = make_times(random, orders)
    user = np.where(guest, NONE, make_users(random, time, users))
    numbered = random.random(orders) >= 0.02
    session = np.where(guest | (random.random(orders) < 0.7), random.integers(0, sessions, orders), NONE)
    item = np.floor(len(items["price"]) * random.random(n) ** 2).astype(np.int64)
    quantity = 1 + random.poisson(0.3, n)
    price = np.round(items["price"][item] * random.choice([1, 1, 1, 0.9, 0.8], n)).astype(np.int64)
    gross = quantity * price
    discount = np.where(random.random(n) < 0.2, np.round(gross * 0.1), NONE).astype(np.int64)
    state = random.choice(3, n, p=[0.95, 0.03, 0.02])
    lines = {
        "kind": np.zeros(n, np.int64), "time": time[order], "user": user[order],
        "session": session[order], "item": item, "quantity": quantity,
        "price": np.where(random.random(n) < 0.005, NONE, price), "discount": discount,
        "order": np.where(numbered, np.arange(orders), NONE)[order],
        "line": np.arange(n) - begin[order] + 1, "state": state,
        "refunded": np.where((state == 0) & (random.random(n) < 0.01), gross // 3, NONE),
    }
    lines["line"][lines["order"] == NONE] = NONE
    back = np.flatnonzero((state == 0) & (random.random(n) < 0.04) & (lines["time"] < END - 40 * 86400))
    returns = {name: column[back].copy() for name, column in lines.items()}
    returns["kind"][:] = 1
    returns["time"] += random.integers(1, 30, len(back)) * 86400
    returns["refunded"][:] = NONE
    returns["session"] = np.where(returns["user"] == NONE, returns["session"], NONE)
    part = random.random(len(back)) < 0.3
    returns["refunded"][part] = (returns["quantity"] * np.maximum(returns["price"], 0))[part] // 2
    return {name: np.concatenate([lines[name], returns[name]]) for name in FIELDS}


def make_visits(random, items, n, users, sessions):
    """Views and carts: sessions of some ten events near each other, or a customer's without a session."""
    session = random.integers(0, sessions, n)
    begin = make_times(random, sessions)
    of = make_users(random, begin, users)
    of[random.random(sessions) < 0.35] = NONE
    user = of[session]
    loose = (random.random(n) < 0.25) & (user != NONE)
    time = np.minimum(begin[session] + random.integers(0, 2400, n), END - 1)
    none = np.broadcast_to(NONE, n)
    return {"kind": np.where(random.random(n) < 0.12, 3, 2), "time": time, "user": user,
            "session": np.where(loose, NONE, session),
            "item": np.floor(len(items["price"]) * random.random(n) ** 2).astype(np.int64), "quantity": none,
            "price": none, "discount": none, "order": none, "line": none, "state": np.broadcast_to(0, n),
            "refunded": none}


def narrow(table):
    """The same with 4 bytes a number (times of this shop fit, too); columns of one value stay one value."""
    return {name: column if column.strides == (0,) else column.astype(np.int32) for name, column in table.items()}


def make(scale, visits_share=1, seed=42):
    """Items, and all events in order of time numbered to tell equal rows apart; a share of views and carts."""
    random = np.random.default_rng(seed)
    users, sessions = max(10, round(1e5 * scale)), max(10, round(1e6 * scale * visits_share))
    items = make_items(random, max(10, round(2e4 * scale)))
    lines = make_lines(random, items, round(1e6 * scale), users, sessions)
    lines = narrow(lines)
    visits = narrow(make_visits(random, items, round(1e7 * scale * visits_share), users, sessions))
    for table in lines, visits:
        in_order = np.argsort(table["time"], kind="stable")
        for name, column in table.items():
            if column.strides != (0,):
                table[name] = column[in_order]
    return items, lines, visits


def category_name(category):
    return f"C{category // 5} > S{category}"


def money(minor):
    return "" if minor == NONE else f"{minor // 100}.{minor % 100:02d}"


def write_csv(folder, items, lines, visits):
    """items.csv and events.csv."""
    with open(os.path.join(folder, "items.csv"), "w", encoding="utf-8") as file:
        file.write("id,title,category,brand,price,cost,currency\n")
        columns = [items[name].tolist() for name in ("category", "brand", "price", "cost")]
        for i, (category, brand, price, cost) in enumerate(zip(*columns)):
            file.write(f"i{i},Item {i},{category_name(category)},B{brand},{money(price)},{money(cost)},EUR\n")
    with open(os.path.join(folder, "events.csv"), "w", encoding="utf-8") as file:
        file.write("id,kind,time,user,session,item,quantity,unit_price,discount,order_id,line,line_state,refunded,"
                   "currency\n")
        number = 0
        parts = ([table[name][at:at + CHUNK].tolist() for name in FIELDS] for table in (lines, visits)
                 for at in range(0, len(table["kind"]), CHUNK))
        for part in parts:
            for kind, time, user, session, item, quantity, price, discount, order, line, state, refunded in zip(*part):
                number += 1
                sale = kind < 2
                file.write(f"e{number},{KINDS[kind]},{time},{f'u{user}' if user >= 0 else ''},"
                           f"{f's{session}' if session >= 0 else ''},i{item},{quantity if sale else ''},{money(price)},"
                           f"{money(discount)},{f'o{order}' if order >= 0 else ''},{line if line >= 0 else ''},"
                           f"{STATES[state] if sale else ''},{money(refunded)},{'EUR' if sale else ''}\n")
