"""Tests of script/check: small bad trees that it must catch, and good ones beside them that it must let pass.

Each case is a tree of a few files; what must be found is given as "path:line: words", and nothing else may be found.
Prints TAP.
"""

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
TABLE = """| folder | holds | may use |
| --- | --- | --- |
| `src/base/` | basics | - |
| `src/math/` | numbers | base |
| `src/cli/` | commands | base |
"""
ARCHITECTURE = "docs/architecture.md"
HOST = ".".join(("files.pythonhosted", "org"))  # in halves, or this file would be a finding itself

# name, check, files, findings
CASES = [
    ("an include that the table allows", "includes",
     {"src/math/a.c": '/* a */\n#include <stdio.h>\n#include "base/x.h"\n#include "vitrine/y.h"\n'}, []),
    ("an include that the table forbids", "includes",
     {"src/base/a.c": '/* a */\n#include "math/x.h"\n'}, ["src/base/a.c:2: \"math/x.h\": src/base/ may not use math"]),
    ("a program sees public headers and base alone", "includes",
     {"src/cli/a.c": '/* a */\n#include "vitrine/y.h"\n#include "base/x.h"\n#include "math/x.h"\n'},
     ["src/cli/a.c:4: \"math/x.h\": src/cli/ may not use math"]),
    ("an include in a comment is none", "includes", {"src/base/a.c": '/*\n#include "math/x.h"\n*/\n'}, []),
    ("an include without its folder", "includes",
     {"src/math/a.c": '#include "b.h"\n#include "x.h"\n', "src/math/b.h": "int b;\n"},
     ["src/math/a.c:2: \"x.h\" is not beside it"]),
    ("an include of our own in angle brackets", "includes",
     {"src/cli/a.c": "#include <math/x.h>\n"}, ["src/cli/a.c:1: <math/x.h> is ours"]),
    ("a public header with a private include", "includes",
     {"include/vitrine/a.h": '\n\n#include "base/x.h"\n'}, ["include/vitrine/a.h:3: \"base/x.h\": a public header"]),
    ("a folder without a row", "includes", {"src/magic/a.c": "int a;\n"}, ["src/magic/a.c:1: src/magic/ has no row"]),
    ("a unit test includes as its folder may", "includes",
     {"tests/unit/base/test_a.c": '#include "check.h"\n#include "base/x.h"\n#include "math/y.h"\n'},
     ["tests/unit/base/test_a.c:3: \"math/y.h\": src/base/ may not use math"]),
    ("no table at all", "includes", {ARCHITECTURE: "# Architecture\n"}, [ARCHITECTURE + ":1: has no table"]),
    ("a banned function", "banned",
     {"src/base/a.c": "void f(char *t)\n{\n    sprintf(t, \"x\");\n}\n"}, ["src/base/a.c:3: sprintf() is banned"]),
    ("a banned function in a test", "banned",
     {"tests/unit/base/test_a.c": "int f(void)\n{\n    return atoi(\"1\");\n}\n"},
     ["tests/unit/base/test_a.c:3: atoi() is banned"]),
    ("names in comments, strings, members and longer names", "banned",
     {"src/base/a.c": "/* strcpy(a, b) */\nint x = my_strcpy(1) + sizeof(\"gets(x)\");\n"
                      "int y = v.free(1) + p->exit(2);\nint z = vt_free(1) + snprintf(0, 0, \"\");\n"}, []),
    ("exit in the library", "banned",
     {"src/math/a.c": "void f(void)\n{\n    exit (1);\n}\n"}, ["src/math/a.c:3: exit(): the library never"]),
    ("exit and printf in a command", "banned",
     {"src/cli/a.c": "void f(void)\n{\n    printf(\"x\"), exit(1);\n}\n"}, []),
    ("memory from malloc", "banned",
     {"src/cli/a.c": "void *f(void)\n{\n    return malloc(1);\n}\n"}, ["src/cli/a.c:3: malloc(): memory comes from"]),
    ("memory that libc gave goes back to it", "banned",
     {"src/base/a.c": "void f(void *p)\n{\n    free(p); /* libc's */\n}\n"}, []),
    ("SQL from a format", "banned",
     {"src/base/a.c": "int f(char *t, int n)\n{\n    return snprintf(t, 9,\n"
                      "        \"SELECT * FROM t WHERE a=%d\", n);\n}\n"},
     ["src/base/a.c:3: SQL is never built"]),
    ("a file of 701 lines", "sizes", {"src/base/a.c": "\n" * 701}, ["src/base/a.c:701: has 701 lines"]),
    ("a file of 700 lines", "sizes", {"src/base/a.c": "\n" * 700}, []),
    ("without git, what .gitignore names is not looked at", "sizes",
     {".gitignore": "# made\n/build*/\n/subprojects/yyjson-*/\n__pycache__/\n*.o.c\n",
      **{path: "\n" * 701 for path in ("build-debug/a.c", "subprojects/yyjson-4/yyjson.c", "src/base/__pycache__/a.py",
                                      "src/base/a.o.c", ".git/a.c", "build.c", "src/build/a.c", "yyjson-4/a.c")}},
     ["build.c:701: has 701 lines", "src/build/a.c:701: has 701 lines", "yyjson-4/a.c:701: has 701 lines"]),
    ("a function of 81 lines", "sizes",
     {"src/base/a.c": "int before;\n\nstatic int f(int a,\n             int b)\n{\n"
                      + "    a++;\n" * 76 + "    b++;\n}\n"},
     ["src/base/a.c:3: f() has 81 lines"]),
    ("a function of 80 lines", "sizes",
     {"src/base/a.c": "static int f(int a,\n             int b)\n{\n" + "    a++;\n" * 75 + "    b++;\n}\n"}, []),
    ("a table of 90 lines is no function", "sizes",
     {"src/base/a.c": "static const int t[] = {\n" + "    1,\n" * 90 + "};\n"}, []),
    ("a long function behind braces in strings, macros and branches", "sizes",
     {"src/base/a.c": '#define OPEN { \\\n {\nextern "C" {\n#if A\nint f(void) {\n#else\nint g(void) {\n#endif\n'
                      + "    s = \"}\"; c = '}'; /* } */ // }\n" * 90 + "}\n}\n"},
     ["src/base/a.c:5: f() has 95 lines"]),
    ("two functions of 50 lines", "sizes",
     {"src/base/a.c": "int f(void)\n{\n" + "    if (a) {\n    }\n" * 24
                      + "}\nint g(void)\n{\n" + "    b();\n" * 48 + "}\n"},
     []),
    ("a file without an opening comment", "opening",
     {"src/base/a.c": "int a;\n", "src/base/b.c": "/* b */\nint b;\n"}, ["src/base/a.c:1: a file opens with"]),
    ("white space, width and the last line", "text",
     {"src/base/a.c": "int a; \n" + "x" * 121 + "\n" + "y" * 120 + "\nend"},
     ["src/base/a.c:1: white space", "src/base/a.c:2: has 121 columns", "src/base/a.c:4: the last line"]),
    ("the host of a registry", "names",
     {"script/x": "one\ncurl " + HOST + "/y\n"}, ["script/x:2: names the host"]),
    ("a path of one machine", "names",
     {"docs/x.md": "see /" + "root/x and /home" + "/me/x\nand a/w" + "ork/b and ~/w" + "ork/\n"},
     ["docs/x.md:1: names a path of one machine (/home" + "/me/)",
      "docs/x.md:1: names a path of one machine (/" + "root/)"]),
    ("a source that meson does not know", "listed",
     {"src/base/meson.build": "sources += files('a.c')\n", "src/base/a.c": "\n", "src/base/b.c": "\n",
      "tests/unit/base/meson.build": "names = ['a']\n", "tests/unit/base/test_a.c": "\n",
      "tests/unit/base/test_b.c": "\n"},
     ["src/base/b.c:1: is in no meson.build", "tests/unit/base/test_b.c:1: is in no meson.build"]),
    ("links that lead nowhere", "links",
     {"README.md": "[a](docs/a.md) [b](docs/b.md)\n[c](docs/a.md#the-head) [d](docs/a.md#tail)\n[e](http://x/y)\n"
                   "```\n[f](nowhere)\n```\n", "docs/a.md": "# The head\n[up](../README.md)\n"},
     ["README.md:1: links to docs/b.md", "README.md:2: links to docs/a.md#tail"]),
    ("a header that does not compile alone", "headers",
     {"include/vitrine/a.h": "size_t f(void);\n", "include/vitrine/b.h": "#include <stddef.h>\nsize_t g(void);\n"},
     ["include/vitrine/a.h:1: does not compile alone with g++",
      "include/vitrine/a.h:1: does not compile alone with gcc"]),
    ("a header that C++ refuses", "headers",
     {"include/vitrine/a.h": "int f(int *restrict a);\n"}, ["include/vitrine/a.h:1: does not compile alone with g++"]),
    ("a header without a guard", "headers",
     {"src/base/a.h": "struct a {\n    int b;\n};\n"}, ["src/base/a.h:1: does not compile alone with gcc"]),
    ("code that is not formatted", "format",
     {".clang-format": "BasedOnStyle: LLVM\n", "src/base/a.c": "int a;\nint   b;\n", "src/base/b.c": "int b;\n"},
     ["src/base/a.c:2: is not formatted"]),
    ("demo data that its script does not make", "demo-data",
     {"tests/data/make_small.py": "import sys\nsys.exit('reviews.jsonl differs')\n"},
     ["tests/data/make_small.py:1: reviews.jsonl differs"]),
]


def run(check, files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in {ARCHITECTURE: TABLE, **files}.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run([sys.executable, os.path.join(ROOT, "script", "check"), "--root", root, "--only", check],
                              capture_output=True, text=True, check=False)
    found = [line.strip() for line in done.stdout.splitlines() if line.startswith("    ")]
    return done.returncode, found, done.stdout + done.stderr


def same_list_without_git():
    """(good, what differs) of this tree, listed with git and without."""
    loader = importlib.machinery.SourceFileLoader("check", os.path.join(ROOT, "script", "check"))
    check = importlib.util.module_from_spec(importlib.util.spec_from_loader("check", loader))
    loader.exec_module(check)
    differ = set(check.Tree(ROOT).paths) ^ set(check.walked(ROOT))
    return not differ, ", ".join(sorted(differ)[:20])


def main():
    failed = 0
    print("1..%d" % (len(CASES) + 1))
    for number, (name, check, files, wanted) in enumerate(CASES, 1):
        status, found, said = run(check, files)
        good = status == (1 if wanted else 0) and len(found) == len(wanted)
        good = good and all(line.startswith(want) for line, want in zip(found, wanted))
        print("%sok %d - %s: %s" % ("" if good else "not ", number, check, name))
        if not good:
            failed += 1
            print("# wanted status %d and %s\n# got status %d and\n#   %s" %
                  (bool(wanted), wanted, status, said.replace("\n", "\n#   ")))
    good, differ = same_list_without_git()
    print("%sok %d - this tree is listed alike with and without git" % ("" if good else "not ", len(CASES) + 1))
    if not good:
        print("# only in one list: " + differ)
    sys.exit(1 if failed or not good else 0)


if __name__ == "__main__":
    main()
