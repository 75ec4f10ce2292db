#!/usr/bin/env python3
"""damaged.py PROGRAM: a server begins over a damaged model or snapshot, answers, and says what is wrong."""

import glob
import os
import shutil
import sys

from served import Served


def damage(path):
    size = os.path.getsize(path)
    with open(path, "r+b") as out:
        out.seek(size // 2)
        out.write(b"\xa5" * min(64, size // 4))
        out.truncate(size - size // 4)


def fill(server):
    items = [{"id": "i%d" % n, "title": "Jug %d" % n, "category": "Home"} for n in range(40)]
    assert server.request("POST", "/v1/items", items)[0] == 200
    events = [{"id": "e%d" % n, "kind": "purchase", "user": "u%d" % (n % 30), "item": "i%d" % (n * n % 37)}
              for n in range(900)]
    assert server.request("POST", "/v1/events", events)[0] == 200


def answers(server):
    status, _, body = server.request("GET", "/v1/users/u1/recommendations?n=5")
    assert status == 200 and len(body["items"]) == 5, (status, body)
    status, _, body = server.request("POST", "/v1/events", {"kind": "view", "user": "u1", "item": "i1"})
    assert status in (200, 201), (status, body)
    status, _, ready = server.request("GET", "/readyz")
    assert status == 200 and ready["status"] == "ready", (status, ready)
    return ready


def main():
    with Served(sys.argv[1]) as server:
        fill(server)
        server.end()
        server.vitrine("dataset")
        server.vitrine("train", "itemknn")
        server.start()
        ready = answers(server)
        assert ready["model"] == "itemknn" and "degraded" not in ready, ready
        assert server.end() == 0

        model = os.path.join(server.shop, "models", "itemknn.safetensors")
        shutil.copy(model, model + ".kept")
        damage(model)
        server.start()
        ready = answers(server)
        assert "itemknn" in ready.get("degraded", ""), ready
        assert '"level":"warning"' in server.log() and "itemknn" in server.log(), server.log()
        assert server.end() == 0
        serve = ("serve", "--listen", "127.0.0.1:0", "--insecure-local", "--model", "itemknn")
        named = server.vitrine(*serve, check=False)
        assert named.returncode != 0 and "itemknn" in named.stderr, "a damaged model that was named is served"

        # The last good one answers in its place, and that is said.
        older = os.path.join(server.shop, "models", "older.safetensors")
        shutil.copy(model + ".kept", older)
        os.utime(older, (1700000000, 1700000000))
        server.start()
        ready = answers(server)
        assert ready["model"] == "older" and "older answers" in ready.get("degraded", ""), ready
        _, _, body = server.request("GET", "/v1/users/u1/recommendations?n=5")
        assert body["model"] == "older" and body.get("degraded") is None, body
        assert "answers by an older model" in server.log() and "itemknn" in server.log(), server.log()
        # A good one in its place is taken up while the server runs.
        os.replace(model + ".kept", model)
        status, _, body = server.request("POST", "/v1/models/itemknn/activate")
        assert status == 200, (status, body)
        ready = answers(server)
        assert ready["model"] == "itemknn" and "degraded" not in ready, ready
        assert server.end() == 0
        os.remove(older)

        for path in glob.glob(os.path.join(server.shop, "snapshots", "*.vsnap")):
            damage(path)
        server.start()
        answers(server)
        _, _, item = server.request("GET", "/v1/items/i3")
        assert item["title"] == "Jug 3", item
        assert server.end() == 0
    print("damaged: 4 passed, 0 failed")


if __name__ == "__main__":
    main()
