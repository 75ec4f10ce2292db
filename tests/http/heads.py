#!/usr/bin/env python3
"""heads.py PROGRAM: requests that two readers could understand differently, or that are too much, by raw sockets.

Each gets the right status and a problem (RFC 9457). Where libmicrohttpd refuses before the server is called, the row
says so: the problem then names no request. docs/decisions/0012-heads.md has the list.
"""

import json
import socket
import sys
import time

from served import Served

HOST = b"Host: x\r\n"
CLOSE = b"Connection: close\r\n"
GET = b"GET /livez HTTP/1.1\r\n"
POST = b"POST /v1/events HTTP/1.1\r\n" + HOST + CLOSE
CHUNKS = b"2\r\n{}\r\n0\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
HIDDEN = b"PUT /v1/items/hidden HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"  # never to be understood


def get(target):
    return b"GET " + target + b" HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"


def body(data):
    return POST + b"Content-Length: %d\r\n\r\n" % len(data) + data


def event(**members):
    return body(json.dumps({"kind": "view", "user": "u", "item": "a", **members}).encode())


OURS, THEIRS, CLOSED = "ours", "theirs", "closed"

CASES = [
    # what may be sent
    ("a request", GET + HOST + CLOSE + b"\r\n", 200, OURS),
    ("spaces around values, or none", GET + b"Host:x\r\nX-A:   b  \r\nX-B:\r\n" + CLOSE + b"\r\n", 200, OURS),
    ("lines before the request", b"\r\n\r\n" + GET + HOST + CLOSE + b"\r\n", 200, OURS),
    ("HTTP/1.0", b"GET /livez HTTP/1.0\r\n\r\n", 200, OURS),
    ("a body in chunks", POST + CHUNKED + b"\r\n" + CHUNKS, 400, OURS),
    ("Expect: 100-continue", POST + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n{}", 100, OURS),
    # two readers
    ("Content-Length twice", POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400, OURS),
    ("two lengths", POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400, OURS),
    ("Transfer-Encoding twice", POST + CHUNKED + CHUNKED + b"\r\n" + CHUNKS, 400, OURS),
    ("length and chunks", POST + b"Content-Length: 2\r\n" + CHUNKED + b"\r\n" + CHUNKS, 400, OURS),
    ("gzip", POST + b"Transfer-Encoding: gzip\r\n\r\n" + HIDDEN, 400, OURS),
    ("gzip, chunked", POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKS, 400, OURS),
    ("xchunked", POST + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKS, 400, OURS),
    ("chunks in HTTP/1.0", b"POST /v1/events HTTP/1.0\r\n" + HOST + CHUNKED + b"\r\n" + CHUNKS, 400, OURS),
    ("Host twice", GET + HOST + HOST + CLOSE + b"\r\n", 400, OURS),
    ("LF alone", GET.replace(b"\r", b"") + b"Host: x\n\n" + HIDDEN, 400, OURS),
    ("one LF alone", GET + b"Host: x\nX-A: b\r\n\r\n" + HIDDEN, 400, OURS),
    ("LF alone after the request line", b"GET /livez HTTP/1.1\n" + HOST + b"\r\n" + HIDDEN, 400, OURS),
    ("LF alone at the end", GET + HOST + b"\n" + HIDDEN, 400, OURS),
    ("LF alone, made up for by spaces", GET + b"Host:   x\nX-A:  b\r\n\r\n" + HIDDEN, 400, OURS),
    ("CR alone", GET + b"Host: x\rX-A: b\r\n\r\n" + HIDDEN, 400, OURS),
    ("a folded header", GET + HOST + b"X-A: b\r\n c\r\n\r\n" + HIDDEN, 400, OURS),
    ("folded by a tab", GET + b"X-A: b\r\n\tc\r\n" + HOST + b"\r\n" + HIDDEN, 400, OURS),
    ("a folded length", b"POST /v1/events HTTP/1.1\r\n" + HOST + b"Content-Length:\r\n 95\r\n\r\n" + HIDDEN, 400, OURS),
    ("NUL in a value", GET + HOST + b"X-A: b\0c\r\n\r\n" + HIDDEN, 400, OURS),
    ("NUL in a name", GET + HOST + b"X\0A: b\r\n\r\n" + HIDDEN, 400, THEIRS),
    ("NUL in the address", b"GET /livez\0x HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN, 400, OURS),
    ("a space before the colon", GET + HOST + b"Content-Length : 95\r\n\r\n" + HIDDEN, 400, OURS),
    ("a space in a name", GET + HOST + b"X A: b\r\n\r\n" + HIDDEN, 400, OURS),
    ("no name", GET + HOST + b": b\r\n" + HIDDEN, 400, OURS),
    ("no colon", GET + HOST + b"XA\r\n\r\n" + HIDDEN, 400, THEIRS),
    ("a name past ASCII", GET + HOST + b"X-\xc3\xa9: b\r\n\r\n", 400, OURS),
    ("a control character", GET + HOST + b"X-A: b\x01c\r\n\r\n", 400, OURS),
    ("no UTF-8", GET + HOST + b"X-A: \xff\r\n\r\n", 400, OURS),
    ("two spaces in the request line", b"GET  /livez HTTP/1.1\r\n" + HOST + b"\r\n", 400, OURS),
    ("a space in the address", b"GET /li vez HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN, 400, OURS),
    ("a space at the end of the request line", b"GET /livez HTTP/1.1 \r\n" + HOST + b"\r\n" + HIDDEN, 400, THEIRS),
    ("tabs in the request line", b"GET\t/livez\tHTTP/1.1\r\n" + HOST + b"\r\n", 0, CLOSED),
    ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 0, CLOSED),
    ("HTTP/0.9", b"GET /livez\r\n\r\n", 400, THEIRS),
    ("HTTP/2.0 as a version", b"GET /livez HTTP/2.0\r\n" + HOST + b"\r\n", 505, THEIRS),
    ("HTTP/1.x as a version", b"GET /livez HTTP/1.x\r\n" + HOST + b"\r\n", 400, THEIRS),
    ("an address alone", b"GET /livez \r\n" + HOST + b"\r\n", 400, THEIRS),
    ("a method alone", b"GET \r\n" + HOST + b"\r\n", 400, THEIRS),
    ("no Host", GET + CLOSE + b"\r\n", 400, OURS),
    *[("Host: %r" % text, GET + b"Host: " + text + b"\r\n" + CLOSE + b"\r\n", status, OURS)
      for text, status in ((b"", 200), (b"[::1]:8080", 200), (b"shop.example:", 200), (b"a b", 400), (b"a/b", 400),
                           (b"a:b", 400), (b"[::1", 400), (b"a@b", 400), (b"a, b", 400), (b"\xc3\xa9", 400))],
    # lengths
    *[("length %r" % text, POST + b"Content-Length: " + text + b"\r\n\r\n{}", 400, THEIRS)
      for text in (b"-1", b"+2", b"0x2", b"2x", b"2, 2", b"")],
    ("a body too long", POST + b"Content-Length: 9437184\r\n\r\n{}", 413, OURS),
    ("a length past 63 bits", POST + b"Content-Length: 9223372036854775808\r\n\r\n{}", 413, OURS),
    ("a length past 64 bits", POST + b"Content-Length: 18446744073709551616\r\n\r\n{}", 413, THEIRS),
    ("chunks too long", POST + CHUNKED + b"\r\n" + (b"100000\r\n" + b" " * 0x100000 + b"\r\n") * 9 + b"0\r\n\r\n",
     413, OURS),
    ("a chunk without a length", POST + CHUNKED + b"\r\nzz\r\n{}\r\n0\r\n\r\n", 400, THEIRS),
    ("a chunk's length past 64 bits", POST + CHUNKED + b"\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n", 413, THEIRS),
    ("a header of 20 KB", GET + HOST + b"X-A: " + b"a" * 20000 + b"\r\n" + CLOSE + b"\r\n", 431, OURS),
    ("an address of 17 KB", get(b"/" + b"a" * 17000), 431, OURS),
    ("a header of 40 KB", GET + HOST + b"X-A: " + b"a" * 40000 + b"\r\n\r\n", 431, THEIRS),
    ("4,000 headers", GET + HOST + b"X-A: a\r\n" * 4000 + b"\r\n", 431, THEIRS),
    ("an address of 40 KB", get(b"/" + b"a" * 40000), 414, THEIRS),
    # addresses and methods
    ("%zz", get(b"/v1/items/%zz"), 400, OURS),
    ("% at the end", get(b"/v1/items/a%2"), 400, OURS),
    ("%00", get(b"/v1/items/%00"), 400, OURS),
    ("%ff", get(b"/v1/items/%ff"), 400, OURS),
    ("a byte past ASCII that is no UTF-8", get(b"/v1/items/\xff"), 400, OURS),
    ("an unknown method", b"BREW /livez HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 405, OURS),
    ("a method in small letters", b"get /livez HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 405, OURS),
    ("TRACE", b"TRACE /livez HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 405, OURS),
    ("no method", b"G\x01T /livez HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400, OURS),
    ("an id of 600 bytes", POST.replace(b"POST /v1/events", b"PUT /v1/items/" + b"a" * 600) +
     b"Content-Length: 2\r\n\r\n{}", 413, OURS),
    # JSON
    ("deep JSON", body(b"[" * 100 + b"]" * 100), 400, OURS),
    ("deep JSON in a member", body(b'{"kind": "view", "item": ' + b'{"a":' * 70 + b"1" + b"}" * 71), 400, OURS),
    ("a key twice", body(b'{"kind": "view", "user": "u", "user": "v", "item": "a"}'), 400, OURS),
    ("1e999", body(b'{"kind": "rating", "user": "u", "item": "a", "value": 1e999}'), 400, OURS),
    ("NaN", body(b'{"kind": "rating", "user": "u", "item": "a", "value": NaN}'), 400, OURS),
    ("a huge quantity", event(quantity=10**23), 400, OURS),
    ("a time past all calendars", event(time=999999999999), 400, OURS),
    ("a user's id of 513 bytes", event(user="u" * 513), 413, OURS),
    ("an item's id of 513 bytes", event(item="u" * 513), 413, OURS),
    ("an event's id of 513 bytes", event(id="u" * 513), 413, OURS),
    ("a NUL in an id", event(user="u\0"), 400, OURS),
    ("half a surrogate", body(b'{"kind": "view", "user": "\\ud800", "item": "a"}'), 400, OURS),
    ("JSON that is no UTF-8", body(b'{"kind": "view", "user": "\xff", "item": "a"}'), 400, OURS),
]


def compare(name, got, status, whose):
    """None, or what is not as it should be."""
    head, _, rest = got.partition(b"\r\n\r\n")
    if status == 100 and head.startswith(b"HTTP/1.1 100 "):
        head, _, rest = rest.partition(b"\r\n\r\n")
        return None if b" 400 " in head else "%s: after 100 came %r" % (name, head)
    if whose == CLOSED:
        return None if got == b"" else "%s: %r came" % (name, got[:200])
    if not head.startswith(b"HTTP/1.1 %d " % status):
        return "%s: %d expected, %r came" % (name, status, got[:200])
    if status < 400:
        return None
    if b"Content-Length: %d\r\n" % len(rest) not in head + b"\r\n":
        return "%s: a length that is wrong: %r" % (name, got[:400])
    problem = json.loads(rest) if b"application/problem+json" in head else {}
    wanted = {"type": "about:blank", "status": status, "title": problem.get("title") or "", "code": problem.get("code")}
    if not problem.get("detail") or any(problem.get(member) != value for member, value in wanted.items()):
        return "%s: no problem: %r" % (name, got[:400])
    if (whose == OURS) != (len(problem.get("request", "")) == 32):
        return "%s: refused elsewhere than the list says: %r" % (name, got[:400])
    return None


def long_chunks(server):
    """A body without an end: the answer comes when the cap is passed, and not much more is taken."""
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.settimeout(20)
        connection.sendall(POST.replace(CLOSE, b"") + CHUNKED + b"\r\n" + chunk * 9)
        got = connection.recv(65536)
        wrong = compare("chunks without an end", got, 413, OURS)
        try:
            for _ in range(120):
                connection.sendall(chunk)
                time.sleep(.1)
        except OSError:
            return wrong
    return wrong or "a client that was refused may send on for ever"


def main():
    failed = []
    with Served(sys.argv[1]) as server:
        for name, data, status, whose in CASES:
            failed.append(compare(name, server.raw(data), status, whose))
        pipelined = server.raw((GET + HOST + b"\r\n") * 3 + GET + HOST + CLOSE + b"\r\n")
        failed.append(None if pipelined.count(b"HTTP/1.1 200 ") == 4 else "pipelined requests: %r" % pipelined)
        late = server.raw(GET + HOST + b"\r\n" + GET + b"Host: x\nX-A: b\r\n\r\n" + HIDDEN)
        failed.append(None if late.count(b"HTTP/1.1 200 ") == 1 and late.count(b"HTTP/1.1 400 ") == 1 else
                      "LF alone in a second request: %r" % late)
        failed.append(long_chunks(server))
        status, _, _ = server.request("GET", "/v1/items/hidden")
        failed.append(None if status == 404 else "a request inside another was understood")
        code = server.end()
        failed.append(None if code == 0 else "the server ends with %d: %s" % (code, server.log()))
    wrong = [line for line in failed if line]
    print("\n".join(wrong + ["heads: %d passed, %d failed" % (len(failed) - len(wrong), len(wrong))]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
