"""Tests of how script/setup gets its pinned source package, without a network: pip looks into a folder made here.

A wrong file must be refused, a damaged one must be noticed, and a good one must be left alone. Prints TAP.
"""

import io
import os
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
TARGET = "subprojects/packagefiles/yyjson-4.0.6.tar.gz"


def source_package(path, marker):
    """A source package whose build backend would leave a file behind when it is run."""
    files = {
        "PKG-INFO": "Metadata-Version: 2.1\nName: yyjson\nVersion: 4.0.6\n",
        "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
        "setup.py": "open(%r, 'w').close()\n" % marker,
    }
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo("yyjson-4.0.6/" + name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))


def set_up(root, packages):
    env = dict(os.environ, PIP_NO_INDEX="1", PIP_FIND_LINKS=packages, PIP_CONFIG_FILE=os.devnull)
    done = subprocess.run(["bash", os.path.join(root, "script", "setup"), "--runtime"], capture_output=True, text=True,
                          check=False, env=env, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def cases(work):
    root, packages, marker = (os.path.join(work, name) for name in ("project", "packages", "was-run"))
    shutil.copytree(os.path.join(ROOT, "subprojects", "packagefiles", "yyjson"),
                    os.path.join(root, "subprojects", "packagefiles", "yyjson"))
    shutil.copy(os.path.join(ROOT, "meson.build"), root)
    os.makedirs(packages)
    shutil.copytree(os.path.join(ROOT, "script"), os.path.join(root, "script"))
    wrap, target = os.path.join(root, "subprojects", "yyjson.wrap"), os.path.join(root, TARGET)
    shutil.copy(os.path.join(ROOT, "subprojects", "yyjson.wrap"), wrap)
    fake = os.path.join(packages, "yyjson-4.0.6.tar.gz")
    source_package(fake, marker)

    status, said = set_up(root, packages)
    yield "a package with another hash is refused", status == 1 and not os.path.exists(target), said

    with open(wrap, encoding="utf-8") as file:
        lines = [line if not line.startswith("source_hash") else "source_hash = %s\n" % sha256(fake) for line in file]
    with open(wrap, "w", encoding="utf-8") as file:
        file.writelines(lines)
    status, said = set_up(root, packages)
    good = status == 0 and os.path.exists(target) and sha256(target) == sha256(fake)
    unpacked = os.path.join(root, "subprojects", "yyjson-4.0.6", "PKG-INFO")
    yield "the pinned package is fetched", good, said
    yield "it is unpacked, so that headers compile before the first build", os.path.isfile(unpacked), said
    yield "nothing of the package is run", good and not os.path.exists(marker), said
    if not good:
        return

    before = os.stat(target)
    status, said = set_up(root, os.path.join(work, "nowhere"))
    after = os.stat(target)
    yield "the second time nothing is fetched or changed", (
        status == 0 and before.st_mtime_ns == after.st_mtime_ns and before.st_ino == after.st_ino), said

    with open(target, "r+b") as file:
        file.write(b"damaged")
    status, said = set_up(root, packages)
    yield "a damaged file is noticed and fetched again", (
        status == 0 and sha256(target) == sha256(fake) and "is not the pinned file" in said), said


def main():
    newer = subprocess.run(["pkg-config", "--atleast-version=0.12", "yyjson"], check=False).returncode == 0
    if newer:
        print("1..0 # SKIP the system has yyjson itself, nothing is fetched here")
        return
    failed = number = 0
    with tempfile.TemporaryDirectory() as work:
        for number, (name, good, said) in enumerate(cases(work), 1):
            failed += not good
            print("%sok %d - %s" % ("" if good else "not ", number, name))
            if not good:
                print("# " + said.replace("\n", "\n# "))
    print("1..%d" % max(number, 6))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
