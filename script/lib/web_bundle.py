"""Builds the dashboard in web/ and packs it into one C source.

    web_bundle.py --node NODE --web DIR --work DIR --out FILE.c --depfile FILE.d

Types are checked first. Vite then builds twice, into the folder of work, so that several builds do not meet: once as a
server shows it, once as a single script for the file that a report is. The table that is written is declared in
src/report/bundle.h; every file is there as gzip, with the hash of what is in it.
"""

import argparse
import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
SOURCES = ("index.html", "package-lock.json", "requests.json", "tsconfig.json", "vite.config.ts")
BYTES_A_LINE = 24


def run(options, *words):
    # Vitest and others set variables that would change what is built.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VITE", "NODE_"))}
    done = subprocess.run([options.node, *words], cwd=options.web, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        sys.exit("the dashboard in %s cannot be built: %s\n%s" % (options.web, " ".join(words[:2]), done.stdout))


def vite(options, mode):
    out = os.path.join(options.work, mode)
    shutil.rmtree(out, ignore_errors=True)
    run(options, "node_modules/vite/bin/vite.js", "build", "--mode", mode, "--outDir", out, "--emptyOutDir",
        "--logLevel", "warn")
    return out


def below(folder):
    for path, folders, names in os.walk(folder):
        folders.sort()
        yield path
        yield from (os.path.join(path, name) for name in sorted(names))


def sources_of(web):
    """What the bundle is made of; folders too, so that a file that comes or goes is noticed."""
    yield from (os.path.join(web, name) for name in SOURCES if os.path.exists(os.path.join(web, name)))
    for folder in ("src", "public"):
        yield from below(os.path.join(web, folder))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def inline(script):
    """The script as it may stand inside of a page: in its texts these two mean the same."""
    return script.replace(b"</script", b"<\\/script").replace(b"<!--", b"<\\!--")


def gather(options):
    """Pairs of a name and its bytes: what a server shows, then what only a report reads."""
    served, single = vite(options, "production"), vite(options, "report")
    for path in below(served):
        if os.path.isfile(path):
            yield os.path.relpath(path, served).replace(os.sep, "/"), read(path)
    yield "report.js", inline(read(os.path.join(single, "assets", "app.js")))
    requests = os.path.join(options.web, "requests.json")
    if os.path.exists(requests):
        yield "requests.json", read(requests)


def literal(data):
    """Lines of a C text: it compiles many times faster than a list of numbers."""
    for at in range(0, len(data), BYTES_A_LINE):
        yield '    "%s"' % "".join("\\%03o" % byte for byte in data[at:at + BYTES_A_LINE])


def write_c(out, files):
    out.write('/* The dashboard, packed by script/lib/web_bundle.py. */\n#include "report/bundle.h"\n')
    for i, (_, data) in enumerate(files):
        packed = "\n".join(literal(gzip.compress(data, 9, mtime=0)))
        out.write("\nstatic const char file_%d[] =\n%s;\n" % (i, packed))
    out.write("\nconst vt_bundle_file vt_bundle_files[] = {\n")
    for i, (name, data) in enumerate(files):
        digest = ", ".join("0x%02x" % byte for byte in hashlib.sha256(data).digest())
        kind = TYPES.get(os.path.splitext(name)[1], "application/octet-stream")
        out.write('    {"%s", "%s", file_%d, sizeof file_%d - 1, %d, {%s}},\n' % (name, kind, i, i, len(data), digest))
    out.write("};\n\nconst size_t vt_bundle_n_files = %d;\n" % len(files))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    for name in ("node", "web", "work", "out", "depfile"):
        parser.add_argument("--" + name, required=True)
    options = parser.parse_args()
    options.web, options.work = os.path.abspath(options.web), os.path.abspath(options.work)
    run(options, "node_modules/typescript/bin/tsc", "--noEmit")
    files = list(gather(options))
    text = io.StringIO()
    write_c(text, files)
    if not os.path.exists(options.out) or read(options.out).decode() != text.getvalue():  # else nothing is linked anew
        with open(options.out, "w", encoding="ascii") as out:
            out.write(text.getvalue())
    with open(options.depfile, "w", encoding="utf-8") as out:
        escaped = (path.replace(" ", "\\ ") for path in sources_of(options.web))
        out.write("%s: %s\n" % (options.out, " ".join(escaped)))


if __name__ == "__main__":
    main()
