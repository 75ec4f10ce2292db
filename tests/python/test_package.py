"""test_package.py VENV BUILD package|package-built|notebooks [PYTEST-OPTION...]: the Python package as one installs it.

Builds the wheel of python/ (package-built: with a library of its own; else against the library in BUILD), installs it
into a folder of BUILD, and runs the tests in python/tests over it with pytest, or all cells of notebooks/ with nbmake.
Prints TAP, a line a test.
"""

import glob
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
VENV, BUILD, NAME = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3]
PYTHON = os.path.join(VENV, "bin", "python")


def run(*command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)
    return done.returncode == 0, done.stdout


def installed_library(work):
    """Headers and static library of BUILD laid out; what pkg-config needs to find them there."""
    dest = os.path.join(work, "dest")
    run("meson", "install", "-C", BUILD, "--no-rebuild", "--tags", "devel", "--destdir", dest)
    (found,) = glob.glob(dest + "/**/pkgconfig/vitrine.pc", recursive=True)
    with open(found, encoding="utf-8") as file:
        text = file.read()
    with open(found, "w", encoding="utf-8") as file:
        file.write(text.replace("prefix=/", "prefix=" + dest + "/", 1))
    return {"PKG_CONFIG_PATH": os.path.dirname(found)}


def make_wheel(work):
    """The path of the wheel, or None and what was said."""
    environment = dict(os.environ, PATH=os.path.join(VENV, "bin") + os.pathsep + os.environ["PATH"])
    options = ["-Cbuild-dir=" + os.path.join(work, "build")]
    if NAME != "package-built":
        environment.update(installed_library(work))
        options += ["-Csetup-args=-Dlibrary=found", "-Csetup-args=-Dwerror=true"]
    dist = os.path.join(work, "dist")
    shutil.rmtree(dist, ignore_errors=True)
    good, said = run(PYTHON, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index",
                     "--disable-pip-version-check", "-w", dist, *options, os.path.join(ROOT, "python"), env=environment)
    found = glob.glob(os.path.join(dist, "*.whl"))
    return (found[0], said) if good and len(found) == 1 else (None, said)


def install(wheel, work):
    site = os.path.join(work, "site")
    shutil.rmtree(site, ignore_errors=True)
    good, said = run(PYTHON, "-m", "pip", "install", "--no-deps", "--no-index", "--disable-pip-version-check",
                     "--target", site, wheel)
    return (site, said) if good else (None, said)


def comment(text):
    for line in text.splitlines()[-60:]:
        print("# " + line)


def say_cases(path):
    """A line for each test; the number of those that failed."""
    failed = 0
    cases = list(xml.etree.ElementTree.parse(path).iter("testcase"))
    print("1..%d" % len(cases))
    for number, case in enumerate(cases, 1):
        title = "%s %s" % (case.get("classname").rsplit(".", 1)[-1], case.get("name"))
        bad = [child for child in case if child.tag in ("failure", "error")]
        skip = case.find("skipped")
        print("%s %d - %s%s" % ("not ok" if bad else "ok", number, title.replace("#", ""),
                                "" if skip is None else " # SKIP " + (skip.get("message") or "no reason given")))
        for child in bad:
            comment(child.text or child.get("message") or "")
        failed += bool(bad)
    return failed


def main():
    if not os.path.exists(PYTHON):
        print("1..0 # SKIP there is no .venv-python: script/setup makes it")
        return 0
    work = os.path.join(BUILD, "python-" + NAME)
    os.makedirs(work, exist_ok=True)
    wheel, said = make_wheel(work)
    site, said = install(wheel, work) if wheel else (None, said)
    if site is None:
        print("1..1\nnot ok 1 - the wheel is built and installed")
        comment(said)
        return 1
    results = os.path.join(work, "results.xml")
    if os.path.exists(results):
        os.remove(results)
    environment = dict(os.environ, PYTHONPATH=site, VITRINE_WHEEL=wheel, VITRINE_SOURCE=ROOT,
                       VITRINE_PROGRAM=os.path.join(BUILD, "src", "cli", "vitrine"), PYTHONDONTWRITEBYTECODE="1",
                       IPYTHONDIR=os.path.join(work, "ipython"), MPLCONFIGDIR=os.path.join(work, "matplotlib"))
    what = [os.path.join(ROOT, "python", "tests")]
    if NAME == "notebooks":
        what = ["--nbmake", "--nbmake-timeout=600", os.path.join(ROOT, "notebooks")]
    _, said = run(PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml", results, *what, *sys.argv[4:],
                  cwd=work, env=environment)
    if not os.path.exists(results):
        print("1..1\nnot ok 1 - pytest runs")
        comment(said)
        return 1
    return 1 if say_cases(results) else 0


if __name__ == "__main__":
    sys.exit(main())
