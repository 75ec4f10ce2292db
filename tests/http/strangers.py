#!/usr/bin/env python3
"""strangers.py PROGRAM CALLS: two shops, and random calls of each without a key, or with one that opens it not.

Nothing but 401 and 404 comes back, and nothing of a shop in any answer.
"""

import os
import random
import re
import subprocess
import sys

from served import Served

MARK = "Zanzibar"  # in everything that a shop knows


def vitrine(program, shop, *arguments):
    return subprocess.run([program, "--quiet", "--shop", shop, *arguments], capture_output=True, text=True,
                          check=True).stdout.strip()


def fill(server, name, key):
    headers = {"Authorization": "Bearer " + key}
    for path, body in (("items", [{"id": MARK + str(n), "title": MARK + " jug", "brand": MARK} for n in range(9)]),
                       ("users", [{"id": MARK + str(n), "region": MARK} for n in range(9)]),
                       ("events", [{"id": "e%d" % n, "kind": "purchase", "user": MARK + "1", "item": MARK + str(n % 9),
                                    "order": MARK, "unit_price": 3} for n in range(30)])):
        status, _, answer = server.request("POST", "/shops/%s/v1/%s" % (name, path), body, headers)
        assert status == 200 and answer["refused"] == 0, answer


def calls(document, chance):
    """Endless: method, path, query and body of routes that need a key."""
    routes = [(path, method.upper(), operation) for path, methods in document["paths"].items()
              for method, operation in methods.items() if operation["security"]]
    while True:
        path, method, operation = chance.choice(routes)
        path = re.sub(r"\{\w+\}", lambda _: chance.choice([MARK + "1", "%2e%2e", "..%2Fa", "overview", "a%2Fb"]), path)
        names = [p["name"] for p in operation["parameters"] if p["in"] == "query"] + ["nothing"]
        query = "&".join("%s=%s" % (chance.choice(names), chance.choice(["1", MARK, "true", "", "-1", "%2F"]))
                         for _ in range(chance.randrange(3)))
        body = chance.choice([None, b"{}", b"[]", b"{", b'{"id": "x", "title": "y"}', b'{"kind": "view", "item": "x"}'])
        yield method, path + ("?" + query if query else ""), body if method in ("POST", "PUT", "PATCH") else None


def main():
    program, count, seed = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(os.environ.get("SEED", "1"))
    chance, wrong, counts = random.Random(seed), [], {}
    with Served(program) as server:
        server.end()
        shops = os.path.join(server.folder.name, "shops")
        os.mkdir(shops)
        keys = {name: vitrine(program, os.path.join(shops, name), "key", "create", "--name", name, "--scope",
                              "read,events,write,report,admin") for name in ("a", "b")}
        server.options = ["--shops", shops]
        server.start()
        for name, key in keys.items():
            fill(server, name, key)
        status, _, document = server.request("GET", "/v1/openapi.json")
        assert status == 200 and len(document["paths"]) > 15
        made, connection = calls(document, chance), server.connect()
        for _ in range(count):
            method, path, body = next(made)
            shop, other = chance.choice([("a", "b"), ("b", "a")])
            key = chance.choice([keys[other], keys[other], None, "vtr_" + "A" * 48, keys[shop][:-1], keys[shop] + "A",
                                 keys[shop].upper(), ""])
            headers = {} if key is None else {"Authorization": "Bearer " + key}
            where = chance.choice(["/shops/" + name for name in (shop, shop, shop + "%2F..%2F" + other, "c")] + [""])
            status, _, answer = server.request(method, where + path, body, headers, connection)
            counts[status] = counts.get(status, 0) + 1
            if status not in (401, 404) or (MARK in str(answer) and MARK not in path):
                wrong.append("%s %s%s: %d %s" % (method, where, path, status, str(answer)[:200]))
        for shop in keys:
            headers = {"Authorization": "Bearer " + keys[shop]}
            status, _, answer = server.request("GET", "/shops/%s/v1/items/%s1" % (shop, MARK), None, headers)
            good = status == 200 and answer["title"] == MARK + " jug"
            wrong += [] if good else ["shop %s was changed: %s" % (shop, answer)]
        code = server.end()
        wrong += [] if code == 0 else ["the server ends with %d" % code]
    print("\n".join(wrong[:20]))
    print("seed %d: %d calls, %s: %s" % (seed, count, counts, "not as it should be" if wrong else "all is well"))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
