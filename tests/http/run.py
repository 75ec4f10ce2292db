#!/usr/bin/env python3
"""run.py PROGRAM FILE...

Runs files of HTTP cases, each against a server of its own over an empty shop. A line is one of

    # a comment
    RUN COMMAND...                  runs `vitrine --shop SHOP COMMAND...`, also while the server runs
    COPY FILE NAME                  copies a file of the source into the scratch folder, in which the shop is "shop"
    LINK TARGET NAME                makes a link there
    FILE NAME TEXT                  makes a file for such commands; \\n in it ends a line
    KEY NAME SCOPES                 makes a key of the shop
    IN SHOP                         the following RUN and KEY are about this one of several shops, in the folder $shops
    SERVE OPTIONS...                options of the server, in place of --insecure-local
    AS NAME | AS nobody             whose key the following requests show
    METHOD PATH [NAME: VALUE | ...] [BODY]   a request; BODY is JSON, text in '...', or @FILE of the source
    -> STATUS [NAME: VALUE | ...] [BODY]     what comes back
    WAIT PATH MEMBER TEXT           repeats a GET until a member (a.0.b) is one of TEXT|TEXT, a minute at most
    RESTART | KILL                  stops the server in order, or with SIGKILL, and begins it anew
    SAVE NAME                       makes a file of the last answer's body
    SET NAME MEMBER | HEADER        keeps a member of the last answer (a.0.b) or a header of it as $NAME

An expected JSON body must be contained in what came: members that it does not name may be there, arrays have the same
length. null: it is not there. "*" stands for anything, "*TEXT*" for a text that contains TEXT.
"""

import http.client
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HEADERS = re.compile(r"\[([A-Za-z][\w-]*:[^\]]*)\]\s*")


def contains(expected, got):
    if expected == "*":
        return True
    if isinstance(expected, dict):
        return isinstance(got, dict) and all(contains(v, got[k]) if k in got else v is None
                                             for k, v in expected.items())
    if isinstance(expected, list):
        return isinstance(got, list) and len(got) == len(expected) and all(map(contains, expected, got))
    if isinstance(expected, str) and len(expected) > 2 and expected[0] == expected[-1] == "*":
        return isinstance(got, str) and expected[1:-1] in got
    return expected == got and isinstance(expected, bool) == isinstance(got, bool)


def take_headers(text):
    match = HEADERS.match(text)
    if not match:
        return {}, text
    pairs = (part.split(":", 1) for part in match.group(1).split(" | ") if part.strip())
    return {name.strip(): value.strip() for name, value in pairs}, text[match.end():]


class Run:
    def __init__(self, program, path, folder):
        self.program, self.path, self.folder = program, path, folder
        self.shop = os.path.join(folder, "shop")
        self.keys, self.values, self.key = {}, {}, None
        self.options = ["--insecure-local"]
        self.server = self.address = self.status = self.body = None
        self.headers = {}
        self.passed = self.failed = 0

    def vitrine(self, *arguments):
        done = subprocess.run([self.program, "--shop", self.shop, *arguments], capture_output=True, text=True,
                              cwd=self.folder, check=False)
        if done.returncode != 0:
            sys.exit("%s: vitrine %s: %s" % (self.path, " ".join(arguments), done.stderr))
        return done.stdout

    def start(self):
        self.log = open(os.path.join(self.folder, "log"), "a+", encoding="utf-8")
        self.log.seek(0, os.SEEK_END)
        begin = self.log.tell()
        command = [self.program, "--shop", self.shop, "serve", "--listen", "127.0.0.1:0", *self.options]
        self.server = subprocess.Popen(command, stderr=self.log)
        for _ in range(600):
            self.log.seek(begin)
            match = re.search(r"serving .* at https?://([^;]+);", self.log.read())
            if match:
                self.address = match.group(1)
                return
            if self.server.poll() is not None:
                break
            time.sleep(.05)
        self.log.seek(begin)
        sys.exit("%s: the server does not begin: %s" % (self.path, self.log.read()))

    def stop(self, how=signal.SIGTERM):
        if self.server is not None:
            self.server.send_signal(how)
            code = self.server.wait(60)
            if how == signal.SIGTERM and code != 0:
                with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
                    self.fail(0, "the server ends with %d: %s" % (code, log.read()[-8000:]))
        self.server = None

    def fail(self, line, why):
        self.failed += 1
        print("%s:%d: %s" % (self.path, line, why))

    def fill(self, text):
        return re.sub(r"\$([a-z]\w*)", lambda m: str(self.values.get(m.group(1), m.group(0))), text)

    def request(self, text):
        method, path, rest = (text.split(" ", 2) + [""])[:3]
        headers, body = take_headers(rest)
        if body.startswith("'"):
            body = body[1:-1].replace("\\n", "\n")
        if self.key:
            headers.setdefault("Authorization", "Bearer " + self.keys[self.key])
        connection = http.client.HTTPConnection(self.address, timeout=60)
        if body:
            headers.setdefault("Content-Type", "application/json")
        if body.startswith("@"):
            with open(os.path.join(SOURCE, body[1:]), "rb") as content:
                body = content.read()
        else:
            body = body.encode()
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        self.status, self.bytes = answer.status, answer.read()
        self.body = self.bytes.decode(errors="replace")
        self.headers = {name.lower(): value for name, value in answer.getheaders()}
        connection.close()

    def compare(self, line, text):
        status, rest = (text.split(" ", 1) + [""])[:2]
        headers, expected = take_headers(rest)
        bad = [] if re.fullmatch(status.replace("*", ".*"), str(self.status)) else ["status %d" % self.status]
        for name, value in headers.items():
            got = self.headers.get(name.lower())
            if got is None or not contains(value, got):
                bad.append("%s: %s" % (name, got))
        if expected:
            try:
                good = contains(json.loads(expected), json.loads(self.body))
            except ValueError:
                good = contains(expected, self.body)
            if not good:
                bad.append("the body")
        if bad:
            came = "\n  %s\n  %s" % (self.headers, self.body[:2000])
            self.fail(line, ", ".join(bad) + " not as expected:" + came)
        else:
            self.passed += 1

    def member(self, path):
        value = json.loads(self.body)
        for part in path.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
        return value

    def set_value(self, name, member):
        value = self.headers.get(member.lower())
        self.values[name] = self.member(member) if value is None else value

    def wait(self, line, path, member, wanted):
        until = time.monotonic() + 60
        while True:
            self.request("GET " + path)
            try:
                if str(self.member(member)) in wanted.split("|"):
                    self.passed += 1
                    return
            except (KeyError, IndexError, ValueError):
                pass
            if time.monotonic() > until:
                self.fail(line, "%s of %s is not %s in time:\n  %s" % (member, path, wanted, self.body[:2000]))
                return
            time.sleep(.1)

    def line(self, number, text):
        word, _, rest = text.partition(" ")
        if word == "RUN":
            self.vitrine(*shlex.split(rest))
        elif word in ("COPY", "LINK"):
            what, name = rest.split()
            name = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(name), exist_ok=True)
            if word == "COPY":
                shutil.copy(os.path.join(SOURCE, what), name)
            else:
                os.symlink(what, name)
        elif word == "FILE":
            name, content = rest.split(" ", 1)
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as out:
                out.write(content.replace("\\n", "\n"))
        elif word == "IN":
            self.values["shops"] = os.path.join(self.folder, "shops")
            os.makedirs(self.values["shops"], exist_ok=True)
            self.shop = os.path.join(self.values["shops"], rest)
        elif word == "KEY":
            name, scopes = rest.split()
            self.keys[name] = self.vitrine("--quiet", "key", "create", "--scope", scopes, "--name", name).strip()
        elif word == "SERVE":
            self.options = shlex.split(self.fill(rest))
        elif word == "AS":
            self.key = None if rest == "nobody" else rest
        elif word in ("RESTART", "KILL"):
            self.stop(signal.SIGKILL if word == "KILL" else signal.SIGTERM)
            self.start()
        elif word == "SAVE":
            with open(os.path.join(self.folder, rest), "wb") as out:
                out.write(self.bytes)
        elif word == "SET":
            self.set_value(*rest.split())
        elif word == "WAIT":
            if self.server is None:
                self.start()
            self.wait(number, *self.fill(rest).split(" ", 2))
        elif word == "->":
            self.compare(number, self.fill(rest))
        else:
            if self.server is None:
                self.start()
            self.request(self.fill(text))

    def all(self):
        with open(self.path, encoding="utf-8") as lines:
            for number, text in enumerate(lines, 1):
                if text.strip() and not text.startswith("#"):
                    self.line(number, text.strip())
        self.stop()


def main():
    program, failed = os.path.abspath(sys.argv[1]), 0
    for path in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as folder:
            run = Run(program, path, folder)
            try:
                run.all()
            finally:
                if run.server is not None:
                    run.server.kill()
            print("%s: %d passed, %d failed" % (os.path.basename(path), run.passed, run.failed))
            failed += run.failed
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
