"""A function of our engine that is already written, as a definition and a program of a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from diffcheck.backends.adapted import Adapted, parameters
from diffcheck.backends.engine_symbolic import symbolic
from diffcheck.engine.ops.joining import concat
from diffcheck.engine.ops.manipulation import reshape


def adapt(function: Callable[..., Any], arguments: Sequence[Any]) -> Adapted:
    """Take floats and float arrays as inputs; all else is held fixed."""
    names = parameters(function, len(arguments))
    real = [i for i, a in enumerate(arguments) if np.asarray(a).dtype.kind == "f"]

    def called(*values: Any) -> Any:
        full = list(arguments)
        for i, value in zip(real, values, strict=True):
            full[i] = value
        return function(*full)

    def definition(**symbols: Any) -> Any:
        outputs = symbolic(called)(*symbols.values())
        found = np.empty(len(outputs), dtype=object)
        found[:] = outputs
        return found if len(outputs) > 1 else found[0]

    def program(_xp: Any, **inputs: Any) -> Any:
        outputs = called(*inputs.values())
        if isinstance(outputs, (tuple, list)):
            return concat([reshape(output, (-1,)) for output in outputs])
        return outputs

    return Adapted(
        inputs={names[i]: np.asarray(arguments[i], np.float64) for i in real},
        of_argument={names[i]: i for i in real},
        dtypes=frozenset(str(arguments[i].dtype) for i in real if hasattr(arguments[i], "dtype")),
        definition=definition,
        program=program,
    )
