#!/usr/bin/env python3
"""sessions.py PROGRAM: logging in to the dashboard and what a session may do, rule by rule."""

import re
import sys
import time

from served import Served

ALL = "read,events,write,report,admin"
FLAGS = {"HttpOnly", "SameSite=Strict", "Path=/"}


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, good, what, *seen):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print("not so: %s %s" % (what, seen))


def key_of(server, scopes, *options):
    return server.vitrine("key", "create", "--name", "k", "--scope", scopes, *options).stdout.strip()


def log_in(server, body, **headers):
    """The status, the cookie, and its flags."""
    status, got, answer = server.request("POST", "/v1/session", body, headers)
    cookie, *flags = got.get("set-cookie", "").split("; ")
    return status, cookie, set(flags), answer


def status_of(server, method, path, cookie, body=None, **headers):
    return server.request(method, path, body, dict(headers, Cookie=cookie))[0]


def first_run(program, check):
    with Served(program, "--workers", "2") as server:
        token = re.search(r"http://127\.0\.0\.1:%d/#token=([\w-]{43})" % server.port, server.log())
        check(token, "a server without keys prints the address of its dashboard", server.log())
        check(log_in(server, {"token": "A" * 43})[0] == 401, "another token does not let in")
        status, cookie, flags, _ = log_in(server, {"token": token.group(1)})
        check(status == 204 and FLAGS <= flags, "the token lets in", status, flags)
        status, _, _, answer = log_in(server, {"token": token.group(1)})
        check(status == 401 and "used" in answer["detail"], "and only once", status, answer)
        check(status_of(server, "GET", "/v1/insight/overview", cookie) == 200, "its session reads figures")
        dashboard = server.request("GET", "/v1/dashboard", headers={"Cookie": cookie})[2]
        check(dashboard["names"] and "admin" in dashboard["scopes"] and dashboard["live"], "with all scopes", dashboard)
        key = key_of(server, ALL)
        check(log_in(server, {"key": key})[0] == 204, "a key that is made now lets in too")
        check(status_of(server, "GET", "/v1/dashboard", cookie) == 200, "and ends no session")
        server.end()
        server.start()
        check("token=" not in server.log(), "with keys there is no token")
        check(status_of(server, "GET", "/v1/dashboard", cookie) == 401, "sessions end with the server")


def rules(program, check):
    with Served(program, "--workers", "2") as server:
        server.end()
        owner, short = key_of(server, ALL), key_of(server, "report")
        server.start()
        own = "http://127.0.0.1:%d" % server.port
        status, cookie, flags, _ = log_in(server, {"key": owner}, Origin=own)
        check(status == 204 and FLAGS <= flags and "Secure" not in flags, "a key lets in", status, flags)
        check(cookie.startswith("vitrine_session=") and len(cookie) == 59 and owner not in cookie,
              "the cookie is not the key", cookie)
        status, other, _, _ = log_in(server, {"key": short})
        check(other != cookie, "each session has a token of its own")
        check(status_of(server, "GET", "/v1/dashboard", cookie[:-1] + "!") == 401, "a wrong cookie is none")
        check(status_of(server, "GET", "/v1/dashboard", "a=b; %s; c=d" % cookie) == 200, "other cookies do no harm")
        check(log_in(server, {"key": owner}, Origin="https://evil.example")[0] == 403, "no log-in from other pages")
        check(log_in(server, {"key": owner[:-1] + "A"})[0] == 401, "a mistyped key does not let in")
        item = {"title": "Jug"}
        put = ("PUT", "/v1/items/A", cookie, item)
        check(status_of(server, *put) == 403, "a change without an origin is refused")
        for origin in ("https://evil.example", "null", own + ".evil.example", own[:-1], "ftp" + own[4:], ""):
            check(status_of(server, *put, Origin=origin) == 403, "a change from another origin is refused", origin)
        check(status_of(server, "DELETE", "/v1/users/u", cookie, Origin="https://evil.example") == 403, "erasing too")
        check(status_of(server, *put, Origin=own) == 201, "a change from the own page is done")
        check(status_of(server, "PUT", "/v1/items/A", other, item, Origin=own) == 403, "scopes are those of the key")
        bearer = {"Authorization": "Bearer " + owner, "Origin": "https://evil.example"}
        check(server.request("PUT", "/v1/items/A", item, bearer)[0] == 200, "a key itself is asked for no origin")
        check(status_of(server, "DELETE", "/v1/session", other, Origin="https://evil.example") == 403,
              "another page logs nobody out")
        check(status_of(server, "DELETE", "/v1/session", other, Origin=own) == 204 and
              status_of(server, "GET", "/v1/dashboard", other) == 401, "whoever logs out is logged out")
        name = server.vitrine("--json", "key", "list").stdout
        for row in re.findall(r'"(k[0-9a-f]+)"', name):
            server.vitrine("key", "revoke", row)
        status, _, answer = server.request("GET", "/v1/dashboard", headers={"Cookie": cookie})
        check(status == 401 and "revoked" in answer["detail"], "a revoked key ends its sessions", status, answer)


def expiry(program, check):
    with Served(program, "--workers", "2") as server:
        server.end()
        until = time.time() + 5
        key = key_of(server, "report", "--expires", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(until)))
        server.start()
        status, cookie, _, _ = log_in(server, {"key": key})
        check(status == 204 or time.time() > until - 1, "a key that will expire lets in", status)
        while time.time() < until + 1:
            time.sleep(.2)
        check(status_of(server, "GET", "/v1/dashboard", cookie) == 401, "and ends its sessions when it does")


def too_often(program, check):
    with Served(program, "--workers", "2") as server:
        statuses = [log_in(server, {"key": "vtr_" + "A" * 48})[0] for _ in range(15)]
        check(statuses[:10] == [401] * 10 and 429 in statuses[10:], "logging in has a limit", statuses)
        check(server.request("GET", "/livez")[0] == 200, "nothing else has")


def local(program, check):
    with Served(program) as server:
        own = "http://127.0.0.1:%d" % server.port
        item = {"title": "Jug"}
        check(server.request("GET", "/v1/dashboard")[0] == 200, "without keys the dashboard asks for none")
        check(server.request("PUT", "/v1/items/A", item, {"Origin": "https://evil.example"})[0] == 403,
              "but pages of others change nothing")
        check(server.request("PUT", "/v1/items/A", item, {"Origin": own})[0] == 201, "the own page does")
        check(server.request("PUT", "/v1/items/A", item)[0] == 200, "and so does who is no page")


def page(program, check):
    with Served(program, "--workers", "2") as server:
        status, headers, body = server.request("GET", "/", headers={"Accept-Encoding": "identity"})
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        check(status == 200 and "<title>Vitrine</title>" in body, "the page is there", status, body[:200])
        check("unsafe" not in str(policy) and policy["default-src"] == "'none'" and policy["script-src"] == "'self'" and
              policy["frame-ancestors"] == "'none'", "its policy is strict", policy)
        check(headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer" and
              headers["cache-control"] == "no-cache", "its headers", headers)
        if "is not in this program" in body:
            return
        script = re.search(r'src="\./(assets/[\w.]+)"', body).group(1)
        status, headers, text = server.request("GET", "/" + script, headers={"Accept-Encoding": "identity"})
        check(status == 200 and headers["content-type"].startswith("text/javascript"), "its script is there", headers)
        tag = headers["etag"]
        status, headers, packed = server.request("GET", "/" + script, headers={"If-None-Match": tag})
        check(status == 304 and packed == "", "a browser that has it gets nothing", status)
        connection = server.connect()
        connection.request("GET", "/" + script, headers={"Accept-Encoding": "gzip, br"})
        answer = connection.getresponse()
        check(answer.getheader("Content-Encoding") == "gzip" and len(answer.read()) < len(text) + 40, "it comes packed")
        check(server.request("GET", "/assets/..%2Findex.html")[0] == 404 and
              server.request("GET", "/assets/report.js")[0] == 404, "nothing else comes")


def main():
    check = Checks()
    for part in (first_run, rules, expiry, too_often, local, page):
        part(sys.argv[1], check)
    print("sessions: %d passed, %d failed" % (check.passed, check.failed))
    sys.exit(check.failed > 0)


if __name__ == "__main__":
    main()
