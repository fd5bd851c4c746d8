"""What guests that run point by point share: how they refuse a program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from diffcheck.backends.base import BackendError, MissingFunctionError, Unsupported


@contextmanager
def refusals(
    guest: str,
    lacking: str,
    refused: tuple[type[Exception], ...],
    *,
    passed: type[Exception],
    shared: bool,
) -> Iterator[None]:
    """Turn what a guest lacks into `Unsupported`; a program written for it may just fail.

    A `shared` program has run on the engine: where the guest refuses it by an error of `refused`,
    the guest lacks something. `lacking` is what a `NotImplementedError` says is not there; errors
    of `passed` are the program's own.
    """
    try:
        yield
    except MissingFunctionError as error:
        raise Unsupported(str(error)) from error
    except NotImplementedError as error:
        raise Unsupported(f"{guest} lacks {lacking}: {_first_line(error)}") from error
    except (BackendError, passed):
        raise
    except refused as error:
        if not shared:
            raise
        text = f"{type(error).__name__}: {_first_line(error)}"
        raise Unsupported(f"{guest} cannot run this program: {text}") from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
