"""`diffcheck study`: run one of the longer studies, or list them."""

from __future__ import annotations

from pathlib import Path

import click

from diffcheck.cli import exits
from diffcheck.studies import STUDIES, run_study


@click.command("study")
@click.argument("name", required=False)
@click.option(
    "--reports",
    default="reports",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write the study's page into.",
)
@exits.guarded
def study_command(name: str | None, reports: Path) -> int:
    """Run the study NAME and write its report; without NAME, list the studies."""
    if name is None:
        for study, what in STUDIES.items():
            click.echo(f"{study:10} {what}")
    elif name in STUDIES:
        click.echo(run_study(name, reports))
    else:
        raise exits.Refused(
            f"study {name}",
            f"expected one of {', '.join(STUDIES)}; got {name!r}",
            "a name that is misspelt",
            "diffcheck study",
        )
    return exits.OK
