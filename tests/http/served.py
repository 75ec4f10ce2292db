"""A server over a shop in a folder of its own, for tests that speak to it by sockets; run.py is for cases in files."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time

SKIP = 77
SANITIZER = 66  # what script/test lets a program end with in which ThreadSanitizer saw a race


class Served:
    """`with Served(program, "--rate", "5") as server:` begins one over an empty shop and ends it."""

    def __init__(self, program, *options, shop=None, environment=None, wrap=()):
        self.program = os.path.abspath(program)
        self.folder = tempfile.TemporaryDirectory(prefix="vitrine-http-")
        self.shop = shop or os.path.join(self.folder.name, "shop")
        self.options = list(options) or ["--insecure-local"]
        self.environment = dict(os.environ, **(environment or {}))
        self.wrap = list(wrap)
        self.process = None
        self.port = 0
        self.log_path = os.path.join(self.folder.name, "log")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def vitrine(self, *arguments, check=True):
        command = [self.program, "--quiet", "--shop", self.shop, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=check, env=self.environment)

    def start(self, port=0):
        with open(self.log_path, "w", encoding="utf-8") as log:
            command = [*self.wrap, self.program, "--shop", self.shop, "serve", "--listen", "127.0.0.1:%d" % port]
            self.process = subprocess.Popen(command + self.options, stderr=log, env=self.environment)
        for _ in range(2400):
            match = re.search(r"serving .* at https?://127\.0\.0\.1:(\d+);", self.log())
            if match:
                self.port = int(match.group(1))
                return self
            if self.process.poll() is not None:
                break
            time.sleep(.025)
        raise AssertionError("the server does not begin: " + self.log())

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(120)
        self.process = None
        if code == SANITIZER:
            print(self.log())
        return code

    def connect(self, timeout=60):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def request(self, method, path, body=None, headers=None, connection=None):
        """Status, headers by their small names, and the body: decoded where it is JSON."""
        own = connection is None
        connection = connection or self.connect()
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        connection.request(method, path, data, {"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        text = answer.read().decode()
        if own:
            connection.close()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, named, json.loads(text) if "json" in named.get("content-type", "") and text else text

    def raw(self, data, timeout=20):
        """Sends the bytes; what comes until the server closes, or until nothing more comes within the timeout."""
        got = b""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.settimeout(timeout)
            try:
                connection.sendall(data)
                while True:
                    part = connection.recv(65536)
                    if not part:
                        break
                    got += part
            except OSError:
                pass
        return got
