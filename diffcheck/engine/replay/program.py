"""Straight-line programs: what a recording leaves behind, one node for each value."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np


class Flavor(Enum):
    """What Python object a value is: it decides promotion, and what a caller is given back."""

    ARRAY = "array"
    SCALAR = "scalar"  # a NumPy scalar
    WEAK = "weak"  # a Python float: it promotes nothing


@dataclass(slots=True, eq=False)
class Node:
    """One value: an input, a constant, or an op applied to earlier nodes.

    args: the numbers of the operands; those from `arity` on are arrays that stand in `params`, each
    at a `Ref`. alias: the operands whose memory the value may share. ordered: whether the value
    lies in C order in memory; dense: whether in some order of its axes, without gaps. role:
    "input", "constant" (with its value) or "op".
    """

    role: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    flavor: Flavor
    op: Any = None
    args: tuple[int, ...] = ()
    arity: int = 0
    params: dict[str, Any] = field(default_factory=dict)
    alias: tuple[int, ...] = ()
    ordered: bool = True
    value: Any = None
    dense: bool = False

    @property
    def name(self) -> str:
        """The op's name; empty for inputs and constants."""
        return self.op.name if self.role == "op" else ""

    @property
    def is_real(self) -> bool:
        """Whether the value is one float64 number, which a Python float can stand for."""
        return self.shape == () and self.dtype.char == "d"


NUMBERS = (int, float, bool, complex)


def dtype_of_python(value: Any) -> np.dtype[Any]:
    """Return the dtype of a Python number; of all else, which is only handed on, object."""
    return np.dtype(type(value)) if type(value) in NUMBERS else np.dtype(object)


@dataclass(frozen=True, slots=True)
class Ref:
    """Stands in the params of a node for its operand number `position`."""

    position: int


@dataclass(slots=True, eq=False)
class Program:
    """Nodes in an order in which they can be computed, and which of them are wanted.

    outputs are the numbers of the nodes returned, in the order of their leaves; watched are nodes
    in which a nan means that the program with masks must be run in place of this one.
    """

    nodes: list[Node]
    inputs: list[int]
    outputs: list[int]
    watched: frozenset[int]
