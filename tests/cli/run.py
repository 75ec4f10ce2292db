#!/usr/bin/env python3
"""run.py [--update] PROGRAM FILE...

Runs files of commands and compares their output. A file is blocks:

    # a comment
    $ vitrine --shop s shop info
    shop  s
    size  <size>
    ...
    [exit 3]

A line that begins with "$ " is given to bash in a scratch folder that the whole file shares; "> " continues it. What
follows up to the next command is the exact standard output, in which

    ...        alone on a line stands for any number of lines
    <number>   stands for a number such as 12, 1,234.5 or -0.25
    <time>     stands for a duration such as 34 ms, 3.2 s or 2 min 5 s
    <size>     stands for a size such as 1.5 KiB
    <date>     stands for a date with or without time
    <hash>     stands for hexadecimal digits
    <any>      stands for any text within the line

A comment stands at the beginning or behind an empty line. "[exit N]" is the exit code, 0 when it is left out. Standard
error is not compared: a case that is about it ends in "2>&1". A first output line "[skip] why" skips the rest of the
file (its case needs something that this machine does not have); the program then exits with 77 when nothing else
failed and every file was skipped.

--update writes what the commands say now into the files, keeping every output that still matches: read the difference
before it is committed.

The commands see PROGRAM as `vitrine`, this folder as $HERE, the root of the source as $SOURCE, no $VITRINE_SHOP, and a
clock that stands at 2025-01-01 ($VITRINE_NOW).
"""

import os
import re
import subprocess
import sys
import tempfile

PATTERNS = {
    "<number>": r"-?[0-9][0-9,]*(?:\.[0-9]+)?",
    "<time>": r"(?:[0-9]+ ms|[0-9]+\.[0-9] s|[0-9]+ min [0-9]+ s)",
    "<size>": r"(?:[0-9]+ B|[0-9]+\.[0-9] [KMGT]iB)",
    "<date>": r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}:[0-9]{2})?",
    "<hash>": r"[0-9a-f]+",
    "<any>": r"[^\n]*",
}
SECONDS = 120


class Case:
    def __init__(self, line, comment):
        self.line = line
        self.comment = comment
        self.command = []
        self.output = []
        self.code = 0


def read_cases(path):
    cases = []
    comment = []
    last = ""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file.read().split("\n"), 1):
            if line.startswith("$ "):
                cases.append(Case(number, comment))
                cases[-1].command.append(line[2:])
                comment = []
            elif (line.startswith("#") and last == "") or comment or not cases:
                comment.append(line)
            elif line.startswith("> ") and not cases[-1].output:
                cases[-1].command.append(line[2:])
            elif re.fullmatch(r"\[exit \d+\]", line):
                cases[-1].code = int(line[6:-1])
            else:
                cases[-1].output.append(line)
            last = line
    for case in cases:
        while case.output and case.output[-1] == "":
            case.output.pop()
    return cases


def write_cases(path, cases):
    lines = []
    for case in cases:
        lines += case.comment + ["$ " + case.command[0]] + ["> " + line for line in case.command[1:]] + case.output
        lines += ["[exit %d]" % case.code] if case.code else []
        lines.append("")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def pattern_of(lines):
    """A regular expression of the whole output."""
    parts = []
    for line in lines:
        if line == "...":
            parts.append(r"(?:[^\n]*\n)*?")
            continue
        pieces = re.split("(%s)" % "|".join(map(re.escape, PATTERNS)), line)
        parts.append("".join(PATTERNS.get(piece, re.escape(piece)) for piece in pieces) + r"\n")
    return re.compile("".join(parts))


def indent(text):
    return "".join("    " + line + "\n" for line in text.split("\n"))


def environment_of(program, folder):
    tools = os.path.join(folder, ".bin")
    os.mkdir(tools)
    os.symlink(os.path.abspath(program), os.path.join(tools, "vitrine"))
    here = os.path.dirname(os.path.abspath(__file__))
    result = {key: value for key, value in os.environ.items()
              if key not in ("VITRINE_SHOP", "NO_COLOR", "MALLOC_PERTURB_")}
    result.update(PATH=tools + ":" + result["PATH"], HERE=here, LC_ALL="C.UTF-8", TZ="UTC", VITRINE_NOW="1735689600",
                  SOURCE=os.path.dirname(os.path.dirname(here)), OPENBLAS_CORETYPE="Haswell",
                  OPENBLAS_NUM_THREADS="1", VITRINE_KERNELS="baseline")
    return result


def run_case(case, folder, environment):
    """Standard output, exit code and standard error of a case."""
    done = subprocess.run(["bash", "-c", "\n".join(case.command)], cwd=folder, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=SECONDS, check=False)
    output = done.stdout.decode("utf-8", errors="replace")
    if output and not output.endswith("\n"):
        output += "\n"
    return output, done.returncode, done.stderr.decode("utf-8", errors="replace").strip()


def complain(path, case, output, code, errors):
    print("%s:%d: $ %s" % (os.path.relpath(path), case.line, "\n  > ".join(case.command)))
    print("  expected, exit %d:\n%s  got, exit %d:\n%s" % (
        case.code, indent("\n".join(case.output)), code, indent(output.rstrip("\n"))), end="")
    if errors:
        print("  standard error:\n" + indent(errors), end="")


def run_file(program, path, update):
    """Returns (passed, failed, reason of a skip or None)."""
    passed = failed = 0
    cases = read_cases(path)
    with tempfile.TemporaryDirectory(prefix="vitrine-cli-") as folder:
        environment = environment_of(program, folder)
        for case in cases:
            output, code, errors = run_case(case, folder, environment)
            if output.startswith("[skip] "):
                return passed, failed, output[7:].strip()
            if code == case.code and pattern_of(case.output).fullmatch(output):
                passed += 1
            elif update:
                case.output = output.rstrip("\n").split("\n") if output else []
                case.code = code
            else:
                failed += 1
                complain(path, case, output, code, errors)
    if update:
        write_cases(path, cases)
    return passed, failed, None


def main():
    arguments = sys.argv[1:]
    update = arguments[:1] == ["--update"]
    arguments = arguments[1:] if update else arguments
    if len(arguments) < 2:
        sys.exit(__doc__)
    total_failed = skipped = 0
    for path in arguments[1:]:
        passed, failed, skip = run_file(arguments[0], path, update)
        total_failed += failed
        skipped += skip is not None
        print("%s: %d passed, %d failed%s" % (os.path.basename(path), passed, failed,
                                              "" if skip is None else "; the rest skipped: " + skip))
    if total_failed > 0:
        sys.exit(1)
    if skipped == len(arguments) - 1:
        sys.exit(77)


main()
