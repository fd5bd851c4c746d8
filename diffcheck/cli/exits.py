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


class Refused(Exception):  # noqa: N818 - what happened, and no error of ours
    """A command that cannot be carried out, told in four parts, with its exit code."""

    def __init__(
        self, where: str, expected_got: str, cause: str, next_step: str, *, code: int = USAGE
    ) -> None:
        super().__init__(f"{where}\n  {expected_got}\n  likely cause: {cause}\n  next: {next_step}")
        self.code = code


def guarded(command: Callable[P, int]) -> Callable[P, None]:
    """Turn a command's return value into the exit code, and its errors into messages."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click's own, and `diffcheck list | head`, which click ends quietly
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            code = INTERRUPTED
        except Exception as error:  # noqa: BLE001 - no traceback reaches a user
            refused = explained(error)
            tell(refused)
            code = refused.code
        sys.exit(code)

    return run


def tell(error: Exception) -> None:
    """Print an error whose text has the four parts on stderr."""
    click.echo(f"error: {error}", err=True)


def misused(error: click.UsageError, outer: click.Context) -> Refused:
    """Return what click says of a command line as an error in four parts."""
    command = (error.ctx or outer).command_path
    message = error.format_message().rstrip(".")
    return Refused(
        command,
        f"expected options and values that it lists, got: {message[:1].lower()}{message[1:]}",
        "a misspelt option or value, or one of another command",
        f"{command} --help",
    )


def explained(error: Exception) -> Refused:
    """Return any error as one in four parts: where, expected and got, likely cause, next step."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, OSError):
        return Refused(
            f"{error.filename or 'diffcheck'}",
            f"expected a file or folder that can be used, got: {error.strerror or error}",
            "a path that is misspelt, missing, or not writable",
            "check the path and its permissions",
        )
    return Refused(
        "diffcheck itself",
        f"expected no error, got {type(error).__name__}: {error}",
        "a defect in diffcheck",
        "report it, with the command and this message",
        code=INTERNAL,
    )
