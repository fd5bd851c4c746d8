"""Measure the rows and write `reports/engine-speed.md`: `python -m tests.benchmarks [ROW...]`."""

import json
import sys
from pathlib import Path

from tests.benchmarks.timing import one_core

one_core()  # before NumPy, torch and jax are imported, which count the cores

from tests.benchmarks.report import page
from tests.benchmarks.rows import ROWS

RESULTS = Path(__file__).with_name("results.json")
REPORT = Path(__file__).parents[2] / "reports" / "engine-speed.md"


def main(names):
    unknown = set(names) - set(ROWS)
    if unknown:
        sys.exit(f"no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name in names or ROWS:
        results[name] = ROWS[name]()
        sys.stdout.write(f"{name} {json.dumps(results[name])}\n")
        sys.stdout.flush()
        ordered = {row: results[row] for row in ROWS if row in results}
        RESULTS.write_text(json.dumps(ordered, indent=1) + "\n")
        REPORT.write_text(page(ordered))


main(sys.argv[1:])
