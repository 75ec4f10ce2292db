"""The figures and tables of an overview, asked of DuckDB: typed columns in order of time, one thread.

The first order of each customer is a column of a table, as the shop in memory has it ready; so are the bounds of bands
of prices, and whether an event tells what a line says of its return. What a line counts is that of docs/metrics.md,
"Figures of a shop".
"""

import duckdb
import numpy as np

DAY = 86400
SUMS = ["gross", "discounts", "returns", "units", "known", "cost", "costed"]
GROUPS = ["category", "brand", "price", "customers"]


def connect(path):
    connection = duckdb.connect(path)
    connection.execute("SET threads = 1")
    return connection


def build(path, items, lines, visits):
    """A file with the tables items, lines, visits and firsts."""
    connection = connect(path)
    tables = {
        "items": {"item": np.arange(len(items["price"])), **items},
        "lines": {**lines, "cost": items["cost"][lines["item"]]},
        "visits": {name: visits[name] for name in ("kind", "time", "user", "session", "item")},
    }
    types = {"time": "BIGINT", "kind": "UTINYINT", "state": "UTINYINT", "quantity": "SMALLINT", "top": "SMALLINT",
             "category": "SMALLINT", "brand": "SMALLINT", "line": "SMALLINT"}
    for table, columns in tables.items():
        names = {name: f'"{name}"' for name in columns}
        select = ", ".join(f"NULLIF({quoted}, -1)::{types.get(name, 'INTEGER')} AS {quoted}"
                           for name, quoted in names.items())
        connection.execute(f"CREATE TABLE {table} AS SELECT {select} FROM columns")
    connection.execute('CREATE TABLE firsts AS SELECT "user", min(time) AS first FROM lines '
                       'WHERE kind = 0 AND state <> 1 AND "user" IS NOT NULL GROUP BY ALL')
    connection.execute(TOLD)
    connection.execute("CHECKPOINT")
    connection.close()


def round_price(price):
    best, power = 1, 1
    while power <= price:
        for step in (power, 2 * power, power * 5 // 2 if power >= 10 else power, 5 * power, 10 * power):
            best = step if abs(step - price) < abs(best - price) else best
        power *= 10
    return best


def bands(prices):
    """Bounds between bands of prices: round numbers near the fifths."""
    ordered, bounds = np.sort(prices[prices > 0]), []
    for fifth in range(1, 5):
        bound = round_price(int(ordered[len(ordered) * fifth // 5]))
        if not bounds or bound > bounds[-1]:
            bounds.append(bound)
    return bounds


TOLD = """
    CREATE OR REPLACE TABLE lines AS
    SELECT l.*, l.kind = 0 AND t.item IS NOT NULL AS told
    FROM lines l LEFT JOIN (SELECT DISTINCT "order", item FROM lines WHERE kind = 1 AND state <> 1) t
        ON t."order" = l."order" AND t.item = l.item
    ORDER BY l.rowid"""
GROSS = "CASE WHEN l.price IS NULL THEN 0 ELSE l.quantity * l.price END"
LINES = """
    SELECT l.*, {gross} AS gross, coalesce(l.discount, 0) AS off, l.time >= {now_from} AS now,
        CASE WHEN l.told THEN 0 ELSE
            coalesce(l.refunded, CASE WHEN l.kind = 1 OR l.state = 2 THEN {gross} - coalesce(l.discount, 0) ELSE 0 END)
            END AS back
    FROM lines l {joins}
    WHERE {times} AND l.state <> 1 {filters}"""
YEAR = """
    CREATE OR REPLACE TEMP TABLE premium AS
    WITH spent AS (
        SELECT l."user", sum(CASE WHEN l.kind = 0 THEN {gross} - coalesce(l.discount, 0) ELSE 0 END
            - CASE WHEN l.told THEN 0 ELSE coalesce(l.refunded,
                CASE WHEN l.kind = 1 OR l.state = 2 THEN {gross} - coalesce(l.discount, 0) ELSE 0 END) END) AS revenue
        FROM lines l WHERE l.time >= {year_from} AND l.time < {now_until} AND l.state <> 1 AND l."user" IS NOT NULL
        GROUP BY ALL HAVING revenue > 0)
    SELECT "user" FROM spent WHERE revenue >= (
        SELECT revenue FROM spent ORDER BY revenue DESC
        LIMIT 1 OFFSET (SELECT greatest(count(*) // 10, 1) - 1 FROM spent))"""
SUM_COLUMNS = """
    sum(gross) FILTER (kind = 0) AS gross, sum(off) FILTER (kind = 0) AS discounts, sum(back) AS returns,
    sum(quantity) FILTER (kind = 0) AS units,
    sum(CASE WHEN kind = 1 THEN -back ELSE gross - off - back END)
        FILTER (cost IS NOT NULL AND (kind = 1 OR price IS NOT NULL)) AS known,
    sum(CASE WHEN kind = 1 THEN -quantity * cost WHEN state = 2 AND NOT told THEN 0 ELSE quantity * cost END)
        FILTER (cost IS NOT NULL AND (kind = 1 OR price IS NOT NULL)) AS cost,
    count(*) FILTER (kind = 0 AND cost IS NOT NULL AND price IS NOT NULL) AS costed"""
SALES = """
    WITH l AS MATERIALIZED (
        SELECT l.*, i.{level} AS category, i.brand, {band} AS band,
            (l.time - {begin}) // 86400 AS day, f.first,
            CASE WHEN l."user" IS NULL THEN 3 WHEN p."user" IS NOT NULL THEN 2
                WHEN f.first IS NULL OR f.first >= CASE WHEN l.now THEN {now_from} ELSE {before_from} END THEN 0
                ELSE 1 END AS customer
        FROM ({lines}) l JOIN items i USING (item) LEFT JOIN premium p ON p."user" = l."user"
            LEFT JOIN firsts f ON f."user" = l."user" {customers}),
    o AS MATERIALIZED (
        SELECT now, coalesce("order", -1 - coalesce("user", 1000000000 + session)) AS number,
            CASE WHEN "order" IS NULL THEN day END AS loose, min(day) AS day, any_value("user") AS "user",
            any_value(first) AS first
        FROM l WHERE kind = 0 GROUP BY now, number, loose),
    u AS (SELECT now, "user", count(*) AS orders, any_value(first) AS first FROM o WHERE "user" IS NOT NULL
        GROUP BY now, "user")
    SELECT 0 AS grouping, now, NULL AS key, {sums}, NULL AS orders, NULL AS new, NULL AS again FROM l GROUP BY now
    UNION ALL SELECT 1, now, category, {sums}, NULL, NULL, NULL FROM l GROUP BY now, category
    UNION ALL SELECT 2, now, brand, {sums}, NULL, NULL, NULL FROM l GROUP BY now, brand
    UNION ALL SELECT 3, now, band, {sums}, NULL, NULL, NULL FROM l WHERE price IS NOT NULL GROUP BY now, band
    UNION ALL SELECT 4, now, customer, {sums}, NULL, NULL, NULL FROM l GROUP BY now, customer
    UNION ALL SELECT 5, now, day, {sums}, NULL, NULL, NULL FROM l GROUP BY now, day
    UNION ALL SELECT 6, now, day, 0, 0, 0, 0, 0, 0, 0, count(*), NULL, NULL FROM o GROUP BY now, day
    UNION ALL SELECT 7, now, NULL, 0, 0, 0, 0, 0, 0, 0, count(*),
        count(*) FILTER (first >= CASE WHEN now THEN {now_from} ELSE {before_from} END),
        count(*) FILTER (orders > 1 OR first < CASE WHEN now THEN {now_from} ELSE {before_from} END)
    FROM u GROUP BY now"""
FUNNEL = """
    WITH e AS MATERIALIZED (
        SELECT v.now, v."user", v.session, v.time, v.flag
        FROM (
            SELECT l.time >= {now_from} AS now, l."user", session, time,
                CASE l.kind WHEN 2 THEN 1 WHEN 3 THEN 2 ELSE 0 END AS flag
            FROM visits l {visit_joins} WHERE {times} {visit_filters}
            UNION ALL SELECT now, "user", session, time, 4 FROM ({lines}) WHERE kind = 0) v {visit_customers}),
    w AS (
        SELECT now, bit_or(flag) AS flags FROM e WHERE session IS NOT NULL GROUP BY now, session
        UNION ALL SELECT now, bit_or(flag) FROM e WHERE session IS NULL GROUP BY now, "user", time // 86400)
    SELECT now, count(*) FILTER (flags & 1 > 0), count(*) FILTER (flags & 5 = 5), count(*) FILTER (flags & 3 = 3),
        count(*) FILTER (flags & 2 > 0), count(*) FILTER (flags & 6 = 6),
        any_value(a.active)
    FROM w JOIN (SELECT now, count(DISTINCT "user") AS active FROM e GROUP BY now) a USING (now) GROUP BY now"""


def conditions(question, bounds):
    """The texts that the queries are made with. Values are numbers of this program."""
    p, q = question["now"], question["before"]
    times = f"l.time >= {p[0]} AND l.time < {p[1]}"
    if q:
        times = (f"l.time >= {q[0]} AND l.time < {p[1]}" if q[1] == p[0] else
                 f"({times} OR l.time >= {q[0]} AND l.time < {q[1]})")
    item, low, high = "", question.get("low"), question.get("high")
    for column in "top", "brand":
        item += f" AND i.{column} = {question[column]}" if column in question else ""
    price = (f" AND {{}} >= {low}" if low is not None else "") + (f" AND {{}} <= {high}" if high is not None else "")
    visit_price = price.replace("{}", "i.price")
    before_from = q[0] if q else p[0]
    new = question.get("customers") == "new"
    texts = {
        "gross": GROSS, "now_from": p[0], "now_until": p[1], "before_from": before_from, "begin": before_from,
        "year_from": p[1] - 365 * DAY, "times": times, "sums": SUM_COLUMNS,
        "joins": "JOIN items i ON i.item = l.item" if item else "",
        "filters": item + price.replace("{}", "l.price"), "level": "category" if "top" in question else "top",
        "band": " + ".join(f"(l.price >= {bound})::INTEGER" for bound in bounds) or "0",
        "customers": "WHERE customer = 0" if new else "",
        "visit_joins": "JOIN items i ON i.item = l.item" if item or price else "",
        "visit_filters": item + visit_price,
        "visit_customers": "",
    }
    if new:
        texts["visit_customers"] = (
            'LEFT JOIN premium p ON p."user" = v."user" LEFT JOIN firsts f ON f."user" = v."user" '
            'WHERE v."user" IS NOT NULL AND p."user" IS NULL AND '
            f"(f.first IS NULL OR f.first >= CASE WHEN v.now THEN {p[0]} ELSE {before_from} END)")
    texts["lines"] = LINES.format(**texts)
    return texts


def sales(connection, question, bounds):
    """Rows of the total and of all groups."""
    texts = conditions(question, bounds)
    connection.execute(YEAR.format(**texts))
    return connection.execute(SALES.format(**texts)).fetchall()


def overview(connection, question, bounds):
    """Rows of sales, and those of visits."""
    rows = sales(connection, question, bounds)
    return rows, connection.execute(FUNNEL.format(**conditions(question, bounds))).fetchall()
