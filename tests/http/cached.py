#!/usr/bin/env python3
"""cached.py PROGRAM

A list that was made is given again, and is never older than what it hangs on. Each case asks until the list is given
again, changes one thing, and expects that the next list is a new one, equal to what is made without a cache (the same
address in another spelling), and shows the change.
"""

import itertools
import re
import sys
import time

from served import Served

FOREVER = ["--insecure-local", "--no-encode", "--retrain", "off", "--result-cache", "8", "--result-seconds", "3600"]
failures = []


def check(what, true, *shown):
    if not true:
        failures.append(what)
        print("not as expected:", what, *shown)


def counts(server):
    text = server.request("GET", "/metrics")[2]
    return {name: float(re.search(rf"^vitrine_result_cache_{name} (\S+)$", text, re.M).group(1))
            for name in ("hits_total", "misses_total", "entries", "bytes")}


def lists(server, path):
    status, _, body = server.request("GET", path)
    assert status == 200, body
    return body


def without_id(body):
    return {name: value for name, value in body.items() if name != "request"}


spellings = itertools.count(1)


def fresh(server, user, query):
    """The list by an address that nobody has asked for: some letters of the id are written as %XX."""
    number = next(spellings)
    name = "".join("%%%02X" % ord(c) if number >> at & 1 else c for at, c in enumerate(user))
    zeros = "0" * (number >> len(user))
    return lists(server, f"/v1/users/{name}/recommendations?n={zeros}{query}")


def items(body):
    return [row["item"] for row in body["items"]]


class Case:
    """Is the list of `user` given again before, and a new one after what is done inside."""

    def __init__(self, server, name, user="u0", query="3", again=False):
        self.server, self.name, self.user, self.query, self.again = server, name, user, query, again

    def ask(self):
        before = counts(self.server)["hits_total"]
        body = lists(self.server, f"/v1/users/{self.user}/recommendations?n={self.query}")
        return body, counts(self.server)["hits_total"] > before

    def __enter__(self):
        self.ask()
        self.before, hit = self.ask()
        check(f"{self.name}: the list is given again before", hit)
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.after, hit = self.ask()
            check(f"{self.name}: the list is {'given again' if self.again else 'made anew'} after", hit == self.again)
            expected = fresh(self.server, self.user, self.query)
            if not self.again:
                check(f"{self.name}: it is what is made without a cache",
                      without_id(self.after) == without_id(expected), self.after, expected)
        return False


def fill(server):
    stock = [{"id": f"i{n}", "title": f"Jug {n}", "brand": "Acme", "price": 10 + n} for n in range(24)]
    assert server.request("POST", "/v1/items", stock)[0] == 200
    events = [{"kind": "purchase", "user": f"u{u}", "item": f"i{(u * 3 + k * k) % 24}", "id": f"{u}-{k}",
               "time": f"2026-01-{1 + k:02}T00:00:{u % 60:02}Z"} for u in range(60) for k in range(6)]
    assert server.request("POST", "/v1/events", events)[0] == 200
    for kind in ("itemknn", "ials"):
        server.vitrine("train", kind)
    activate(server, "itemknn")


def activate(server, name):
    status, _, body = server.request("POST", f"/v1/models/{name}/activate")
    assert status == 200, body


def own_events(server):
    with Case(server, "an own event") as case:
        bought = items(case.before)[0]
        server.request("POST", "/v1/events", {"kind": "purchase", "user": "u0", "item": bought, "id": "new"})
    check("what was bought is left out at once", bought not in items(case.after), case.after)
    with Case(server, "an own event taken back") as case:
        server.request("DELETE", "/v1/events/new")
    check("what was taken back is there again", bought in items(case.after), case.after)
    with Case(server, "an order"):
        server.request("PUT", "/v1/orders/o1", {"user": "u0", "lines": [{"item": bought, "unit_price": 5}]})
    with Case(server, "an order that is cancelled"):
        server.request("POST", "/v1/orders/o1/cancel")
    with Case(server, "an event of somebody else", again=True):
        server.request("POST", "/v1/events", {"kind": "purchase", "user": "u1", "item": "i0"})
    with Case(server, "a guest who logs in") as case:
        server.request("POST", "/v1/events", {"kind": "purchase", "session": "s1", "item": items(case.before)[1]})
        server.request("POST", "/v1/users/merge", {"from": {"session": "s1"}, "into": "u0"})
    check("what the guest bought is left out", items(case.before)[1] not in items(case.after))


def popular(server):
    """What is popular hangs on everybody's events: for nobody, for somebody unknown, and where a list is filled up."""
    for path in ("/v1/trending?n=3", "/v1/users/nobody/recommendations?n=3", "/v1/users/u2/recommendations?n=24"):
        lists(server, path)
        before = lists(server, path)
        server.request("POST", "/v1/events",
                       [{"kind": "purchase", "user": f"v{n}", "item": "i23"} for n in range(next(spellings) + 70)])
        hits = counts(server)["hits_total"]
        after = lists(server, path)
        check(f"{path} is made anew after anybody's event", counts(server)["hits_total"] == hits)
        check(f"{path} shows it", "u2" in path or (items(after)[0] == "i23" and before != after), after)


def catalogue(server):
    with Case(server, "out of stock") as case:
        gone = items(case.before)[0]
        server.request("PATCH", f"/v1/items/{gone}", {"stock": 0})
    check("what is out of stock leaves at once", gone not in items(case.after))
    with Case(server, "in stock again") as case:
        server.request("PATCH", f"/v1/items/{gone}", {"stock": 5})
    check("what is in stock again is there", gone in items(case.after))
    with Case(server, "a price") as case:
        server.request("PATCH", f"/v1/items/{gone}", {"price": 77})
    check("the price is the new one", 77 in [row["price"] for row in case.after["items"]])
    with Case(server, "an item that goes") as case:
        gone = items(case.before)[1]
        server.request("DELETE", f"/v1/items/{gone}")
    check("an item that went is in no list", gone not in items(case.after))
    with Case(server, "a rule") as case:
        blocked = items(case.before)[0]
        rule = server.request("POST", "/v1/rules", {"action": "block", "what": "item", "name": blocked})[2]["id"]
    check("what is blocked leaves at once", blocked not in items(case.after))
    with Case(server, "a rule that goes") as case:
        server.request("DELETE", f"/v1/rules/{rule}")
    check("what was blocked is there again", blocked in items(case.after))
    with Case(server, "a command that writes") as case:
        server.vitrine("rule", "add", "block", f"item={blocked}")
    check("a rule of a command acts at once", blocked not in items(case.after))


def stamp(ahead):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + ahead))


def dates(server):
    """What ends and begins by its date does so although nothing is told then."""
    before = lists(server, "/v1/users/u3/recommendations?n=3")
    ends, begins = items(before)[:2]
    server.request("PATCH", f"/v1/items/{ends}", {"available_until": stamp(3)})
    server.request("POST", "/v1/rules", {"action": "block", "what": "item", "name": begins, "from": stamp(3)})
    with Case(server, "dates", "u3") as case:
        check("what has not ended is still there", {ends, begins} <= set(items(case.before)), case.before)
        time.sleep(4)
    check("what has ended is gone", ends not in items(case.after), case.after)
    check("a rule that has begun acts", begins not in items(case.after), case.after)


def models(server):
    with Case(server, "another model", "u4") as case:
        activate(server, "ials")
    check("the other model answers", case.after["model"] == "ials" and case.before["model"] == "itemknn")
    with Case(server, "the former model", "u4") as case:
        server.request("POST", "/v1/models/rollback")
    check("the former model answers", case.after["model"] == "itemknn")


def erased(server):
    with Case(server, "an erased user", "u5") as case:
        server.request("DELETE", "/v1/users/u5")
        check("no list is kept of who was erased", counts(server)["entries"] == 0)
    check("of who was erased nothing is known", case.before["history"] == 6 and case.after["history"] == 0)


def shown(server):
    """Each list is told under its own request, with or without a cache."""
    path = "/v1/users/u6/recommendations?n=3&placement=home"
    hits = counts(server)["hits_total"]
    first = lists(server, path)
    server.request("POST", "/v1/events", {"kind": "view", "user": "u7", "item": "i1"})  # what waits is written before
    second = lists(server, path)
    check("a list with a placement is given again", counts(server)["hits_total"] == hits + 1)
    check("each has its own id", first["request"] != second["request"] and items(first) == items(second))
    server.request("POST", "/v1/events", {"kind": "view", "user": "u7", "item": "i1"})
    told = server.request("GET", "/v1/events?user=u6&n=100")[2]["items"]
    for body in (first, second):
        mine = [event["item"] for event in told if event.get("request") == body["request"]]
        check("what was shown is told", sorted(mine) == sorted(items(body)), told)


def bodies(server):
    """Lists by a body are made each time."""
    one, two = (server.request("POST", "/v1/recommendations?n=3", {"events": [{"item": item, "kind": "purchase"}]})[2]
                for item in ("i1", "i7"))
    check("events in a body count", items(one) != items(two), one, two)


def bounded(program):
    options = [*FOREVER[:-3], "1", "--result-seconds", "1"]
    with Served(program, *options) as server:
        fill(server)
        connection = server.connect()
        for n in range(4000):
            path = f"/v1/users/u{n % 50}/recommendations?n={n % 20 + 1}&price=0:{n}"
            server.request("GET", path, None, {}, connection)
        state = counts(server)
        check("its memory is bounded", 200000 < state["bytes"] <= 1 << 20 and state["entries"] < 4000, state)
        with Case(server, "a list that is too old", "u8"):
            time.sleep(2.1)
    with Served(program, *FOREVER[:-3], "0") as server:
        fill(server)
        lists(server, "/v1/users/u0/recommendations")
        lists(server, "/v1/users/u0/recommendations")
        check("without a cache none is kept", sum(counts(server).values()) == 0, counts(server))


def main():
    with Served(sys.argv[1], *FOREVER) as server:
        fill(server)
        for part in (own_events, popular, catalogue, dates, models, erased, shown, bodies):
            part(server)
    bounded(sys.argv[1])
    print(f"cached: {len(failures)} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
