"""Counts what script/test ran and prints the line it ends with: "N passed, N failed" (and ", N skipped").

The folder given holds checks.txt (a line "ok|failed NAME" a check), one meson test log a build, and NAME.failed for
each of these whose program ended with a failure: if none can be counted for it, that is one. In the debug build
each test function and each command case counts. Other builds run the same tests again, so each test program counts
once there. A function that says "skipped: ..." and goes on is skipped too. With --strict a skip is a failure.
"""

import collections
import json
import os
import re
import sys

CMOCKA = re.compile(r"^\[ +(OK|FAILED|SKIPPED|PASSED|ERROR) +\] (.*)$", re.M)
TAP = re.compile(r"^(ok|not ok)\b *\d* *-? *([^#\n]*)(?:# *(SKIP)\b *(.*))?$", re.M)
CASES = re.compile(r"^(\S+): ([0-9]+) passed, ([0-9]+) failed(?:; the rest skipped: (.*))?$", re.M)
LEFT = re.compile(r"^skipped: *(.*)$", re.M)
BRACKET = re.compile(r"^\[[ =A-Z-]+\].*$", re.M)


def said_in(text):
    """What a test said beside the framework's own lines, as one line without the word skip before it."""
    words = " ".join(BRACKET.sub("", text).split())
    return re.sub(r"^(?:1\.\.0 # )?skip(?:ped)?:? *", "", words, flags=re.I)[:200]


class Count:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []


def count_cmocka(program, text, count):
    """Adds what a cmocka program printed for each function; says how many lines it found."""
    functions = collections.OrderedDict()
    previous = 0
    for match in CMOCKA.finditer(text):
        word, name = match.groups()
        said = text[previous:match.start()]
        reason = said_in(said)
        previous = match.end()
        if word == "PASSED" or "test(s)" in name or name in functions:
            continue
        functions[name] = word
        left = LEFT.search(said)
        if word == "OK" and left:
            count.skipped.append("%s: %s (%s)" % (program, name, left.group(1)))
        elif word == "OK":
            count.passed += 1
        elif word == "SKIPPED":
            count.skipped.append("%s: %s (%s)" % (program, name, reason or "no reason given"))
        else:
            count.failed.append("%s: %s" % (program, name))
    return len(functions)


def count_tap(program, text, count):
    found = 0
    for word, name, skip, reason in TAP.findall(text):
        found += 1
        if skip:
            count.skipped.append("%s: %s (%s)" % (program, name.strip(), reason.strip() or "no reason given"))
        elif word == "ok":
            count.passed += 1
        else:
            count.failed.append("%s: %s" % (program, name.strip()))
    return found


def count_commands(program, text, count):
    """Adds what tests/cli/run.py says of files of commands."""
    found = 0
    for name, passed, failed, skip in CASES.findall(text):
        found += 1
        count.passed += int(passed)
        count.failed += ["%s: a command of %s" % (program, name)] * int(failed)
        if skip:
            count.skipped.append("%s: the rest of %s (%s)" % (program, name, skip))
    return found


def count_program(build, entry, count):
    program, result = entry["name"].split(" / ")[-1], entry["result"]
    if build != "debug":
        program = "%s (%s)" % (program, build)
    text = (entry.get("stdout") or "") + "\n" + (entry.get("stderr") or "")
    good = result in ("OK", "EXPECTEDFAIL")
    if build != "debug":
        if good:
            count.passed += 1
        elif result == "SKIP":
            count.skipped.append("%s (%s)" % (program, said_in(text) or "no reason given"))
        else:
            count.failed.append("%s: %s" % (program, result.lower()))
        return
    failed = len(count.failed)
    found = (count_cmocka(program, text, count) or count_commands(program, text, count)
             or count_tap(program, text, count))
    if not found and result == "SKIP":
        count.skipped.append("%s (%s)" % (program, said_in(text) or "no reason given"))
    elif not found and good:
        count.passed += 1
    elif not good and result != "SKIP" and len(count.failed) == failed:
        count.failed.append("%s: %s" % (program, result.lower()))  # died before it could say which


def main():
    folder, strict, count = sys.argv[1], "--strict" in sys.argv[2:], Count()
    said = collections.Counter()  # failures counted, by what they were counted in
    ended = []
    for name in sorted(os.listdir(folder)):
        path, build = os.path.join(folder, name), name.split(".")[0]
        before = len(count.failed)
        if name.endswith(".broken"):
            count.failed.append("%s: does not build" % build)
        elif name.endswith(".txt"):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    word, what = line.rstrip("\n").split(" ", 1)
                    if word == "ok":
                        count.passed += 1
                    else:
                        count.failed.append("check: " + what)
        elif name.endswith(".json"):
            with open(path, encoding="utf-8", errors="replace") as file:
                for line in file:
                    count_program(build, json.loads(line), count)
        elif name.endswith(".failed"):
            ended.append(build)
        said[build] += len(count.failed) - before
    count.failed += ["%s: ended with a failure that no test names" % build for build in ended if not said[build]]
    if strict and count.skipped:
        count.failed.append("%d skipped, and --strict allows none" % len(count.skipped))
    for title, rows in (("skipped", count.skipped), ("failed", count.failed)):
        for row in rows:
            print("%s: %s" % (title, row))
    tail = ", %d skipped" % len(count.skipped) if count.skipped else ""
    print("%d passed, %d failed%s" % (count.passed, len(count.failed), tail))
    sys.exit(1 if count.failed or not count.passed else 0)


if __name__ == "__main__":
    main()
