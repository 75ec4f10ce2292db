#!/usr/bin/env python3
"""cut.py PROGRAM [--long]: who takes too long is cut off, who comes too often waits, who is at work is served."""

import os
import signal
import socket
import sys
import threading
import time

from served import Served

HEAD = b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 400\r\n\r\n"


def drip(server, first, rest, every=.3, most=20):
    """Seconds until the server closes a connection on which a byte comes now and then; None: it does not."""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(first)
        begun = time.monotonic()
        connection.settimeout(every)
        while time.monotonic() - begun < most:
            try:
                connection.sendall(rest)
                if connection.recv(1000) == b"":
                    return time.monotonic() - begun
            except socket.timeout:
                continue
            except OSError:
                return time.monotonic() - begun
    return None


def slow_writers():
    with Served(sys.argv[1], "--insecure-local", "--deadline", "2", "--idle", "2") as server:
        for name, first, rest in (("head", b"GET /livez HTTP/1.1\r\nX-A: ", b"a"), ("body", HEAD, b" ")):
            seconds = drip(server, first, rest)
            assert seconds is not None, "a slow %s is not cut off" % name
            assert seconds > 1, "a slow %s is cut off after %.1f s" % (name, seconds)
        assert drip(server, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", b"") is not None, "an idle connection stays"
        assert server.request("GET", "/livez")[0] == 200
        assert server.end() == 0


def slow_reader():
    """A large answer of which nothing is read: its connection ends, the others go on."""
    with Served(sys.argv[1], "--insecure-local", "--deadline", "2", "--idle", "2") as server:
        texts = [{"id": "i%d" % n, "title": "jug " * 2000} for n in range(900)]
        assert server.request("POST", "/v1/items", texts)[0] == 200
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(b"GET /v1/trending?n=1000 HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(5)
            assert server.request("GET", "/livez")[0] == 200
            connection.settimeout(30)
            got = 0
            try:
                while True:
                    part = connection.recv(1 << 16)
                    if not part:
                        break
                    got += len(part)
            except OSError:
                pass
            assert got < 7000000, "a reader of nothing for 5 s got all %d bytes" % got
        assert server.end() == 0


def rate():
    with Served(sys.argv[1], "--insecure-local", "--rate", "5") as server:
        connection = server.connect()
        came = [server.request("GET", "/v1/trending", connection=connection) for _ in range(30)]
        limited = [headers for status, headers, _ in came if status == 429]
        assert came[0][0] == 200 and limited, "30 requests at once pass a rate of 5"
        assert all(1 <= int(headers["retry-after"]) <= 2 for headers in limited), limited[0]
        problem = [body for status, _, body in came if status == 429][0]
        assert problem["code"] == "limited" and problem["detail"], problem
        time.sleep(1.2)
        assert server.request("GET", "/v1/trending")[0] == 200, "nobody may come back"
        assert server.end() == 0


def draining():
    """SIGTERM with a request at work and one connection kept: the first is answered, the second is told and ends."""
    with Served(sys.argv[1]) as server:
        kept = server.connect()
        assert server.request("GET", "/readyz", connection=kept)[0] == 200
        with socket.create_connection(("127.0.0.1", server.port)) as late:
            late.settimeout(30)
            event = b'{"kind": "view", "user": "u", "item": "a"}'
            late.sendall(b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(event))
            time.sleep(.3)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(.3)
            status, headers, body = server.request("GET", "/readyz", connection=kept)
            assert status == 503 and body["code"] == "stopping", (status, body)
            assert headers.get("connection", "").lower() == "close", headers
            late.sendall(event)
            answer = late.recv(65536)
            assert answer.startswith(b"HTTP/1.1 201 ") and b"Connection: close" in answer, answer
        assert server.process.wait(30) == 0
        server.process = None


def borrowed():
    """SIGTERM while a command writes for long and an event waits for it: the event is refused, the server ends."""
    with Served(sys.argv[1]) as server, socket.socket(socket.AF_UNIX) as command:
        folder = os.getcwd()
        os.chdir(server.shop)
        command.connect("server.sock")
        os.chdir(folder)
        command.sendall(b"w")
        command.settimeout(30)
        assert command.recv(1) != b"", "the server does not let the command write"
        answers = []
        event = {"kind": "view", "user": "u", "item": "a"}
        waiting = threading.Thread(target=lambda: answers.append(server.request("POST", "/v1/events", event)))
        waiting.start()
        time.sleep(.5)
        assert server.end() == 0
        waiting.join(30)
        assert answers and answers[0][0] == 503 and "retry-after" in answers[0][1], answers


def crowd():
    """Where few open files are allowed at first, the server takes as many as the system lets it have."""
    with Served(sys.argv[1], wrap=["bash", "-c", 'ulimit -Sn 64; exec "$@"', "few"]) as server:
        connections = [server.connect() for _ in range(150)]
        for connection in connections:
            connection.request("GET", "/livez")
        assert all(connection.getresponse().status == 200 for connection in connections)
        for connection in connections:
            connection.close()
        assert server.end() == 0


def main():
    tests = [borrowed] if "--long" in sys.argv else [slow_writers, slow_reader, rate, draining, crowd]
    threads, wrong = [], []

    def run(test):
        try:
            test()
        except AssertionError as error:
            wrong.append("%s: %s" % (test.__name__, error))

    for test in tests:
        threads.append(threading.Thread(target=run, args=(test,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    print("\n".join(wrong + ["cut: %d passed, %d failed" % (len(tests) - len(wrong), len(wrong))]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
