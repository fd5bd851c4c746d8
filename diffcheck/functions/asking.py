"""What a check may be asked for; anything else is told in four parts, with all that may be."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, get_args

import numpy as np

from diffcheck import backends
from diffcheck.backends.adapted import Adapted, signature_of
from diffcheck.case import CaseError
from diffcheck.case.quantities import ORDERS, Kind

BACKENDS: Final = ("jax", "engine", "torch")
DTYPES: Final = ("float32", "float64")
HIGHEST_ORDER: Final = max(ORDERS.values())


def several(given: Any) -> tuple[Any, ...]:
    """Return a choice as a tuple: one word, or a number, stands for itself."""
    return (given,) if isinstance(given, (str, int)) else tuple(given)


def require_function(function: Any, where: str) -> None:
    """Raise `CaseError` unless the function can be called."""
    if not callable(function):
        raise CaseError(
            where,
            f"expected a function, got {type(function).__name__}",
            "its value was given, or the arguments came first",
            "diffcheck.check(function, *arguments)",
        )


def require_backend(backend: Any, where: str) -> None:
    """Raise `CaseError` unless the backend is one whose functions are checked, and is installed."""
    _require_known("backend", (backend,), BACKENDS, where)
    missing = backends.lacking(backend)
    if missing:
        raise CaseError(
            where,
            f"backend: expected the packages of a guest, got none of: {', '.join(missing)}",
            f"the extra {backend!r} is not installed: guests are no part of a plain installation",
            f"pip install 'diffcheck[{backend}]'",
        )


def require_options(
    where: str,
    backend: str,
    *,
    order: Any,
    dtypes: Sequence[Any],
    modes: Sequence[Any],
    quantities: Sequence[Any],
) -> None:
    """Raise `CaseError` for the first option that the backend or the run does not know."""
    found = backends.get(backend)
    known = {mode: None for device in found.devices() for mode in found.modes(device)}
    _require_known("dtypes", dtypes, DTYPES, where)
    _require_known("modes", modes, tuple(known), where)
    _require_known("quantities", quantities, get_args(Kind), where)
    _require_known("order", (order,), range(1, HIGHEST_ORDER + 1), where)


def _require_known(option: str, given: Collection[Any], known: Collection[Any], where: str) -> None:
    unknown = [word for word in given if word not in known]
    if unknown:
        example = next(iter(known))
        raise CaseError(
            where,
            f"{option}: expected {'one' if len(given) == 1 else 'some'} of "
            f"{', '.join(map(str, known))}, got {', '.join(map(str, unknown))}",
            "a misspelt word, or one that this backend does not have",
            f"{option}={example!r}",
        )


def require_inputs(adapted: Adapted, where: str) -> None:
    """Raise `CaseError` unless there are inputs, with numbers in them, all of them finite."""
    if not any(x.size for x in adapted.inputs.values()):
        raise CaseError(
            where,
            "expected floats among the arguments, got none",
            "whole and complex numbers are held fixed, and nothing else was given",
            "write 2.0 instead of 2; give the real and imaginary parts of a complex number",
        )
    for name, x in adapted.inputs.items():
        if not np.isfinite(x).all():
            raise CaseError(
                where,
                f"{name}: expected finite numbers, got {_first_infinite(x)}",
                "a function has no derivative at infinity, or where it is not a number",
                "choose a point inside of the domain",
            )


def _first_infinite(x: Any) -> float:
    return float(x[~np.isfinite(x)].flat[0]) if x.ndim else float(x)


def chosen_inputs(
    wrt: Any, adapted: Adapted, function: Any, where: str, keywords: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return the names of the inputs that `wrt` chooses by position or parameter name; or all."""
    wanted = several(wrt) if isinstance(wrt, (str, int, Sequence)) else (wrt,)
    if not wanted:
        return tuple(adapted.inputs)
    places = _places(function, keywords, adapted)
    positions = [places.get(w, w) for w in wanted]
    found = tuple(name for name, i in adapted.of_argument.items() if i in positions)
    if not found or not set(positions) <= set(adapted.of_argument.values()):
        raise CaseError(
            where,
            f"wrt: expected arguments that hold floats, got {', '.join(map(str, wanted))}",
            "a position or name that the function has not, or one of whole numbers",
            f"choose among {', '.join(adapted.inputs)}",
        )
    return found


def _places(function: Any, keywords: Mapping[str, Any], adapted: Adapted) -> dict[Any, int]:
    """Return the position of each argument by its name; keywords come after the positional ones."""
    parameters = signature_of(function).parameters
    names = [name for name in parameters if name not in keywords]
    positional = adapted.count - len(keywords)
    return {name: i for i, name in enumerate([*names[:positional], *keywords])}
