#!/usr/bin/env python3
"""swap.py PROGRAM

Lists are asked for without a pause by four clients while the model that answers changes fifty times: no request fails,
and each answer is of one model that was active. A training that is at work when the server stops ends with it.
"""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

SWAPS, CLIENTS = 50, 4


def start(program, shop, log):
    command = [program, "--shop", shop, "serve", "--listen", "127.0.0.1:0", "--insecure-local", "--train-memory", "0",
               "--retrain", "off"]
    server = subprocess.Popen(command, stderr=log)
    for _ in range(600):
        log.seek(0)
        match = re.search(r"serving .* at http://([^;]+);", log.read())
        if match:
            return server, match.group(1)
        time.sleep(.05)
    sys.exit("the server does not begin")


def call(connection, method, path):
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read()
    return answer.status, json.loads(body)


def ask(address, done, seen, bad):
    connection = http.client.HTTPConnection(address, timeout=60)
    while not done.is_set():
        try:
            status, body = call(connection, "GET", "/v1/users/user-00001/recommendations?n=5")
            if status != 200 or not body["items"] or body.get("degraded"):
                bad.append((status, body))
            seen[body["model"]] = seen.get(body["model"], 0) + 1
        except (OSError, http.client.HTTPException, KeyError, ValueError) as error:
            bad.append(repr(error))
            return


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        shop = os.path.join(folder, "shop")

        def vitrine(*arguments):
            return subprocess.run([program, "--quiet", "--shop", shop, *arguments], check=True, capture_output=True,
                                  text=True).stdout

        vitrine("generate", "--products", "60", "--users", "300", "--reviews", "900", "--photos", "0")
        vitrine("train", "popularity")
        vitrine("train", "itemknn")
        with open(os.path.join(folder, "log"), "w+", encoding="utf-8") as log:
            server, address = start(program, shop, log)
            try:
                main_connection = http.client.HTTPConnection(address, timeout=60)
                done, seen, bad = threading.Event(), {}, []
                clients = [threading.Thread(target=ask, args=(address, done, seen, bad)) for _ in range(CLIENTS)]
                for client in clients:
                    client.start()
                for swap in range(SWAPS):
                    path = "rollback" if swap % 5 == 4 else ["popularity", "itemknn"][swap % 2] + "/activate"
                    status, body = call(main_connection, "POST", "/v1/models/" + path)
                    if status != 200:
                        bad.append((path, status, body))
                done.set()
                for client in clients:
                    client.join()
                print("%d answers, %d bad, models %s" % (sum(seen.values()), len(bad), sorted(seen)))
                if bad or sorted(seen) != ["itemknn", "popularity"]:
                    sys.exit("failed: %s" % bad[:3])
                # a training at work does not hold up the end
                call(main_connection, "POST", "/v1/models")
                server.send_signal(signal.SIGTERM)
                if server.wait(30) != 0:
                    sys.exit("the server ends with %d" % server.returncode)
            finally:
                server.kill()


if __name__ == "__main__":
    main()
