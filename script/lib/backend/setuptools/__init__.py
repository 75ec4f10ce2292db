"""Stands in for setuptools while script/setup downloads a pinned source package: see build_meta.py."""
