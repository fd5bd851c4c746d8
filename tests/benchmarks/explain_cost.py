"""The cost of an explanation: `python -m tests.benchmarks.explain_cost`.

The gradient programs of the network 10-5-1, of a deep one (about 450 operations) and of a GPT-2
block are read once; what is timed is the attribution of one component: the float run, the reverse
pass in balls, the exact run. CPU time on one core, the best of several; JAX's rows leave out its
compilation, which the first attribution of a program pays.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.timing import one_core

one_core()

import numpy as np

from diffcheck import backends
from diffcheck.case import Case, Point, Quantity, find_cases, points, real, sym
from diffcheck.floats import FORMATS
from diffcheck.programs import operations
from diffcheck.programs.attribution import attribute
from diffcheck.programs.kinds import what_happened
from diffcheck.programs.recording import record

F32 = FORMATS["float32"]
LAYERS, WIDTH = 30, 4
CASES = Path(__file__).parents[2] / "cases"


def deep(xp: Any, x: Any, **W: Any) -> Any:
    """Return the mean square of a deep network's output."""
    for weights in W.values():
        x = xp.tanh(weights @ x + x)
    return xp.sum(x * x)


def deep_network() -> tuple[Case, Point]:
    case = Case(
        lambda x, **_: sym.sum(x),  # never asked: only the program is read
        name="deep",
        programs={"plain": deep},
        inputs={"x": real(-1, 1, shape=(WIDTH,))}
        | {f"W{i:02}": real(-1, 1, shape=(WIDTH, WIDTH)) for i in range(LAYERS)},
    )
    random = np.random.default_rng(0)
    values = {n: random.uniform(-1, 1, i.shape).astype("f4").astype(float)
              for n, i in case.inputs.items()}  # fmt: skip
    return case, Point(values=values, format="float32", kind="explicit")


def small_network() -> tuple[Case, Point]:
    case = find_cases([str(CASES / "network/small_network.py")])[0][0]
    return case, points(case, F32, 1, 0)[0]


def gpt2_block() -> tuple[Case, Point]:
    (case,) = find_cases([str(CASES / "language/gpt2_block.py")])[0]
    return case, points(case, F32, 1, 0)[0]


def best(f: Callable[[], Any], times: int) -> float:
    found = []
    for _ in range(times):
        start = time.process_time()
        f()
        found.append(time.process_time() - start)
    return min(found)


def main() -> None:
    rows = {"network 10-5-1": small_network, "deep": deep_network, "GPT-2 block": gpt2_block}
    for name, make in rows.items():
        case, point = make()
        size = sum(case.inputs[x].size for x in case.wrt)
        program = next(iter(case.programs))
        for who in ("engine", "jax"):
            quantity = Quantity("gradient", 1, size)
            reading = backends.get(who).read(case, program, quantity, point, fmt=F32)
            output, element = reading.places[0]

            def explained(reading=reading, output=output, element=element) -> Any:
                return what_happened(
                    attribute(reading.program, reading.inputs, output=output, element=element)
                )

            explained()
            count = len(list(operations(reading.program)))
            calls = record(reading.program, reading.inputs).calls
            numbers = sum(y.size for call in calls for y in call.floats)
            ms = best(explained, 5) * 1e3
            sys.stdout.write(f"{name}, {who}: {count} operations, {numbers} numbers, {ms:.0f} ms\n")


if __name__ == "__main__":
    main()
