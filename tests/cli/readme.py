#!/usr/bin/env python3
"""readme.py PROGRAM FILE.md

Runs the sessions of a page, its indented blocks with lines that begin with "$ ", and compares what it says with what
the commands print. Durations and seconds may differ; "..." alone on a line stands for lines left out, and the further
tables of evaluate may be left out without it. A block that shows a message of the program ("vitrine: ...") is compared
with standard error too.

Files that a command names are those of ../shared/data ($VITRINE_SHARED says where else). Where they are absent,
commands on the shops that were to be made from them are left out, with a word.

The work is done by run.py: this makes a file of cases for it from the page.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SHARED = os.path.abspath(os.environ.get("VITRINE_SHARED") or os.path.join(ROOT, "..", "shared"))
TIME = re.compile(r"\b(?:[0-9]+ ms|[0-9]+\.[0-9] s|[0-9]+ min [0-9]+ s)(?!\w)")


def sessions(page):
    """Yields (command, output lines) for each "$ " of the page's indented blocks; a command may have several lines."""
    for block in re.findall(r"(?:^    .*\n(?:\n(?=    ))?)+", page, re.M):
        for part in re.split(r"^    \$ ", block, flags=re.M)[1:]:
            lines = [line[4:] for line in part.rstrip().split("\n")]
            lines[0] = part.split("\n")[0]
            command = lines[:1]
            while command[-1].endswith("\\"):
                command.append(lines[len(command)])
            yield command, lines[len(command):]


def expected(output, evaluating):
    """The output with what may differ replaced by what run.py takes for it."""
    seconds = []
    for line in output:
        if "fit s  rank s" in line:
            seconds = [line.index("fit s"), line.index("rank s") + len("rank s")]
            line = line.replace("fit s  rank s", "<any>fit s<any>rank s")  # their columns are as wide as their seconds
        elif not line:
            seconds = []
        elif seconds:
            line = line[:seconds[0]].rstrip() + "<any>" + line[seconds[1]:]
        if line.startswith("#"):
            line = "<any>" + line[1:]  # a table's first column is "#", which begins a comment there
        yield TIME.sub("<time>", line)
    if evaluating:
        yield "..."


def as_cases(page, files):
    """The cases of the page as a text for run.py, their number and the number of those left out."""
    lines, count, left_out, export, absent = ["# Made from the page by readme.py."], 0, 0, "", set()
    lines += ["$ ln -s %s ." % path for path in [os.path.join(ROOT, "tests")] + sorted(files.values())]
    for command, output in sessions(page):
        if command[0].startswith("export "):
            export = command[0] + "; "
            continue
        shop = re.search(r"--shop (\S+)", command[0])
        named = re.findall(r"(?<!\S)(?!tests/)[\w.-]+\.(?:gz|csv|json|zip)(?!\S)", " ".join(command))
        if shop and any(name not in files for name in named):
            absent.add(shop.group(1))
        if shop and shop.group(1) in absent:
            left_out += 1
            continue
        count += 1
        command[0] = export + command[0]
        if output and output[0].startswith("vitrine: "):
            command = ["{"] + command + ["} 2>&1 | tail -n 1"]  # what went before is progress
        lines += ["$ " + command[0]] + ["> " + line for line in command[1:]]
        lines += expected(output, "vitrine" in command[0] and " evaluate " in command[0])
    return "\n".join(lines) + "\n", count, left_out


def main():
    program, path = sys.argv[1:]
    files = {os.path.basename(name): name for name in glob.glob(os.path.join(SHARED, "data", "*", "*.gz"))}
    with open(path, encoding="utf-8") as file:
        text, count, left_out = as_cases(file.read(), files)
    with tempfile.TemporaryDirectory() as folder:
        cases = os.path.join(folder, os.path.basename(path) + ".txt")
        with open(cases, "w", encoding="utf-8") as file:
            file.write(text)
        status = subprocess.run([sys.executable, os.path.join(HERE, "run.py"), program, cases], check=False).returncode
    if left_out:
        print("skip: %d commands need ../shared/data" % left_out)
    if count < 3:
        print("%s has no session to compare" % path)
        status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
