"""Errors: one class a cause, with the sentence, the code and the place in the input that the library gives."""

from __future__ import annotations

from . import _vitrine


class Error(Exception):
    """What went wrong. `message` is a sentence: what, where, what to do."""

    #: The exit code that the program would end with; -1 and -2 are the package's own.
    code: int
    #: The cause in a word, as JSON answers have it: "not-found".
    name: str
    message: str
    #: Row, line or byte in the input from 0, or None.
    position: int | None

    def __init__(self, message: str, code: int = 1, position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.name = _NAMES.get(code, "failed")
        self.position = position

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.message, self.code, self.position))


class NotFound(Error, LookupError):
    """No such file, shop, user, item or model."""


class Invalid(Error, ValueError):
    """A parameter, option or value that cannot be."""


class BadFormat(Invalid):
    """Data are not what they should be: wrong types, missing ids, mixed types in a column."""


class InputOutput(Error, OSError):
    """Reading or writing failed, or the disk is full."""


class Busy(Error):
    """The shop is in use by another writer, or the thing by this very thread."""


class Corrupt(Error):
    """A file is damaged, or was written by a newer version."""


class NoMemory(Error, MemoryError):
    """Memory ran out."""


class Exists(Error, FileExistsError):
    """Something would be overwritten."""


class Unsupported(Error):
    """This model or these data cannot do that."""


class Cancelled(Error):
    """Stopped by the caller."""


class Closed(Error):
    """It was closed."""


class Forked(Error):
    """It was opened before the process was forked."""


_NAMES: dict[int, str] = {code: name for code, name, _ in _vitrine.codes} | {-1: "closed", -2: "forked"}

_CLASSES: dict[int, type[Error]] = {
    2: Invalid,
    3: NotFound,
    4: BadFormat,
    5: InputOutput,
    6: InputOutput,
    7: Busy,
    8: Corrupt,
    9: Corrupt,
    10: NoMemory,
    11: Exists,
    12: Unsupported,
    13: Invalid,
    130: Cancelled,
    -1: Closed,
    -2: Forked,
}


def make(code: int, message: str, position: int) -> Error:
    """The exception of a cause; called by the extension. `position` -1: there is none."""
    return _CLASSES.get(code, Error)(message, code, None if position < 0 else position)
