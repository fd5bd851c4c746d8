"""The command line. Nothing heavy is imported here: `diffcheck --help` answers at once."""

from __future__ import annotations

from typing import Any

import click

import diffcheck
from diffcheck.cli import exits
from diffcheck.cli.check import check_command
from diffcheck.cli.explain import explain_command
from diffcheck.cli.list_ import list_command
from diffcheck.cli.report import report_command
from diffcheck.cli.run import run_command
from diffcheck.cli.show import show_command
from diffcheck.cli.study import study_command

__all__ = ["main"]


class Commands(click.Group):
    """The commands; what click refuses is told in four parts, as all else that is refused."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            exits.tell(exits.misused(error, ctx))
            return ctx.exit(exits.USAGE)


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(diffcheck.__version__, prog_name="diffcheck")
def main() -> None:
    """Verify derivatives against a certified truth, in ulps, and tell wrong rules from lost digits.

    Exit codes: 0 all as expected; 1 a failing verdict; 2 usage, or a case file that cannot be read;
    3 internal error or a crashed backend; 5 nothing selected; 130 interrupted.
    """


for command in (
    run_command,
    check_command,
    list_command,
    show_command,
    explain_command,
    report_command,
    study_command,
):
    main.add_command(command)
