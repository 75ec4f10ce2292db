"""Environments for the peers of benchmarks: one a list of packages by version and hash, made at first use.

A list that changed makes its environment anew. `import environment` finds this file after bench/ is put in sys.path.
"""

import os
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))


def python_of(name, requirements, *options):
    """The Python of .venv-NAME, which has what the file `requirements` (below bench/) lists; `options` go to pip."""
    folder = os.path.join(ROOT, f".venv-{name}")
    python, kept = os.path.join(folder, "bin", "python"), os.path.join(folder, "requirements.txt")
    path = os.path.join(ROOT, "bench", requirements)
    with open(path, encoding="utf-8") as file:
        wanted = file.read()
    if not os.path.exists(kept) or open(kept, encoding="utf-8").read() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", *options, "-r",
                        path], check=True)
        with open(kept, "w", encoding="utf-8") as file:
            file.write(wanted)
    return python


def recbole():
    """RecBole and implicit, as bench/requirements-recbole.txt has them; another Python by $VITRINE_RECBOLE_PYTHON."""
    return os.environ.get("VITRINE_RECBOLE_PYTHON") or python_of("recbole", "requirements-recbole.txt")


def go_on_in(python):
    """Runs the program that was started again, in the environment of `python`, unless that is where it runs."""
    if os.path.abspath(sys.prefix) != os.path.dirname(os.path.dirname(os.path.abspath(python))):
        os.execv(python, [python, os.path.abspath(sys.argv[0]), *sys.argv[1:]])
