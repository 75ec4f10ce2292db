"""test_installed.py BUILD: the tree that `meson install` lays out, used as a stranger would.

Installs BUILD into a temporary prefix, compiles C programs with what pkg-config says, against the shared and against
the static library, the example by CMake too, and a C++17 file that includes every header, runs them, and looks at what
the library exports. Last it uninstalls. Prints TAP.
"""

import glob
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = sys.argv[1]
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"]
EXPECTED = """\
vitrine {version}
8 events
tea cup pot jam
purchase cup
not-found
tea 3
pot 2
jam 1
{{"user":"dan","model":"popularity","history":1,"rule
usage: the size of a vt_request is 0; call vt_request_init() before filling it in
"""  # dan has the cup; three people bought tea, two a pot, one jam


def run(*command, **more):
    """(good, all that it said)"""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)
    return done.returncode == 0, done.stdout


class Installed:
    def __init__(self, work):
        self.work = work
        self.good, self.said = run("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", work + "/dest")
        found = glob.glob(work + "/dest/**/pkgconfig/vitrine.pc", recursive=True)
        self.pc = found[0] if found else ""
        self.libraries = os.path.dirname(os.path.dirname(self.pc))
        self.prefix = work + "/dest" + (self.package("--variable=prefix")[0] if self.pc else "")

    def package(self, *words):
        """What pkg-config says, as words."""
        environment = dict(os.environ, PKG_CONFIG_PATH=os.path.dirname(self.pc))
        done = subprocess.run(["pkg-config", *words, "vitrine"], capture_output=True, text=True, check=True,
                              env=environment)
        return done.stdout.split()

    def flags(self, *words):
        """As package(), of the place where it lies now."""
        return self.package("--define-variable=prefix=" + self.prefix, *words)

    def has(self, *paths):
        missing = [path for path in paths if not glob.glob(os.path.join(self.prefix, path))]
        return not missing, "not installed: " + ", ".join(missing)


def compiled_and_run(tree, name, flags):
    program = os.path.join(tree.work, name)
    good, said = run("cc", "-std=c17", *WARNINGS, HERE + "/shop.c", "-o", program, *flags)
    if good:
        good, said = run(program, program + ".shop", HERE + "/events.csv",
                         env=dict(os.environ, LD_LIBRARY_PATH=tree.libraries))
    if good:
        expected = EXPECTED.format(version=tree.package("--modversion")[0])
        good, said = said == expected, "printed:\n" + said
    return good, said


CMAKE_LISTS = """\
cmake_minimum_required(VERSION 3.18)
project(example C)
find_package(vitrine %s REQUIRED)
add_executable(recommend %s/examples/recommend.c)
target_link_libraries(recommend PRIVATE vitrine::vitrine)
"""


def example_by_pkg_config(tree):
    program = tree.work + "/recommend"
    good, said = run("cc", "-std=c17", *WARNINGS, ROOT + "/examples/recommend.c", "-o", program,
                     *tree.flags("--cflags", "--libs"))
    return recommends(tree, program) if good else (good, said)


def example_by_cmake(tree):
    source = tree.work + "/cmake"
    os.makedirs(source)
    with open(source + "/CMakeLists.txt", "w", encoding="utf-8") as file:
        file.write(CMAKE_LISTS % (tree.package("--modversion")[0], ROOT))
    good, said = run("cmake", "-S", source, "-B", source + "/build", "-DCMAKE_PREFIX_PATH=" + tree.prefix)
    if good:
        good, said = run("cmake", "--build", source + "/build")
    return recommends(tree, source + "/build/recommend") if good else (good, said)


def recommends(tree, program):
    """The example on a shop that the installed program makes: tea is what most people bought that dan has not."""
    shop, where = program + ".shop", dict(os.environ, LD_LIBRARY_PATH=tree.libraries)
    good, said = run(tree.prefix + "/bin/vitrine", "--shop", shop, "import", "csv", HERE + "/events.csv", "--table",
                     "events", env=where)
    if good:
        good, said = run(program, shop, "dan", env=where)
    if good:
        good = said.startswith(" 1  tea  ") and said.count("\n    ") == 3
    return good, said


def all_headers_as_cpp(tree):
    headers = sorted(glob.glob(tree.prefix + "/include/vitrine/*.h"))
    source = tree.work + "/headers.cpp"
    with open(source, "w", encoding="utf-8") as file:
        for header in headers:
            file.write('#include "vitrine/%s"\n' % os.path.basename(header))
        file.write("int main() { vt_request request; vt_request_init(&request); vt_fit_options fit;\n"
                   "vt_fit_options_init(&fit); return request.n == 10 && fit.size == sizeof fit ? 0 : 1; }\n")
    program = tree.work + "/headers"
    good, said = run("c++", "-std=c++17", *WARNINGS, source, "-o", program, *tree.flags("--cflags", "--libs"))
    return run(program, env=dict(os.environ, LD_LIBRARY_PATH=tree.libraries)) if good else (good, said)


def uninstalled(tree):
    good, said = run("ninja", "-C", BUILD, "uninstall")
    left = [os.path.join(folder, name) for folder, _, names in os.walk(tree.work + "/dest") for name in names]
    return good and not left, said + "left: " + ", ".join(left[:5])


def exports(tree):
    good, said = run("nm", "-D", "--defined-only", tree.libraries + "/libvitrine.so")
    names = [line.split()[-1].split("@")[0] for line in said.splitlines()]
    foreign = [name for name in names if not name.startswith("vt_") and name != "VITRINE_0"]
    return good and "vt_recommend" in names and not foreign, "exported: " + ", ".join(foreign)


def cases(tree):
    yield "meson install succeeds", tree.good, tree.said
    if not tree.pc:
        yield "vitrine.pc is installed", False, tree.said
        return
    yield ("program, page and completions are there",
           *tree.has("bin/vitrine", "share/man/man1/vitrine.1", "share/bash-completion/completions/vitrine*",
                     "share/zsh/site-functions/_vitrine", "share/fish/vendor_completions.d/vitrine.fish"))
    ours = [os.path.basename(path) for path in glob.glob(ROOT + "/include/vitrine/*.h")]
    yield "every public header is there", *tree.has(*["include/vitrine/" + name for name in ours])
    good, said = run(tree.prefix + "/bin/vitrine", "--version")
    yield "the program runs", good and said == "vitrine %s\n" % tree.package("--modversion")[0], said
    good, said = run("readelf", "-d", tree.libraries + "/libvitrine.so")
    yield "the shared library has a versioned name", good and "soname: [libvitrine.so.0]" in said, said
    yield "it exports names of its own alone", *exports(tree)
    yield ("a C program builds with pkg-config and recommends",
           *compiled_and_run(tree, "shared", tree.flags("--cflags", "--libs")))
    static = [tree.libraries + "/libvitrine.a" if word == "-lvitrine" else word
              for word in tree.flags("--static", "--cflags", "--libs")]
    yield "so does one with the static library", *compiled_and_run(tree, "static", static)
    yield "the example builds with pkg-config and recommends", *example_by_pkg_config(tree)
    yield "the example builds with CMake and recommends", *example_by_cmake(tree)
    yield "C++17 includes every header", *all_headers_as_cpp(tree)
    yield "uninstalling leaves nothing", *uninstalled(tree)


def main():
    failed = number = 0
    work = tempfile.mkdtemp()
    try:
        for number, (name, good, said) in enumerate(cases(Installed(work)), 1):
            failed += not good
            print("%sok %d - %s" % ("" if good else "not ", number, name))
            if not good:
                print("# " + said.replace("\n", "\n# "))
    finally:
        shutil.rmtree(work)
    print("1..%d" % number)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
