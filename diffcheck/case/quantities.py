"""What is compared: the value and the derivatives of a case, each a flat vector of components.

Conventions, shared by truth and backends: x is the concatenation of the `wrt` inputs, each in C
order, n numbers in all; the output is flattened in C order to m numbers. The other inputs are data.
v (length n) and w (length m) are the fixed directions of `directions`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["value", "gradient", "jacobian", "jvp", "vjp", "hessian", "hvp", "third"]

# Shape of the flat result over (m outputs, n inputs): "m" and "n" stand for the axes.
AXES: Final[dict[Kind, str]] = {
    "value": "m",
    "gradient": "n",  # m = 1
    "jacobian": "mn",
    "jvp": "m",  # J v
    "vjp": "n",  # J^T w
    "hessian": "mnn",
    "hvp": "n",  # Hessian of w·f, times v
    "third": "mnnn",
}
ORDERS: Final[dict[Kind, int]] = {
    "value": 0,
    "gradient": 1,
    "jacobian": 1,
    "jvp": 1,
    "vjp": 1,
    "hessian": 2,
    "hvp": 2,
    "third": 3,
}
# Beyond these counts of components a matrix is verified by its products with v and w.
LARGEST_JACOBIAN: Final = 64
LARGEST_HESSIAN: Final = 64
SIZES: Final = (0.25, 0.5, 2.0, 4.0)  # of the entries of directions


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity of a case with m outputs and n differentiated inputs."""

    kind: Kind
    m: int
    n: int

    @property
    def order(self) -> int:
        return ORDERS[self.kind]

    @property
    def shape(self) -> tuple[int, ...]:
        sizes = {"m": self.m, "n": self.n}
        return tuple(sizes[axis] for axis in AXES[self.kind])

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))


def quantities_of(m: int, n: int, orders: tuple[int, ...]) -> tuple[Quantity, ...]:
    """Return the quantities that verify the given orders for m outputs and n inputs.

    The value always comes first: if it differs, no derivative is to blame. A large Jacobian is
    verified by a JVP and a VJP, a large Hessian by a Hessian-vector product.
    """
    kinds: list[Kind] = ["value"]
    if 1 in orders and m == 1:
        kinds += ["gradient", "jvp"]
    elif 1 in orders:
        kinds += ["jacobian", "jvp"] if m * n <= LARGEST_JACOBIAN else ["vjp", "jvp"]
    if 2 in orders:
        kinds += ["hessian"] if m * n * n <= LARGEST_HESSIAN else ["hvp"]
    if 3 in orders:
        kinds += ["third"]
    return tuple(Quantity(kind, m, n) for kind in kinds)


def directions(case_name: str, m: int, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return v (length n) and w (length m): powers of two with signs, exact in every format.

    None is ±1, under which a rule that forgets its cotangent or tangent would pass; and of four in
    a row no two have one size, so that their sums are not 0: those are derivatives of sums.
    Seeded by the case's name, so that truth and backends agree without talking to each other.
    """
    rng = np.random.default_rng(zlib.crc32(case_name.encode()))
    return _signed_powers(rng, n), _signed_powers(rng, m)


def _signed_powers(rng: np.random.Generator, size: int) -> NDArray[np.float64]:
    rounds = range(-(-size // len(SIZES)))
    powers = [rng.permutation(SIZES) for _ in rounds]
    sizes = np.concatenate([np.empty(0), *powers])[:size]
    return np.asarray(sizes * rng.choice((-1.0, 1.0), size))
