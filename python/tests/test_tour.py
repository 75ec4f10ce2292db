"""docs/python.md: every line of its tour is true, and its two programs are the files that are run."""

import doctest
import os
import shutil

import pytest
from conftest import SOURCE

import vitrine

pytest.importorskip("pandas")

PAGE = os.path.join(SOURCE, "docs", "python.md")


def test_the_tour(tmp_path, monkeypatch, capsys):
    for name in ("reviews.jsonl", "meta.jsonl"):
        shutil.copy(os.path.join(SOURCE, "tests", "data", "small", name), tmp_path)
    monkeypatch.chdir(tmp_path)
    failed, tried = doctest.testfile(PAGE, module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert tried > 40
    assert failed == 0, capsys.readouterr().out


def test_the_programs_are_those_that_are_run():
    lines = []
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    for name in ("with_vitrine", "with_implicit"):
        with open(os.path.join(SOURCE, "bench", "python", name + ".py"), encoding="utf-8") as file:
            program = file.read().split('"""\n\n', 1)[1]
        assert "```python\n" + program + "```" in page
        lines.append(sum(bool(line.strip()) for line in program.splitlines()))
    assert "%d lines, and %d with" % tuple(lines) in " ".join(page.split())


def test_the_page_names_every_error():
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    errors = [name for name in vitrine.__all__ if isinstance(getattr(vitrine, name), type)
              and issubclass(getattr(vitrine, name), vitrine.Error)]
    assert [name for name in errors if f"`{name}`" not in page and name not in ("Error", "Cancelled")] == []
