#!/usr/bin/env python3
"""disk.py PROGRAM SHIM: a disk that is full (a small file system), and by SHIM one with uncertain or slow writes.

Full: 507, reads go on, and writes too when there is space again. Not certain: nothing is acknowledged any more, the
server says so and ends with code 5. Slow: a backup takes longer than a client may, and comes all the same; one at a
time, and none that a stop would wait for.
"""

import contextlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile

from served import SKIP, Served


def event(number, text=""):
    return {"id": "e%d" % number, "session": "e%d" % number, "kind": "rating", "value": 4, "user": "u", "item": "a",
            "text": text}


def names(shop):
    path = os.path.join(shop, "store.db")
    with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % path, uri=True)) as store:
        return {name for (name,) in store.execute("SELECT session FROM events")}


def full(program):
    with Served(program) as server:
        disk = os.path.join(server.folder.name, "disk")
        ballast = os.path.join(disk, "ballast")
        os.mkdir(disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", disk], check=True)
        with open(ballast, "wb") as out:
            out.write(b"x" * (2 << 20))
        server.end()
        server.shop = os.path.join(disk, "shop")
        server.start()
        acknowledged, status, body = [], 0, None
        for number in range(3000):
            status, _, body = server.request("POST", "/v1/events", event(number, "text " * 2000))
            if status != 201:
                break
            acknowledged.append("e%d" % number)
        assert status == 507 and body["code"] == "no-space" and "full" in body["detail"], (status, body)
        assert len(acknowledged) > 10, acknowledged
        assert server.request("GET", "/v1/trending")[0] == 200, "reads end with the space"
        assert server.request("GET", "/readyz")[0] == 200
        assert server.request("POST", "/v1/events", event(9000, "text " * 2000))[0] == 507
        os.unlink(ballast)
        for number in range(9000, 9010):
            status, _, body = server.request("POST", "/v1/events", event(number))
            assert status == 201, (status, body)
            acknowledged.append("e%d" % number)
        assert server.end() == 0, server.log()
        missing = set(acknowledged) - names(server.shop)
        assert not missing, "acknowledged and not stored: %s" % sorted(missing)[:5]
        subprocess.run(["umount", disk], check=True)


def uncertain(program, shim):
    with Served(program, environment={"LD_PRELOAD": shim}) as server:
        server.end()
        mark = os.path.join(server.folder.name, "fail")
        server.environment["VITRINE_FAIL_SYNC"] = mark
        server.start()
        for number in range(5):
            assert server.request("POST", "/v1/events", event(number))[0] == 201
        with open(mark, "wb"):
            pass
        try:
            status, _, body = server.request("POST", "/v1/events", event(5))
            assert status == 500 and body["code"] == "io", (status, body)
        except OSError as error:
            raise AssertionError("the write that failed is not answered: %s" % error) from error
        code = server.process.wait(60)
        server.process = None
        assert code == 5, "it ends with %d" % code
        assert "the disk did not take a write" in server.log(), server.log()
        os.unlink(mark)
        server.start()
        assert server.request("GET", "/readyz")[0] == 200
        assert server.request("POST", "/v1/events", event(6))[0] == 201
        assert server.end() == 0
        assert {"e%d" % n for n in (0, 1, 2, 3, 4, 6)} <= names(server.shop), names(server.shop)


def slow(program, shim):
    with Served(program, "--insecure-local", "--deadline", "1", environment={"LD_PRELOAD": shim}) as server:
        server.end()
        mark = os.path.join(server.folder.name, "slow")
        server.environment["VITRINE_SLOW_SYNC"] = mark
        server.start()
        for number in range(5):
            assert server.request("POST", "/v1/events", event(number))[0] == 201
        with open(mark, "wb"):
            pass
        answers, began = [], time.monotonic()

        def take():
            connection = server.connect()
            connection.request("POST", "/v1/admin/backup")
            answer = connection.getresponse()
            answers.append((answer.status, answer.read(), answer.getheader("Retry-After")))

        # Whichever comes first is made, the other is refused while it is.
        both = [threading.Thread(target=take) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        answers.sort(key=lambda answer: answer[0])
        status, body, wait = answers.pop()
        assert status == 503 and json.loads(body)["code"] == "busy" and wait is not None, (status, body)
        seconds = time.monotonic() - began
        assert seconds > 2.5, "a backup over a slow disk takes %.1f s: it proves nothing" % seconds
        assert answers[0][0] == 200, answers
        with zipfile.ZipFile(io.BytesIO(answers[0][1])) as backup:
            assert backup.testzip() is None and "store.db" in backup.namelist(), backup.namelist()
        second = threading.Thread(target=take)
        second.start()
        time.sleep(1)
        assert server.end() == 0, server.log()
        second.join()
        assert answers[1][0] == 503, answers[1]


def main():
    program, shim = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    if "--inside" in sys.argv:
        full(program)
        return
    uncertain(program, shim)
    slow(program, shim)
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], capture_output=True,
                                                         check=False).returncode != 0:
        print("disk: no namespaces here for a small file system: a full disk is not tested")
        sys.exit(SKIP)
    done = subprocess.run(["unshare", "-rm", sys.executable, __file__, program, shim, "--inside"], check=False)
    print("disk: %d passed, %d failed" % (2 + (done.returncode == 0), done.returncode != 0))
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
