"""`diffcheck study`: run one of the longer studies, or list them."""

from __future__ import annotations

from pathlib import Path

import click

from diffcheck.cli import exits
from diffcheck.studies import SAMPLED, STUDIES, run_study


@click.command("study")
@click.argument("name", required=False)
@click.option(
    "--reports",
    default="reports",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write the study's page into.",
)
@click.option(
    "--sample",
    default=1,
    show_default=True,
    type=click.IntRange(min=1),
    help="Do one part in so many, to try a study that has many: power.",
)
@exits.guarded
def study_command(name: str | None, reports: Path, sample: int) -> int:
    """Run the study NAME and write its report; without NAME, list the studies."""
    if name is None:
        for study, what in STUDIES.items():
            click.echo(f"{study:10} {what}")
    elif sample > 1 and name in STUDIES and name not in SAMPLED:
        raise exits.Refused(
            f"study {name} --sample {sample}",
            f"expected one of {', '.join(sorted(SAMPLED))}; got {name!r}",
            "a study that is one whole",
            f"diffcheck study {name}",
        )
    elif name in STUDIES:
        click.echo(run_study(name, reports, sample))
    else:
        raise exits.Refused(
            f"study {name}",
            f"expected one of {', '.join(STUDIES)}; got {name!r}",
            "a name that is misspelt",
            "diffcheck study",
        )
    return exits.OK
