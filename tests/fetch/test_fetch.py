"""test_fetch.py PROGRAM: vitrine images fetch against a server on loopback that behaves badly.

Every path of the server is one kind of misbehaviour; what is asserted is what a person sees: which photos are there,
why others are not, and that the shop names files in place of URLs, until that is undone. Prints TAP.
"""

import csv
import gzip
import http.server
import json
import os
import re
import shutil
import signal
import socket
import socketserver
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

PROGRAM = sys.argv[1]
MEGABYTE = b"\0" * (1 << 20)


def png(colour):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    pixels = (b"\0" + bytes(colour) * 8) * 8
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b""))


PNG = png((200, 30, 30))
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 200 + b"\xff\xd9"
WEBP = b"RIFF" + struct.pack("<I", 4 + 16) + b"WEBP" + b"\0" * 16


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked = []
    agents = set()
    busy, busiest = 0, 0
    lock = threading.Lock()
    stop = threading.Event()

    def log_message(self, *_):
        pass

    def answer(self, body, code=200, length=None, **headers):
        self.send_response(code)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def stream(self, parts, pause=0.0):
        """A body without length, ended by closing."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        for part in parts:
            if self.stop.wait(pause):
                return
            self.wfile.write(part)

    def redirect(self, where):
        self.answer(b"<html>gone</html>", 302, Location=where)

    def do_GET(self):
        path = self.path.split("?")[0]
        with self.lock:
            Server.asked.append(path)
            Server.agents.add(self.headers.get("User-Agent"))
        try:
            self.serve(path)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def good(self, path):
        with self.lock:
            Server.busy += 1
            Server.busiest = max(Server.busiest, Server.busy)
        time.sleep(0.02)
        with self.lock:
            Server.busy -= 1
        self.answer({"jpg": JPEG, "png": PNG, "webp": WEBP}[path.rsplit(".", 1)[1]])

    def serve(self, path):
        port = self.server.server_address[1]
        if path.startswith("/good"):
            self.good(path)
        elif path == "/drip":
            self.stream([PNG[:20]] + [b"x"] * 600, 0.2)
        elif path == "/silent":
            self.stop.wait(30)
            self.close_connection = True
        elif path == "/endless":
            self.stream([JPEG[:4]] + [MEGABYTE] * 64)
        elif path == "/said-too-large":
            self.answer(JPEG, length=1 << 32)
            self.close_connection = True
        elif path == "/longer":
            self.answer(PNG, length=len(PNG) + 100)
            self.close_connection = True
        elif path == "/shorter":
            self.answer(PNG, length=len(PNG) - 30, Connection="close")
            self.close_connection = True
        elif path == "/loop":
            self.redirect("/loop")
        elif path.startswith("/hop"):
            left = int(path[4:])
            self.redirect("/hop%d" % (left - 1) if left > 1 else "/good-hop.jpg")
        elif path == "/to-file":
            self.redirect("file:///etc/passwd")
        elif path == "/to-ftp":
            self.redirect("ftp://127.0.0.1/photo.jpg")
        elif path == "/to-private":
            self.redirect("http://127.0.0.1:%d/good-secret.jpg" % port)
        elif path == "/404":
            self.answer(JPEG, 404)
        elif path == "/500":
            self.answer(JPEG, 500)
        elif path == "/html":
            self.answer(b"<!doctype html><title>please log in</title>", Content_Type="image/jpeg")
        elif path == "/empty":
            self.answer(b"")
        elif path == "/cut":
            self.stream([PNG[:len(PNG) - 20]])
        elif path == "/bomb":
            self.answer(gzip.compress(JPEG[:4] + MEGABYTE * 64), Content_Encoding="gzip", Content_Type="image/jpeg")
        elif path == "/headers":
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for n in range(4096):
                self.wfile.write(b"X-%d: %s\r\n" % (n, b"y" * 1000))
        elif path == "/garbage":
            self.close_connection = True
            self.wfile.write(JPEG)
        else:
            self.answer(b"", 410)


class Threading(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """A client that hangs up is what these tests are about."""


def serve():
    server = Threading(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


class Shop:
    def __init__(self, work, name, urls):
        """`urls` is item -> list of addresses."""
        self.path = os.path.join(work, name)
        table = os.path.join(work, name + ".csv")
        with open(table, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["item", "title", "images"])
            for item, images in urls.items():
                writer.writerow([item, "item " + item, "|".join(images)])
        self.run("import", "csv", table, "--table", "items")
        self.failures = os.path.join(work, name + "-failures.csv")

    def run(self, *words):
        return subprocess.run([PROGRAM, "--shop", self.path, *words], capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=120)

    def fetch(self, *words, private=True):
        done = self.run("images", "fetch", "--json", "--failures", self.failures,
                        *(["--allow-private"] if private else []), *words)
        reasons = {}
        if os.path.exists(self.failures):
            with open(self.failures, newline="", encoding="utf-8") as file:
                reasons = {row["url"]: row["reason"] for row in csv.DictReader(file)}
            os.unlink(self.failures)
        answer = json.loads(done.stdout.split("\n{\"error\"")[0]) if done.stdout.startswith("{\n") else {}
        return done, answer, reasons

    def images(self):
        """Item -> list, straight from the store."""
        import sqlite3
        rows = sqlite3.connect("file:%s/store.db?mode=ro" % self.path, uri=True).execute(
            "SELECT key, images FROM items").fetchall()
        return {item: text.split("\n") if text else [] for item, text in rows}

    def files(self):
        folder = os.path.join(self.path, "images", "fetched")
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def bad_servers(work, base):
    expected = {
        "/404": "answered 404", "/500": "answered 500", "/html": "no JPEG, PNG or WebP", "/empty": "answer is empty",
        "/endless": "larger than 20 MiB", "/said-too-large": "larger than 20 MiB",
        "/longer": "ended before it was complete", "/shorter": "ends before the photo does",
        "/cut": "ends before the photo does", "/loop": "redirected more than 5 times", "/hop6": "more than 5 times",
        "/to-file": "neither http nor https", "/to-ftp": "neither http nor https", "/bomb": "no JPEG, PNG or WebP",
        "/headers": "headers", "/garbage": "not HTTP", "/gone": "answered 410"}
    urls = {}
    for n, path in enumerate(expected):  # a good one between two bad ones, so that the host is not given up
        urls["bad%02d" % n] = [base + path]
        urls["bad%02d-then" % n] = [base + "/good-%02d.jpg" % n]
    urls["two"] = [base + "/good.png", base + "/404", base + "/hop5"]
    urls["again"] = [base + "/good.png", "local/front.jpg"]
    urls["webp"] = [base + "/good.webp?size=large"]
    shop = Shop(work, "bad", urls)
    began = time.monotonic()
    done, answer, reasons = shop.fetch("--seconds", "30")
    yield "bad servers do not stop the rest", done.returncode == 0 and answer.get("failed") == len(expected), \
        done.stdout + done.stderr
    for path, reason in expected.items():
        said = reasons.get(base + path)
        yield "%s is refused: %s" % (path, said), said is not None and reason in said, str(reasons)
    good = len(expected) + 3
    yield "all good ones are fetched", answer.get("fetched") == good and len(shop.files()) == good, str(answer)
    yield "it did not wait for the time to run out", time.monotonic() - began < 25, ""
    yield "only whole photos are left", all(re.fullmatch("[0-9a-f]{32}\\.(jpg|png|webp)", f) for f in shop.files()), \
        str(shop.files())
    lists = shop.images()
    two, again = lists["two"], lists["again"]
    yield "lists name files where there are some", re.fullmatch("images/fetched/[0-9a-f]{32}.png", two[0]) and \
        two[1] == base + "/404" and two[2].endswith(".jpg"), str(two)
    yield "one URL is one file", again == [two[0], "local/front.jpg"], str(again)
    with open(os.path.join(shop.path, two[0]), "rb") as file:
        yield "the file is the photo", file.read() == PNG, ""
    yield "the program says who it is", all(re.match(r"Vitrine/\d+\.\d+", a) for a in Server.agents), str(Server.agents)

    Server.asked.clear()
    done, answer, reasons = shop.fetch("--seconds", "30")
    yield "what is there is not asked for again", not any(p.startswith("/good") for p in Server.asked) and \
        answer.get("fetched") == 0 and answer.get("import") is None, str(Server.asked) + str(answer)
    number = shop.run("shop", "info").stdout
    done = shop.run("import", "--undo", re.search(r"^\s*(\d+) .* fetch ", number, re.M).group(1))
    yield "the change can be undone", done.returncode == 0 and shop.images()["again"][0] == base + "/good.png", \
        done.stderr
    Server.asked.clear()
    done, answer, reasons = shop.fetch("--seconds", "30")
    yield "and done again without fetching", answer.get("present") == good and shop.images()["two"] == two and \
        not any(p.startswith("/good") for p in Server.asked), str(answer)


def slow_servers(work, base):
    shop = Shop(work, "slow", {"a": [base + "/drip"], "b": [base + "/silent"], "c": [base + "/good.jpg"]})
    done, answer, reasons = shop.fetch("--seconds", "4")
    yield "a slow drip is cut off", reasons.get(base + "/drip", "").startswith("it came slower"), str(reasons)
    yield "a silent server too", base + "/silent" in reasons, str(reasons)
    yield "the good one is there", answer.get("fetched") == 1 and len(shop.files()) == 1, str(answer)


def private_addresses(work, base):
    port = base.rsplit(":", 1)[1]
    names = ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0",
             "10.0.0.1", "169.254.169.254", "user:word@127.0.0.1"]
    shop = Shop(work, "private", {"i%d" % n: ["http://%s:%s/good.jpg" % (name, port)]
                                  for n, name in enumerate(names)})
    Server.asked.clear()
    done, answer, reasons = shop.fetch("--seconds", "5", private=False)
    yield "nothing private is connected to", Server.asked == [] and answer.get("fetched") == 0, str(Server.asked)
    yield "each is refused for that", len(reasons) == len(names) and \
        all("not a public address" in reason for reason in reasons.values()), str(reasons)
    yield "nothing fetched at all is a failure", done.returncode == 5 and "none of the" in done.stderr, done.stderr
    yield "nothing is left", shop.files() == [] and \
        all(images[0].startswith("http://") for images in shop.images().values()), str(shop.images())
    env_proxy = dict(os.environ, http_proxy="http://127.0.0.1:" + port, HTTP_PROXY="http://127.0.0.1:" + port)
    other = Shop(work, "proxy", {"a": ["http://10.255.255.1/good.jpg"]})
    subprocess.run([PROGRAM, "--shop", other.path, "images", "fetch", "--seconds", "2"], env=env_proxy,
                   capture_output=True, check=False, timeout=60)
    yield "a proxy of the environment is not asked", Server.asked == [] and other.files() == [], str(Server.asked)


def courtesy(work, base):
    shop = Shop(work, "many", {"i%02d" % n: [base + "/good-%d.jpg" % n] for n in range(40)})
    Server.busiest = 0
    done, answer, _ = shop.fetch("--parallel", "16", "--per-host", "3")
    yield "no more at once from one host than allowed", answer.get("fetched") == 40 and Server.busiest <= 3, \
        "%d at once, %s" % (Server.busiest, answer)
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))  # bound, and not listening: every connection is refused
    dead = "http://127.0.0.1:%d" % closed.getsockname()[1]
    shop = Shop(work, "dead", {"i%02d" % n: [dead + "/%d.jpg" % n] for n in range(30)})
    done, answer, reasons = shop.fetch()
    given_up = sum("failed ten times in a row" in reason for reason in reasons.values())
    yield "a dead host is left alone", answer.get("failed") == 30 and 15 <= given_up <= 20, str(reasons)
    closed.close()


def interrupted(work, base):
    urls = {"i%03d" % n: [base + "/good-slow-%d.jpg" % n] for n in range(300)}
    shop = Shop(work, "stopped", urls)
    running = subprocess.Popen([PROGRAM, "--shop", shop.path, "images", "fetch", "--allow-private", "--per-host", "1"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    for _ in range(400):
        if len(shop.files()) >= 5:
            break
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    kept = len(shop.files())
    whole = all(re.fullmatch("[0-9a-f]{32}\\.jpg", name) for name in shop.files())
    yield "an interrupt keeps what is whole", running.returncode == 130 and 5 <= kept < 300 and whole, \
        "%s, %d files" % (running.returncode, kept)
    done, answer, _ = shop.fetch("--per-host", "16", "--parallel", "16")
    yield "the next run goes on from there", answer.get("present") == kept and answer.get("fetched") == 300 - kept, \
        str(answer)
    damaged = os.path.join(shop.path, "images", "fetched", shop.files()[0])
    with open(damaged, "r+b") as file:
        file.truncate(50)
    shop.run("import", "--undo", str(answer.get("import")))
    done, answer, _ = shop.fetch()
    yield "a file that was damaged is fetched anew", answer.get("fetched") == 1 and \
        os.path.getsize(damaged) == len(JPEG), str(answer)


def nothing_to_do(work, base):
    shop = Shop(work, "none", {"a": ["photos/a.jpg"], "b": []})
    done = shop.run("images", "fetch")
    yield "a shop without URLs says so", done.returncode == 0 and "no item of the shop" in done.stdout, done.stdout
    done = subprocess.run([PROGRAM, "--shop", os.path.join(work, "missing"), "images", "fetch"], capture_output=True,
                          text=True, check=False)
    yield "no shop is an error", done.returncode == 3 and "there is no shop" in done.stderr, done.stderr


def main():
    work = tempfile.mkdtemp(prefix="vitrine-fetch-")
    base = "http://127.0.0.1:%d" % serve()
    n = 0
    try:
        for part in (bad_servers, slow_servers, private_addresses, courtesy, interrupted, nothing_to_do):
            for name, passed, detail in part(work, base):
                n += 1
                print("%s %d - %s" % ("ok" if passed else "not ok", n, name), flush=True)
                if not passed:
                    print("# " + detail.replace("\n", "\n# ")[:3000], flush=True)
    finally:
        Server.stop.set()
        shutil.rmtree(work, ignore_errors=True)
    print("1..%d" % n)


if __name__ == "__main__":
    main()
