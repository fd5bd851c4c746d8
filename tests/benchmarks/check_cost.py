"""How long a check takes against the number of inputs, beside the checkers in use.

`python -m tests.benchmarks.check_cost` writes `reports/check-cost.md`; torch and autograd are
needed. Each checker runs in a process of its own, with limits on its time and memory.
"""

from __future__ import annotations

import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

SIZES: Final = (10, 1_000, 100_000)
LONGEST: Final = 60  # CPU seconds
STEP: Final = 0.01  # seconds, of the clock
LARGEST: Final = 6 << 30  # bytes of address space

HEAD = """# The cost of a check

CPU seconds to check the gradient of `f(x) = sum(tanh(x) * roll(x, 1))` in float64 at so many
inputs, each checker with its defaults: reading, tracing and compilation included, imports not.
Each checker ran in a process of its own, which ends after {longest} CPU seconds at one size, or at
{largest} GiB. The clock counts in steps of 0.01 s.

{machine}.

`diffcheck.check` reads the function into a program with a node for each operation on a whole array,
certifies its derivative by one accumulation in balls, and runs the derivative that is checked in
exact arithmetic: both cost some microseconds for each element of each operation. Beyond 512 inputs
64 components, drawn at random, are compared in ulps, and the derivatives along 4 random directions,
in which every component has a part. `gradcheck` takes values for each input; its `fast_mode` and
both `check_grads` take a few along random directions, to the digits that differences leave: with
their defaults in float64 they pass a relative error of 1.3e-3 (`gradcheck`), 1.6e-5 (JAX) and
2.5e-6 (autograd).

| checker | {sizes} |
| --- | {rule} |
{rows}

Reproduce: `python -m tests.benchmarks.check_cost`
"""


def jax_function(x: Any) -> Any:
    """Return the function in JAX."""
    import jax.numpy as jnp

    return jnp.sum(jnp.tanh(x) * jnp.roll(x, 1))


def engine_function(x: Any) -> Any:
    """Return the function in diffcheck's own engine."""
    from diffcheck import engine as xp

    return xp.sum(xp.tanh(x) * xp.roll(x, 1))


def torch_function(x: Any) -> Any:
    """Return the function in PyTorch."""
    import torch

    return (torch.tanh(x) * torch.roll(x, 1)).sum()


def by_diffcheck(n: int, backend: str = "jax") -> None:
    """Check the gradient in float64; of JAX the jitted one, as `check_grads` does."""
    import numpy as np

    import diffcheck

    functions = {"jax": jax_function, "engine": engine_function, "torch": torch_function}
    modes = "jit" if backend == "jax" else ()
    x = np.linspace(0.1, 1, n)
    found = diffcheck.check(functions[backend], x, backend=backend, modes=modes, dtypes="float64")
    assert found.ok, found


def by_check_grads(n: int) -> None:
    """Check reverse mode of first order, as gradcheck does."""
    import jax
    import jax.numpy as jnp
    from jax.test_util import check_grads

    with jax.enable_x64(True):
        check_grads(jax.jit(jax_function), (jnp.linspace(0.1, 1, n),), order=1, modes=["rev"])


def by_gradcheck(n: int, *, fast: bool = False) -> None:
    """Check reverse mode of first order."""
    import torch

    x = torch.linspace(0.1, 1, n, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(torch_function, (x,), fast_mode=fast)


def by_autograd(n: int) -> None:
    """Check reverse mode of first order."""
    import autograd.numpy as np
    from autograd.test_util import check_grads

    check_grads(lambda x: np.sum(np.tanh(x) * np.roll(x, 1)), modes=["rev"], order=1)(
        np.linspace(0.1, 1, n)
    )


CHECKERS: dict[str, Callable[[int], None]] = {
    "`diffcheck.check`, a function of JAX": by_diffcheck,
    "`diffcheck.check`, a function of the engine": lambda n: by_diffcheck(n, "engine"),
    "`diffcheck.check`, a function of PyTorch": lambda n: by_diffcheck(n, "torch"),
    "`jax.test_util.check_grads`": by_check_grads,
    "`torch.autograd.gradcheck`": by_gradcheck,
    "`torch.autograd.gradcheck`, `fast_mode=True`": lambda n: by_gradcheck(n, fast=True),
    "`autograd.test_util.check_grads`": by_autograd,
}


def measure(name: str) -> None:
    """Print the CPU seconds of each size; runs in a process of its own."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST, LARGEST))
    CHECKERS[name](3)  # imports, and what starts once
    for n in SIZES:
        start = time.process_time()
        resource.setrlimit(resource.RLIMIT_CPU, (int(start) + LONGEST + 1, hard))
        CHECKERS[name](n)
        seconds = time.process_time() - start
        print("<0.01" if seconds < STEP else f"{seconds:.2g}", flush=True)


def row(name: str) -> list[str]:
    """Return the cells of a checker."""
    command = [sys.executable, "-m", "tests.benchmarks.check_cost", name]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    cells = found.stdout.split()
    if found.returncode == 0:
        return cells
    if found.returncode < 0:  # the limit on CPU time sends a signal
        return [*cells, f"not finished in {LONGEST}", *["-"] * (len(SIZES) - len(cells) - 1)]
    if "MemoryError" in found.stderr or "allocate" in found.stderr:
        return [*cells, f"more than {LARGEST >> 30} GiB", *["-"] * (len(SIZES) - len(cells) - 1)]
    raise RuntimeError(found.stderr)


def main() -> None:
    """Measure, and write the page."""
    rows = []
    for name in CHECKERS:
        rows.append(f"| {name} | {' | '.join(row(name))} |")
        print(rows[-1], flush=True)
    packages = ", ".join(f"{p} {version(p)}" for p in ("jax", "torch", "autograd"))
    text = HEAD.format(
        machine=f"{platform.machine()}, Python {platform.python_version()}, {packages}",
        longest=LONGEST,
        largest=LARGEST >> 30,
        sizes=" | ".join(f"{n:,}" for n in SIZES),
        rule=" | ".join("---:" for _ in SIZES),
        rows="\n".join(rows),
    )
    Path("reports/check-cost.md").write_text(text)


if __name__ == "__main__":
    measure(sys.argv[1]) if len(sys.argv) > 1 else main()
