#!/usr/bin/env python3
"""test_deploy.py PROGRAM

What deploy/ holds, started as far as this machine allows, and docs/operations.md beside what the program says of
itself.
"""

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
import unittest
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEPLOY = os.path.join(ROOT, "deploy")
PROGRAM = None


def text_of(*parts):
    with open(os.path.join(ROOT, *parts), encoding="utf-8") as file:
        return file.read()


def clean_environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_S")}
    return {**kept, **more}


class Server:
    """A process that serves, with what it says on stderr; stopped as systemd and Docker stop one."""

    def __init__(self, command, environment, folder):
        self.log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(command, env=environment, cwd=folder, stderr=self.log)

    def __enter__(self):
        for _ in range(600):
            self.log.seek(0)
            said = self.log.read()
            match = re.search(r"serving .* at (https?://[^;]+);", said)
            if match:
                self.address = match.group(1)
                return self
            if self.process.poll() is not None:
                raise AssertionError("it does not begin: " + said)
            time.sleep(.05)
        raise AssertionError("it does not begin within 30 s")

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.code = self.process.wait(60)
        self.log.seek(0)
        self.said = self.log.read()
        self.log.close()

    def get(self, path, key=None):
        headers = {"Authorization": "Bearer " + key} if key else {}
        with urllib.request.urlopen(urllib.request.Request(self.address + path, headers=headers), timeout=30) as answer:
            return answer.status, answer.read().decode()


def vitrine(*arguments, **more):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False, **more)
    if done.returncode != 0:
        raise AssertionError("vitrine %s: %s" % (" ".join(arguments), done.stderr))
    return done.stdout


class Unit(unittest.TestCase):
    """deploy/vitrine.service"""

    def setUp(self):
        self.unit = text_of("deploy", "vitrine.service")

    def value(self, name):
        return re.findall(r"^%s=(.*)$" % name, self.unit, re.M)

    def test_it_has_what_a_hardened_unit_has(self):
        for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "StateDirectory=vitrine", "Type=exec",
                     "User=vitrine"):
            self.assertIn("\n%s\n" % line, self.unit)

    def test_systemd_takes_it(self):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("there is no systemd-analyze here")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "vitrine.service")  # the program is not installed here
            with open(path, "w", encoding="utf-8") as file:
                file.write(self.unit.replace("/usr/local/bin/vitrine", PROGRAM).replace("Documentation=", "#"))
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", path], capture_output=True, text=True,
                                  check=False)
            said = [line for line in (done.stdout + done.stderr).splitlines() if "vitrine.service" in line]
            self.assertEqual(said, [])

    def test_its_command_serves_with_its_environment(self):
        with tempfile.TemporaryDirectory() as folder:
            state = os.path.join(folder, "state")
            os.makedirs(state)
            environment = clean_environment()
            pairs = self.value("Environment") + text_of("deploy", "vitrine.env").splitlines()
            for pair in pairs:
                if "=" in pair and not pair.startswith("#"):
                    name, value = shlex.split(pair)[0].split("=", 1)
                    environment[name] = value.replace("/var/lib/vitrine", state)
            self.assertEqual(environment["VITRINE_SERVE_LISTEN"], "127.0.0.1:8080")
            environment["VITRINE_SERVE_LISTEN"] = "127.0.0.1:0"
            command = shlex.split(self.value("ExecStart")[0])
            self.assertEqual(command[0], "/usr/local/bin/vitrine")
            with Server([PROGRAM] + command[1:], environment, folder) as server:
                status, body = server.get("/readyz")
                self.assertEqual((status, json.loads(body)["status"]), (200, "ready"))
            self.assertEqual(server.code, 0)
            self.assertTrue(os.path.exists(os.path.join(state, "shop", "store.db")))
            lines = [json.loads(line) for line in server.said.splitlines() if line.startswith("{")]
            self.assertEqual([line["route"] for line in lines], ["readyz"])

    def test_settings_of_the_example_are_known(self):
        names = {s["variable"] for s in json.loads(vitrine("config", "show", "--json"))["settings"]}
        used = set(re.findall(r"^#?(VITRINE_SERVE_\w+)=", text_of("deploy", "vitrine.env"), re.M))
        self.assertEqual(used - names, set())


class Image(unittest.TestCase):
    """deploy/Dockerfile and deploy/compose.yaml"""

    def instructions(self):
        joined = re.sub(r"\\\n", " ", "\n".join(line for line in text_of("deploy", "Dockerfile").splitlines()
                                                 if not line.startswith("#")))
        return [line.strip().split(None, 1) for line in joined.splitlines() if line.strip()]

    def test_it_is_built_in_two_stages_and_runs_as_nobody_special(self):
        lines = self.instructions()
        known = {"FROM", "RUN", "COPY", "ENV", "VOLUME", "WORKDIR", "EXPOSE", "USER", "STOPSIGNAL", "HEALTHCHECK",
                 "ENTRYPOINT", "CMD"}
        self.assertEqual({word for word, _ in lines} - known, set())
        self.assertEqual([rest for word, rest in lines if word == "FROM"],
                         ["debian:12-slim AS build", "debian:12-slim"])
        self.assertEqual([rest for word, rest in lines if word == "USER"], ["10001:10001"])
        health = next(rest for word, rest in lines if word == "HEALTHCHECK")
        self.assertIn("/readyz", json.loads(health[health.index("["):])[-1])
        self.assertEqual(json.loads(dict(lines)["ENTRYPOINT"]), ["vitrine"])
        for word, rest in lines:
            if word == "COPY" and not rest.startswith("--from"):
                self.assertEqual(rest, ". .")

    def test_its_scripts_take_the_options(self):
        run = [rest for word, rest in self.instructions() if word == "RUN"][0]
        for script, options in re.findall(r"script/(setup|build) ([^&]*)", run):
            usage = subprocess.run([os.path.join(ROOT, "script", script), "--help"], capture_output=True, text=True,
                                   check=True).stdout
            for option in re.findall(r"--\w+", options):
                self.assertIn(option, usage)

    def test_it_has_the_libraries_that_the_program_needs(self):
        if shutil.which("dpkg") is None or shutil.which("ldd") is None:
            self.skipTest("there is no dpkg or no ldd here")
        said = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=True).stdout
        packages = next(rest for word, rest in self.instructions() if word == "RUN" and "apt-get" in rest).split()
        needed = set()
        for name in re.findall(r"^\s*(lib(?:curl|gomp|jpeg|turbojpeg|microhttpd|nlopt|openblas|png16|sodium|sqlite3|"
                               r"utf8proc|webp|zip|zstd)\b[^ ]*) =>", said, re.M):
            found = subprocess.run(["dpkg", "-S", "*/" + name], capture_output=True, text=True, check=False).stdout
            if found:
                needed.add(found.split(":")[0])
        self.assertEqual(needed - set(packages), set())

    def test_the_environment_of_the_image_serves(self):
        environment = clean_environment()
        env = next(rest for word, rest in self.instructions() if word == "ENV")
        with tempfile.TemporaryDirectory() as folder:
            for pair in env.split():
                name, value = pair.split("=", 1)
                environment[name] = value.replace("/data", folder).replace("0.0.0.0:8080", "127.0.0.1:0")
            command = json.loads([rest for word, rest in self.instructions() if word == "CMD"][-1])
            with Server([PROGRAM] + command, environment, folder) as server:
                self.assertEqual(server.get("/readyz")[0], 200)
                with self.assertRaises(urllib.error.HTTPError) as refused:
                    server.get("/v1/trending")
                self.assertEqual(refused.exception.code, 401)
                refused.exception.close()
                key = vitrine("--shop", os.path.join(folder, "shop"), "--quiet", "key", "create").strip()
                self.assertEqual(server.get("/v1/trending", key)[0], 200)
            self.assertEqual(server.code, 0)

    def test_compose_starts_it_read_only(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("there is no PyYAML here")
        service = yaml.safe_load(text_of("deploy", "compose.yaml"))["services"]["vitrine"]
        self.assertTrue(service["read_only"])
        self.assertEqual(service["cap_drop"], ["ALL"])
        self.assertEqual(service["volumes"], ["shop:/data"])
        self.assertTrue(os.path.exists(os.path.join(DEPLOY, service["build"]["context"],
                                                    service["build"]["dockerfile"])))

    def test_docker_builds_and_runs_it(self):
        docker = shutil.which("docker")
        if docker is None or subprocess.run([docker, "info"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no Docker daemon answers here")
        if os.environ.get("VITRINE_TEST_DOCKER") != "1":
            self.skipTest("building the image takes minutes and the network: VITRINE_TEST_DOCKER=1 does it")
        subprocess.run([docker, "build", "-f", "deploy/Dockerfile", "-t", "vitrine-test", "."], cwd=ROOT, check=True)
        name = subprocess.run([docker, "run", "-d", "--rm", "--read-only", "--tmpfs", "/tmp", "vitrine-test"],
                              capture_output=True, text=True, check=True).stdout.strip()
        try:
            health = ""
            for _ in range(90):
                health = subprocess.run([docker, "inspect", "-f", "{{.State.Health.Status}}", name],
                                        capture_output=True, text=True, check=True).stdout.strip()
                if health == "healthy":
                    break
                time.sleep(1)
            self.assertEqual(health, "healthy")
        finally:
            subprocess.run([docker, "stop", name], capture_output=True, check=False)


class Page(unittest.TestCase):
    """docs/operations.md"""

    def setUp(self):
        self.page = text_of("docs", "operations.md")

    def rows(self, heading):
        part = self.page.split("\n## %s\n" % heading)[1].split("\n## ")[0]
        return [name for row in re.findall(r"^\| (.*?) \|", part, re.M) for name in re.findall(r"`([^`]+)`", row)]

    def test_it_lists_the_settings(self):
        names = [s["name"] for s in json.loads(vitrine("config", "show", "--json"))["settings"]]
        self.assertEqual(sorted(self.rows("Settings")), sorted(names))

    def test_it_lists_the_measures_and_the_members_of_the_log(self):
        with tempfile.TemporaryDirectory() as folder:
            command = [PROGRAM, "--shop", "shop", "serve", "--listen", "127.0.0.1:0", "--insecure-local", "--log"]
            with Server(command, clean_environment(), folder) as server:
                server.get("/readyz")
                measures = server.get("/metrics")[1]
            lines = [json.loads(line) for line in server.said.splitlines() if line.startswith("{")]
        names = re.findall(r"^# TYPE (\w+) ", measures, re.M)
        names += {"vitrine_model_age_seconds"} - set(names)  # left out where no model answers
        self.assertEqual(sorted(self.rows("Measures")), sorted(names))
        logged = set(self.rows("The log")) - {"traceparent", "message"}  # where the client sent one; of the library
        self.assertEqual(sorted(logged), sorted(lines[0]))


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
