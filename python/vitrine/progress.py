"""Progress of long calls: True shows a bar by tqdm where it is installed, a function is told each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Union

#: Told (stage, unit, done, total or 0, detail or None).
Callback = Callable[[str, str, float, float, "str | None"], object]
Progress = Union[bool, None, Callback]


class _Bar:
    """One bar of tqdm a stage."""

    def __init__(self, tqdm: Any) -> None:
        self.tqdm = tqdm
        self.bar: Any = None
        self.stage = ""

    def __call__(self, stage: str, unit: str, done: float, total: float, detail: str | None) -> None:
        if self.bar is None or stage != self.stage:
            self.close()
            self.stage = stage
            self.bar = self.tqdm(total=total or None, desc=stage, unit=" " + unit, leave=False)
        self.bar.update(done - self.bar.n)
        if detail:
            self.bar.set_postfix_str(detail, refresh=False)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


class telling:
    """What the extension is to call, while a call is under way: `with telling(progress) as callback`."""

    __slots__ = ("progress", "bar")

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.bar: _Bar | None = None

    def __enter__(self) -> Callback | None:
        if self.progress is not True:
            return self.progress or None
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return None
        self.bar = _Bar(tqdm)
        return self.bar

    def __exit__(self, *unused: object) -> None:
        if self.bar is not None:
            self.bar.close()
