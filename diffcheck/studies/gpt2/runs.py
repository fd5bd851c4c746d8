"""One run of the model in a process of its own, so that its peak memory is its own.

`python -m diffcheck.studies.gpt2 WHO FOLDER` leaves gradients as FOLDER/WHO/NAME.npy and prints
what it measured as one line of JSON.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from diffcheck import engine
from diffcheck.models import gpt2

MODEL: Final = gpt2.GPT2_124M
POSITIONS: Final = 64
SEED: Final = 2019
CALLS: Final = 5
DIRECTIONS: Final = 8
STEP: Final = 2.0**-15  # of the differences along directions in which the loss changes by about 1

Parameters = Mapping[str, Any]


def program(xp: Any, p: Parameters) -> Any:
    """Return the loss of the model on the study's text, with the study's masks."""
    tokens, targets = gpt2.text(MODEL, POSITIONS, SEED)
    return gpt2.loss(xp, p, tokens, targets, gpt2.masks(MODEL, POSITIONS, SEED), MODEL)


def by_engine() -> Callable[[Parameters], Any]:
    """Return value and gradient by the engine, eager."""
    return engine.value_and_grad(lambda p: program(engine, p))


def by_compiled_engine() -> Callable[[Parameters], Any]:
    """Return value and gradient by the engine's replay."""
    return engine.compile(by_engine())


def by_jax(*, jit: bool) -> Callable[[Parameters], Any]:
    """Return value and gradient by JAX."""
    from diffcheck.backends.jax_whole import value_and_grad  # noqa: PLC0415 (in its own process)

    return value_and_grad(program, "float32", jit=jit)


WHO: Final[dict[str, Callable[[], Callable[[Parameters], Any]]]] = {
    "engine": by_engine,
    "engine-compiled": by_compiled_engine,
    "jax-eager": lambda: by_jax(jit=False),
    "jax-jit": lambda: by_jax(jit=True),
}


def peak() -> int:
    """Return the most memory this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def timed(f: Callable[..., Any], *args: Any) -> tuple[Any, float]:
    """Return a result and the processor's seconds it took: others may use the machine."""
    start = time.process_time()
    result = f(*args)
    return result, time.process_time() - start


def narrow(who: str, folder: Path) -> dict[str, Any]:
    """Compute value and gradient in float32; time it, and keep the gradient."""
    f = WHO[who]()
    p = gpt2.weights(MODEL, SEED)
    before = peak()
    (value, gradient), first = timed(f, p)
    later = []
    for _ in range(CALLS):
        del gradient
        (value, gradient), seconds = timed(f, p)
        later.append(seconds)
    found = {"value": float(value), "first": first, "seconds": min(later)}
    found |= {"peak": peak(), "weights": before}
    _keep(gradient, folder / who)
    return found


def wide(folder: Path) -> dict[str, Any]:
    """Compute the gradient in float64, and certify it in random directions.

    Each direction has the same share in every parameter, of about 1 in the loss's derivative. The
    derivative along it comes three ways: the gradient times it, forward mode, and differences.
    """
    p = {name: x.astype(np.float64) for name, x in gpt2.weights(MODEL, SEED).items()}
    value, gradient = by_engine()(p)
    _keep(gradient, folder / "float64")
    rng = np.random.default_rng(SEED)
    directions = []
    for _ in range(DIRECTIONS):
        v = {name: rng.standard_normal(x.shape) for name, x in p.items()}
        for name, g in gradient.items():
            v[name] /= np.linalg.norm(g)
        directions.append(
            {
                "float64": dot(gradient, v),
                "forward": float(engine.jvp(lambda p: program(engine, p), (p,), (v,))[1]),
                "differences": difference(p, v),
                "narrow": {
                    who: dot(kept(folder / who, list(p)), v)
                    for who in WHO
                    if (folder / who).exists()
                },
            }
        )
    return {"value": float(value), "directions": directions, "peak": peak()}


def dot(gradient: Parameters, v: Parameters) -> float:
    """Return a gradient times a direction, both of all parameters."""
    return float(sum(np.vdot(np.asarray(g, dtype=np.float64), v[k]) for k, g in gradient.items()))


def difference(p: Parameters, v: Parameters) -> float:
    """Return the derivative along v by central differences, two steps extrapolated to order h⁴."""

    def slope(h: float) -> float:
        ends = ({k: x + s * v[k] for k, x in p.items()} for s in (h, -h))
        high, low = (float(engine.value(lambda q: program(engine, q))(end)) for end in ends)
        return (high - low) / (2 * h)

    return (4 * slope(STEP / 2) - slope(STEP)) / 3


def kept(folder: Path, names: list[str]) -> dict[str, Any]:
    """Return the gradient that a run left, mapped from its files."""
    return {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in names}


def _keep(gradient: Parameters, folder: Path) -> None:
    folder.mkdir()
    for name, g in gradient.items():
        np.save(folder / f"{name}.npy", np.asarray(g))
