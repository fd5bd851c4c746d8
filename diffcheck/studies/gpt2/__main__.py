"""One run in a process of its own: `python -m diffcheck.studies.gpt2 WHO FOLDER`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from diffcheck.studies.gpt2.runs import narrow, wide


def main(who: str, folder: str) -> None:
    """Run one of `runs.WHO`, or `float64`, and print its measurements.

    On one core, so that XLA, which takes the cores it finds, adds in the same order everywhere.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    found = wide(Path(folder)) if who == "float64" else narrow(who, Path(folder))
    print(json.dumps(found))  # noqa: T201 - the answer to the parent process


if __name__ == "__main__":
    main(*sys.argv[1:])
