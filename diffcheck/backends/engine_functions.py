"""A function of our engine that is already written, as a definition and a program of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffcheck.backends import sampling
from diffcheck.backends.adapted import Adapted, file_of, parameters
from diffcheck.backends.base import Unsupported
from diffcheck.backends.engine_arrays import read
from diffcheck.backends.engine_symbolic import real_and_imaginary, symbolic
from diffcheck.backends.sampling import Sample
from diffcheck.engine.ball_trace import is_complex
from diffcheck.engine.ops.complex import imag, real
from diffcheck.engine.ops.indexing import scatter_add
from diffcheck.engine.ops.joining import concat
from diffcheck.engine.ops.manipulation import reshape
from diffcheck.engine.ops.products import matmul
from diffcheck.engine.ops.reduction import sum as total
from diffcheck.engine.tensor import base
from diffcheck.truth.arrays import Arrays


def adapt(function: Callable[..., Any], arguments: Sequence[Any]) -> Adapted:
    """Take floats and float arrays as inputs; all else is held fixed.

    Several outputs are one vector, in which a complex output is its real and its imaginary part.
    """
    names = parameters(function, len(arguments))
    floating = [i for i, a in enumerate(arguments) if np.asarray(a).dtype.kind == "f"]

    def called(*values: Any) -> Any:
        full = list(arguments)
        for i, value in zip(floating, values, strict=True):
            full[i] = value
        return function(*full)

    def definition(**symbols: Any) -> Any:
        with np.errstate(all="ignore"):
            kinds = [_kind(y) for y in _several(called(*(arguments[i] for i in floating)))]
        outputs = symbolic(called)(*symbols.values())
        entries: list[Any] = []
        for kind, output in zip(kinds, outputs, strict=True):
            entries += _parts(output) if kind == "c" else output
        found = np.empty(len(entries), dtype=object)
        found[:] = entries
        return found if len(entries) > 1 else found[0]

    def program(_xp: Any, **inputs: Any) -> Any:
        outputs = called(*(inputs[names[i]] for i in floating))
        parts = [part for y in _several(outputs) for part in _real_parts(y)]
        if len(parts) == 1 and parts[0] is outputs:
            return outputs
        return concat([reshape(part, (-1,)) for part in parts])

    def arrays(program: Arrays, nodes: Mapping[str, int]) -> list[int]:
        inputs = [names[i] for i in floating]
        at = {names[i]: np.asarray(arguments[i], np.float64) for i in floating}
        return read(called, at, program, {name: nodes[name] for name in inputs})

    program.file = file_of(function)  # type: ignore[attr-defined]  # whose lines are told
    return Adapted(
        inputs={names[i]: np.asarray(arguments[i], np.float64) for i in floating},
        of_argument={names[i]: i for i in floating},
        count=len(arguments),
        dtypes=frozenset(
            str(arguments[i].dtype) for i in floating if hasattr(arguments[i], "dtype")
        ),
        definition=definition,
        program=program,
        arrays=arrays,
    )


def sampled(adapted: Adapted, sample: Sample, name: str) -> Adapted:
    """Return the function of a sample of its inputs' entries and of ways along all of them."""

    def move(x: Any, at: tuple[slice, Any], e: Any, s: Any, v: Any) -> Any:
        shape = np.shape(v)[1:]
        step = reshape(matmul(s, v.reshape(len(v), -1).astype(_literal_dtype(s))), shape)
        mine, places = at
        if not places.size:
            return x + step
        size = int(np.prod(shape))
        return x + step + reshape(scatter_add(e[mine], index=places, shape=(size,)), shape)

    def weigh(output: Any, w: NDArray[Any]) -> Any:
        return total(reshape(output, (-1,)) * w.astype(_literal_dtype(output)))

    few = sampling.sampled(adapted, sample, name, move, weigh)
    few.program.file = getattr(adapted.program, "file", "")  # type: ignore[attr-defined]  # a function carries it as an attribute
    return few


def _literal_dtype(x: Any) -> Any:
    """Return the dtype of constants beside a value; balls make theirs of float64."""
    found = np.asarray(base(x)).dtype
    return np.float64 if found.kind == "O" else found


def _several(outputs: Any) -> Sequence[Any]:
    return outputs if isinstance(outputs, (tuple, list)) else [outputs]


def _kind(output: Any) -> str:
    kind = np.asarray(base(output)).dtype.kind
    if kind not in "fcV":
        raise Unsupported(f"an output that holds floats is expected, not {output!r}")
    return kind


def _parts(entries: Sequence[Any]) -> list[Any]:
    pairs = [real_and_imaginary(entry) for entry in entries]
    return [part for column in zip(*pairs, strict=True) for part in column]


def _real_parts(output: Any) -> list[Any]:
    return [real(output), imag(output)] if is_complex(output) else [output]
