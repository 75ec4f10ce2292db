#!/usr/bin/env python3
"""Makes the types of the interface's answers for the dashboard: web/src/data/api.d.ts.

    web_api.py --program build/src/cli/vitrine [--node NODE] [--check]

The document is the program's own, as "vitrine rest --json" prints it; of it the schemas are taken, since pages name
paths by what they ask for. With --check nothing is written: it fails where the file is not what the program says.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WEB = os.path.join(ROOT, "web")
TYPES = os.path.join(WEB, "src", "data", "api.d.ts")


def make(options):
    rest = subprocess.run([options.program, "rest", "--json"], stdout=subprocess.PIPE, check=True)
    document = json.loads(rest.stdout)
    document["paths"] = {}
    with tempfile.TemporaryDirectory() as folder:
        schemas, types = os.path.join(folder, "openapi.json"), os.path.join(folder, "api.d.ts")
        with open(schemas, "w", encoding="utf-8") as file:
            json.dump(document, file)
        done = subprocess.run([options.node, "node_modules/openapi-typescript/bin/cli.js", schemas, "-o", types],
                              cwd=WEB, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            sys.exit("openapi-typescript failed:\n" + done.stdout)
        with open(types, encoding="utf-8") as file:
            return file.read()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--node", default="node")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    options.program = os.path.abspath(options.program)
    made = make(options)
    if not options.check:
        with open(TYPES, "w", encoding="utf-8") as file:
            file.write(made)
        return
    with open(TYPES, encoding="utf-8") as file:
        if file.read() != made:
            sys.exit("web/src/data/api.d.ts is not what the program's interface is: run\n"
                     "    python3 script/lib/web_api.py --program " + os.path.relpath(options.program, ROOT))


if __name__ == "__main__":
    main()
