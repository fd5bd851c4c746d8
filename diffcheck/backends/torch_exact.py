"""PyTorch's derivatives in exact arithmetic: what its backward formulas dispatch, on balls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch.utils import _pytree as pytree

from diffcheck.backends.base import Unsupported
from diffcheck.backends.torch_arrays import read, traced
from diffcheck.balls import Undecided
from diffcheck.engine.ball_trace import ball_array, literal_rounding
from diffcheck.floats import Format
from diffcheck.truth.arrays import Arrays, NoBallForm
from diffcheck.truth.arrays.evaluate import Evaluation


@dataclass(frozen=True, slots=True)
class Derivative:
    """A derivative as a program of array operations; `outputs` are nodes, nested as torch's."""

    arrays: Arrays
    outputs: Any

    def balls(
        self, values: Mapping[str, NDArray[Any]], fmt: Format, bits: int, roundoff: float
    ) -> Any:
        """Return arrays of balls in the place of the nodes.

        `roundoff` is the relative radius of literals. Raises `balls.Undecided` where a branch
        cannot be decided at `bits` bits, `Unsupported` where a function has no ball form.
        """
        with literal_rounding(roundoff, float(fmt.smallest_normal)):
            at = Evaluation(self.arrays, values, bits, ball_array)
            try:
                found = pytree.tree_map(at.value, self.outputs)
            except NoBallForm as error:
                raise Unsupported(str(error)) from error
        if at.undecided:
            raise Undecided("; ".join(dict.fromkeys(at.reasons)))
        return found


def derivative(function: Callable[..., Any], inputs: Mapping[str, NDArray[Any]]) -> Derivative:
    """Read a function that differentiates, of one tensor for each input.

    Raises `Unsupported` with the reason where it cannot be read.
    """
    arrays = Arrays()
    nodes = [arrays.input(name, x.shape) for name, x in inputs.items()]
    try:
        graph = traced(function, list(map(torch.as_tensor, inputs.values())))
        return Derivative(arrays, read(graph, arrays, nodes, literals=True))
    except Unsupported as error:
        raise Unsupported(str(error).replace("the primal", "the derivative")) from error
    except Exception as error:  # a tracer that is not made for a program may raise anything
        reason = str(error).partition("\n")[0]
        raise Unsupported(
            f"the derivative cannot be read: {type(error).__name__}: {reason}"
        ) from error
