#!/usr/bin/env python3
"""soak.py PROGRAM SECONDS: readers and writers at once for a long time: every answer is right, memory does not grow.

The shop stays the same size but for a trickle of new events, so what grows is lost. Compared are the medians of the
resident memory in the second and in the last fifth of the time.
"""

import collections
import json
import random
import statistics
import sys
import threading
import time

from served import Served

ITEMS, USERS, EVENTS, CLIENTS = 2000, 2000, 20000, 6
GROWTH = 8 << 20  # bytes that the allocator and the new events may take


def item(n):
    return {"id": "i%d" % n, "title": "Jug %d of clay" % n, "category": "Home > %d" % (n % 9), "price": 3 + n % 50}


def event(n):
    return {"id": "e%d" % n, "kind": ("view", "purchase", "rating")[n % 3], "user": "u%d" % (n * 7 % USERS),
            "item": "i%d" % (n * n % ITEMS), "value": 4 if n % 3 == 2 else None, "time": 1790000000 + n * 60,
            "unit_price": 3 if n % 3 == 1 else None}


def requests(rng, count):
    """One request: method, path, body and the statuses that it may have."""
    user, one, n = "u%d" % rng.randrange(USERS), "i%d" % rng.randrange(ITEMS), rng.randrange(EVENTS)
    rows = [
        (30, "GET", "/v1/users/%s/recommendations?n=10&explain=1" % user, None, (200,)),
        (10, "GET", "/v1/items/%s/similar" % one, None, (200,)),
        (5, "GET", "/v1/items/%s/complements" % one, None, (200,)),
        (5, "POST", "/v1/carts/recommendations", {"items": [one, "i1"]}, (200,)),
        (5, "GET", "/v1/trending?n=20", None, (200,)),
        (5, "GET", "/v1/search?q=clay+jug", None, (200,)),
        (5, "GET", "/v1/items/%s" % one, None, (200,)),
        (2, "GET", "/v1/events?n=100&user=%s" % user, None, (200,)),
        (10, "POST", "/v1/events", event(n), (200,)),
        (2, "POST", "/v1/events", [event(k % EVENTS) for k in range(n, n + 100)], (200,)),
        (3, "PATCH", "/v1/items/%s" % one, {"price": 3 + n % 50}, (200,)),
        (2, "PUT", "/v1/users/%s" % user, {"region": "North" if n % 2 else "South"}, (200, 201)),
        (1, "GET", "/v1/insight/overview?period=30d", None, (200,)),
        (1, "GET", "/metrics", None, (200,)),
        (1, "GET", "/v1/items/none", None, (404,)),
        (1, "POST", "/v1/events", "{", (400,)),
        (1, "POST", "/v1/events", {"kind": "view", "user": user, "item": one}, (201,)),
    ]
    row = rng.choices(rows, [row[0] for row in rows])[0]
    count[row[1] + " " + row[2].split("?")[0].replace(user, "U").replace(one, "I")] += 1
    return row[1:]


def client(server, seed, until, count, wrong):
    rng = random.Random(seed)
    connection = server.connect()
    while time.monotonic() < until and not wrong:
        method, path, body, good = requests(rng, count)
        data = body.encode() if isinstance(body, str) else body
        status, _, answer = server.request(method, path, data, connection=connection)
        if status not in good:
            wrong.append("%s %s: %d %s" % (method, path, status, json.dumps(answer)[:400]))
    connection.close()


def resident(server):
    with open("/proc/%d/statm" % server.process.pid, encoding="ascii") as statm:
        return int(statm.read().split()[1]) * 4096


def main():
    seconds = float(sys.argv[2])
    with Served(sys.argv[1], "--insecure-local", "--retrain", "off") as server:
        for rows, path in ((list(map(item, range(ITEMS))), "items"), (list(map(event, range(EVENTS))), "events")):
            for at in range(0, len(rows), 5000):
                status, _, body = server.request("POST", "/v1/" + path, rows[at:at + 5000])
                assert status == 200 and body["refused"] == 0, body
        server.end()
        server.vitrine("train", "itemknn")
        server.start()
        begun, wrong, count = time.monotonic(), [], [collections.Counter() for _ in range(CLIENTS)]
        threads = [threading.Thread(target=client, args=(server, n, begun + seconds, count[n], wrong))
                   for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        parts = [[] for _ in range(5)]
        while any(thread.is_alive() for thread in threads):
            parts[min(4, int(5 * (time.monotonic() - begun) / seconds))].append(resident(server))
            time.sleep(min(1, seconds / 50))
        for thread in threads:
            thread.join()
        total = sum(count, collections.Counter())
        medians = [statistics.median(part) for part in parts if part]
        print("%d requests in %.0f s: %s" % (sum(total.values()), seconds, dict(total)))
        print("resident memory in MiB by fifths of the time: %s" % " ".join("%.1f" % (m / 2**20) for m in medians))
        assert not wrong, wrong
        assert medians[-1] - medians[1] < GROWTH, "the server grows"
        code = server.end()
        assert code == 0, (code, server.log())
    print("soak: 1 passed, 0 failed")


if __name__ == "__main__":
    main()
