#!/usr/bin/env python3
"""killed.py PROGRAM ROUNDS: a server under load is killed (SIGKILL) again and again, at the end stopped (SIGTERM).

What was acknowledged is stored exactly once; what was not may be sent again under its id. A stop in order answers what
is at work.
"""

import contextlib
import http.client
import os
import random
import signal
import sqlite3
import sys
import threading
import time

from served import Served

CLIENTS = 6
READY_SECONDS = 2


class Client(threading.Thread):
    """Sends events one after the other; one that was not answered is sent again until it is."""

    def __init__(self, server, number):
        super().__init__(daemon=True)
        self.server, self.number = server, number
        self.acknowledged, self.unexpected, self.cut = [], [], 0
        self.last = False  # the server will not come back
        self.stopped = False

    def send(self, connection, name):
        event = {"id": name, "kind": "view", "user": "u%d" % (self.number % 3), "session": name, "item": "i"}
        status, headers, answer = self.server.request("POST", "/v1/events", event, connection=connection)
        if status in (200, 201) and answer["result"] in ("added", "same"):
            self.acknowledged.append(name)
            return True, headers.get("connection") == "close"
        if status != 503:
            self.unexpected.append("%s: %d %s" % (name, status, answer))
        return False, True

    def run(self):
        connection, at, name = None, 0, ""
        while not self.stopped:
            try:
                sent = False
                if connection is None:
                    connection = self.server.connect(20)
                    connection.connect()
                name = "%d-%d" % (self.number, at)
                sent = True
                done, ended = self.send(connection, name)
                at += done
                if ended:
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException):
                connection = None
                if self.last:
                    self.cut += sent
                    return
                time.sleep(.01)


def stored(path):
    """How often each event is in the store; its session is its name."""
    counts = {}
    with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % path, uri=True)) as store:
        for (name,) in store.execute("SELECT session FROM events"):
            counts[name] = counts.get(name, 0) + 1
    return counts


def wait_ready(server, begun):
    while True:
        try:
            status, _, _ = server.request("GET", "/readyz")
            if status == 200:
                return time.monotonic() - begun
        except OSError:
            pass
        time.sleep(.005)


def main():
    rounds, seed = int(sys.argv[2]), int(os.environ.get("SEED", "1"))
    chance = random.Random(seed)
    with Served(sys.argv[1]) as server:
        begun = time.monotonic()
        server.end()
        first = time.monotonic() - begun
        server.start(server.port)
        clients = [Client(server, n) for n in range(CLIENTS)]
        for client in clients:
            client.start()
        slowest = 0
        for _ in range(rounds):
            time.sleep(chance.uniform(.05, .6))
            server.end(signal.SIGKILL)
            begun = time.monotonic()
            server.start(server.port)
            slowest = max(slowest, wait_ready(server, begun))
        time.sleep(.3)
        for client in clients:
            client.last = True
        code = server.end()
        for client in clients:
            client.join(30)
            client.stopped = True
        counts = stored(os.path.join(server.shop, "store.db"))
        doctor = server.vitrine("doctor", check=False)
    acknowledged = [name for client in clients for name in client.acknowledged]
    wrong = [line for client in clients for line in client.unexpected]
    wrong += ["%s is stored %d times" % (name, counts.get(name, 0)) for name in acknowledged if counts.get(name) != 1]
    wrong += ["%s is stored %d times" % (name, n) for name, n in counts.items() if n != 1]
    wrong += ["nothing was acknowledged"] if len(acknowledged) < rounds * CLIENTS else []
    wrong += ["SIGTERM ends with %d" % code] if code != 0 else []
    wrong += ["SIGTERM cut a request of a client"] if any(client.cut for client in clients) else []
    wrong += ["ready %.2f s after a kill" % slowest] if slowest > max(READY_SECONDS, 10 * first) else []
    wrong += ["doctor: " + doctor.stdout] if doctor.returncode != 0 else []
    print("\n".join(wrong[:20]))
    print("seed %d: killed %d times, %d events acknowledged, %d stored, ready again after at most %.2f s: %s" %
          (seed, rounds, len(acknowledged), len(counts), slowest, "not as it should be" if wrong else "all is well"))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
