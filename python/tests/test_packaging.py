"""What is installed: one wheel for all versions of Python, typed, quick to import."""

import os
import subprocess
import sys
import zipfile

import pytest

import vitrine
from conftest import SOURCE

PACKAGE = os.path.dirname(os.path.abspath(vitrine.__file__))


def run(*command, **environment):
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False,
                          env={**os.environ, **environment})


def test_one_wheel_for_all_versions():
    wheel = os.environ.get("VITRINE_WHEEL")
    if wheel is None:
        return  # the tests run over something else, such as an installation of the user's
    assert "-cp311-abi3-linux" in os.path.basename(wheel)
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if name.endswith(".so")] == ["vitrine/_vitrine.abi3.so"]
    assert not [name for name in names if not name.startswith(("vitrine/", "vitrine-"))], "nothing of the program"
    with open(os.path.join(SOURCE, "meson.build"), encoding="utf-8") as file:
        assert f"version: '{vitrine.__version__}'" in file.read()
    assert f"vitrine-{vitrine.__version__}-" in os.path.basename(wheel)


def test_imports_nothing_that_is_slow():
    code = ("import sys, vitrine\nslow = {'numpy', 'pandas', 'polars', 'pyarrow', 'tqdm', 'sklearn', 'openvino'}\n"
            "print(sorted(slow & set(sys.modules)))")
    assert run("-c", code).stdout == "[]\n"


def test_works_without_numpy_and_pandas():
    code = """
import sys
for name in ("numpy", "pandas", "tqdm"):
    sys.modules[name] = None
import vitrine
sys.path.insert(0, sys.argv[1])
import types
sys.modules["pytest"] = types.SimpleNamespace(fixture=lambda *a, **k: (a[0] if a and callable(a[0]) else lambda f: f))
from conftest import events
dataset = vitrine.Dataset.from_frame(events(), time="time", rating="rating")
train, valid, test = dataset.split("time:0.8,0.1,0.1")
frame = vitrine.evaluate(["popularity", "ease"], test, at=[5, 10], progress=True)
assert frame["model"] == ["popularity", "ease"] and 0 < frame["ndcg@10_low"][1] < frame["ndcg@10"][1], frame
assert frame.attrs["protocol"].startswith("time:") and len(frame) == 2 and "ndcg@5" in frame.columns
assert len(train.to_frame()["user"]) == len(train)
at = vitrine.pca([[float(i), float(i * i % 7), 1.0] for i in range(9)]).at
assert at.shape == (9, 2), at.shape
print("good")
"""
    done = run("-c", code, os.path.dirname(os.path.abspath(__file__)))
    assert done.stdout == "good\n", done.stderr


def test_a_class_for_each_kind_of_the_library():
    assert [cls.kind for cls in vitrine.kinds().values()] == [row[0] for row in vitrine._vitrine.model_kinds()]
    for name in vitrine.__all__:
        assert getattr(vitrine, name) is not None
    for cls in vitrine.kinds().values():
        assert getattr(vitrine, cls.__name__) is cls and cls.__doc__.count("\n") >= len(cls.defaults)


def test_stubs_name_every_function():
    with open(os.path.join(PACKAGE, "_vitrine.pyi"), encoding="utf-8") as file:
        stubs = file.read()
    names = [name for name in dir(vitrine._vitrine) if not name.startswith("__")]
    assert [name for name in names if name not in stubs] == []
    assert all(name in names for name in __import__("re").findall(r"^def (\w+)", stubs, flags=8))
    assert os.path.exists(os.path.join(PACKAGE, "py.typed"))


USE = """
import vitrine
shop = vitrine.Shop("s")
train, valid, test = shop.dataset(min_user=3).split("time:0.8,0.1,0.1")
model: vitrine.Model = vitrine.EASE(regularization=100.0).fit(train, valid)
ids, scores, reasons = model.recommend(["u1"], n=10)
frame = vitrine.evaluate([model, "ials"], test, at=[5, 10])
loaded: vitrine.Model = vitrine.load("file")
"""


@pytest.mark.parametrize("what", ["the package", "a program"])
def test_types(what, tmp_path):
    pytest.importorskip("mypy")
    (tmp_path / "use.py").write_text(USE)
    target = PACKAGE if what == "the package" else str(tmp_path / "use.py")
    done = run("-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "--follow-untyped-imports", target,
               MYPYPATH=os.path.dirname(PACKAGE))
    assert done.returncode == 0, done.stdout + done.stderr


def test_threads_sleep_after_a_fit():
    """Libraries beside it keep their processors: nothing spins once a call is over."""
    code = """
import time, vitrine, sys
sys.path.insert(0, sys.argv[1])
from conftest import events
vitrine.EASE().fit(vitrine.Dataset.from_frame(events()))
before = time.process_time()
time.sleep(0.5)
print(time.process_time() - before < 0.1)
"""
    assert run("-c", code, os.path.dirname(os.path.abspath(__file__))).stdout == "True\n"
