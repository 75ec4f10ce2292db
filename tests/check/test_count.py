"""Tests of script/lib/count.py, which makes the last line of script/test: a failure must never be counted away.

Each case is a folder of logs as script/test leaves them, and what must be printed last. Prints TAP.
"""

import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
OK = "[ RUN      ] %s\n[       OK ] %s\n"


def entry(name, result, out="", err=""):
    return json.dumps({"name": "vitrine:quick / " + name, "result": result, "stdout": out, "stderr": err}) + "\n"


TWO = "[==========] Running 2 test(s).\n" + OK % ("a", "a") + OK % ("b", "b") + "[==========] 2 test(s) run.\n"
ONE_BAD = ("[==========] Running 2 test(s).\n" + OK % ("a", "a") + "[ RUN      ] b\n",
           "[  FAILED  ] b\n[  PASSED  ] 1 test(s).\n[  FAILED  ] 1 test(s), listed below:\n[  FAILED  ] b\n\n"
           " 1 FAILED TEST(S)\n")
SKIPPED = OK % ("a", "a") + "[ RUN      ] b\nskip: no data here\n[  SKIPPED ] b\n"

# name, files, last line, exit code, a line that must be among the others
CASES = [
    ("functions are counted", {"debug.json": entry("x", "OK", TWO)}, "2 passed, 0 failed", 0, ""),
    ("a failed function", {"debug.json": entry("x", "FAIL", *ONE_BAD)}, "1 passed, 1 failed", 1, "failed: x: b"),
    ("a program that dies", {"debug.json": entry("x", "FAIL", OK % ("a", "a") + "[ RUN      ] b\n")},
     "1 passed, 1 failed", 1, "failed: x: fail"),
    ("a program that takes too long", {"debug.json": entry("x", "TIMEOUT", TWO)}, "2 passed, 1 failed", 1,
     "failed: x: timeout"),
    ("a skipped function and its reason", {"debug.json": entry("x", "OK", SKIPPED)}, "1 passed, 0 failed, 1 skipped", 0,
     "skipped: x: b (no data here)"),
    ("TAP", {"debug.json": entry("x", "FAIL", "1..3\nok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP none here\n")},
     "1 passed, 1 failed, 1 skipped", 1, "skipped: x: c (none here)"),
    ("files of commands", {"debug.json": entry("x", "FAIL", "a.txt: 3 passed, 2 failed\n    b: 1 passed, 0 failed\n")},
     "3 passed, 2 failed", 1, "failed: x: a command of a.txt"),
    ("a file of commands that is left early",
     {"debug.json": entry("x", "OK", "a.txt: 3 passed, 0 failed; the rest skipped: no fish here\n")},
     "3 passed, 0 failed, 1 skipped", 0, "skipped: x: the rest of a.txt (no fish here)"),
    ("a program without a word", {"debug.json": entry("x", "OK") + entry("y", "FAIL")}, "1 passed, 1 failed", 1, ""),
    ("under a sanitizer a program counts once",
     {"debug.json": entry("x", "OK", TWO), "asan.json": entry("x", "OK", TWO), "tsan.json": entry("x", "FAIL", TWO)},
     "3 passed, 1 failed", 1, "failed: x (tsan): fail"),
    ("checks", {"checks.txt": "ok one\nfailed two\n"}, "1 passed, 1 failed", 1, "failed: check: two"),
    ("a build that fails", {"debug.json": entry("x", "OK", TWO), "tsan.broken": ""}, "2 passed, 1 failed", 1,
     "failed: tsan: does not build"),
    ("tests that end badly without a failed one", {"debug.json": entry("x", "OK", TWO), "debug.failed": ""},
     "2 passed, 1 failed", 1, "failed: debug: ended with a failure that no test names"),
    ("tests that end badly with a failed one", {"debug.json": entry("x", "FAIL", *ONE_BAD), "debug.failed": ""},
     "1 passed, 1 failed", 1, "failed: x: b"),
    ("checks without results", {"checks.failed": "", "debug.json": entry("x", "OK", TWO)}, "2 passed, 1 failed", 1,
     "failed: checks: ended with a failure that no test names"),
    ("a function that leaves a part out",
     {"debug.json": entry("x", "OK", "[ RUN      ] a\nskipped: no zones here\n[       OK ] a\n" + OK % ("b", "b"))},
     "1 passed, 0 failed, 1 skipped", 0, "skipped: x: a (no zones here)"),
    ("nothing ran", {}, "0 passed, 0 failed", 1, ""),
]
STRICT = [
    ("--strict and a skip", {"debug.json": entry("x", "OK", SKIPPED)}, "1 passed, 1 failed, 1 skipped", 1,
     "failed: 1 skipped, and --strict allows none"),
    ("--strict and no skip", {"debug.json": entry("x", "OK", TWO)}, "2 passed, 0 failed", 0, ""),
]


def main():
    failed = 0
    cases = [(*case, []) for case in CASES] + [(*case, ["--strict"]) for case in STRICT]
    print("1..%d" % len(cases))
    for number, (name, files, last, status, other, options) in enumerate(cases, 1):
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
                    file.write(text)
            done = subprocess.run([sys.executable, os.path.join(ROOT, "script", "lib", "count.py"), folder, *options],
                                  capture_output=True, text=True, check=False)
        lines = done.stdout.splitlines() or [""]
        good = lines[-1] == last and done.returncode == status and (not other or other in lines[:-1])
        failed += not good
        print("%sok %d - %s" % ("" if good else "not ", number, name))
        if not good:
            print("# wanted %r (%d), %r\n# got (%d) %r %s" % (last, status, other, done.returncode, lines, done.stderr))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
