"""Exit codes, and errors that reach a user in four parts instead of a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec

import click

OK: Final = 0
FAILED: Final = 1
USAGE: Final = 2
INTERNAL: Final = 3
NOTHING_SELECTED: Final = 5
INTERRUPTED: Final = 130

P = ParamSpec("P")


def guarded(command: Callable[P, int]) -> Callable[P, None]:
    """Turn a command's return value into the exit code, and its errors into messages."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            code = INTERRUPTED
        except OSError as error:
            tell(
                f"{error.filename or 'diffcheck'}",
                f"expected a file or folder that can be used; got: {error.strerror or error}",
                "a path that is misspelt, missing, or not writable",
                "check the path and its permissions",
            )
            code = USAGE
        except Exception as error:  # noqa: BLE001 - no traceback reaches a user
            tell(
                "diffcheck itself",
                f"expected no error; got {type(error).__name__}: {error}",
                "a defect in diffcheck",
                "report it, with the command and this message",
            )
            code = INTERNAL
        sys.exit(code)

    return run


def tell(where: str, expected_got: str, cause: str, next_step: str) -> None:
    """Print a four-part message on stderr: where, expected and got, likely cause, next step."""
    click.echo(
        f"error: {where}\n  {expected_got}\n  likely cause: {cause}\n  next: {next_step}", err=True
    )
