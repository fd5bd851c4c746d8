"""How long a check takes against the number of inputs, beside the checkers in use.

`python -m tests.benchmarks.check_cost` writes `reports/check-cost.md`; torch's columns need torch.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.test_util import check_grads

import diffcheck

SIZES = (10, 1_000, 100_000)
LONGEST = 300.0  # seconds; what the size before lets expect to take longer is not run

HEAD = """# The cost of a check

CPU seconds to check the gradient of `f(x) = sum(tanh(x) * roll(x, 1))` in float64, by the number of
inputs, compilation and reading included. {machine}.

`diffcheck.check` reads the function into SymPy once, and beyond 512 inputs certifies its derivative
along two random directions: the time grows as the function does. `gradcheck` takes two values for
each input, so its time grows as the inputs times the function; its `fast_mode` and `check_grads`
take a few values along random directions, to the digits that differences leave: `check_grads`
passes a relative error of 1.6e-5, `gradcheck` of 1.3e-3 (their defaults, in float64).

| checker | {sizes} |
| --- | {rule} |
{rows}

Reproduce: `python -m tests.benchmarks.check_cost`
"""


def by_diffcheck(n: int) -> None:
    """Check the jitted gradient in float64, as the others do."""

    def f(x: Any) -> Any:
        return jnp.sum(jnp.tanh(x) * jnp.roll(x, 1))

    found = diffcheck.check(f, np.linspace(0.1, 1, n), modes=("jit",), dtypes=("float64",))
    assert found.ok, found


def by_check_grads(n: int) -> None:
    """Check reverse mode of first order, as gradcheck does."""
    with jax.enable_x64(True):
        f = jax.jit(lambda x: jnp.sum(jnp.tanh(x) * jnp.roll(x, 1)))
        check_grads(f, (jnp.linspace(0.1, 1, n),), order=1, modes=["rev"])


def by_gradcheck(n: int, *, fast: bool = False) -> None:
    """Check reverse mode of first order."""
    import torch

    x = torch.linspace(0.1, 1, n, dtype=torch.float64, requires_grad=True)
    passed = torch.autograd.gradcheck(
        lambda x: (torch.tanh(x) * torch.roll(x, 1)).sum(), (x,), fast_mode=fast
    )
    assert passed


CHECKERS: dict[str, Callable[[int], None]] = {
    "`diffcheck.check`": by_diffcheck,
    "`torch.autograd.gradcheck`": by_gradcheck,
    "`gradcheck`, `fast_mode`": lambda n: by_gradcheck(n, fast=True),
    "`jax.test_util.check_grads`": by_check_grads,
}


def row(checker: Callable[[int], None]) -> list[str]:
    """Return the seconds for each size."""
    cells: list[str] = []
    times: list[float] = []
    for n in SIZES:
        growth = times[-1] / times[-2] if len(times) > 1 else 1.0
        if times and times[-1] * growth * growth > LONGEST and growth > 20:
            cells.append("not run")
            continue
        start = time.process_time()
        checker(n)
        times.append(time.process_time() - start)
        cells.append(f"{times[-1]:.2g}")
    return cells


def main() -> None:
    """Measure, and write the page."""
    by_diffcheck(3)  # JAX starts
    rows = []
    for name, checker in CHECKERS.items():
        try:
            rows.append(f"| {name} | {' | '.join(row(checker))} |")
        except ImportError as error:
            print(f"{name}: {error}")  # noqa: T201 - a command
        print(rows[-1], flush=True)  # noqa: T201
    text = HEAD.format(
        machine=f"{platform.machine()}, Python {platform.python_version()}",
        sizes=" | ".join(f"{n:,}" for n in SIZES),
        rule=" | ".join("---:" for _ in SIZES),
        rows="\n".join(rows),
    )
    Path("reports/check-cost.md").write_text(text)


if __name__ == "__main__":
    main()
