"""Where an equation of a jaxpr comes from: the user's line, and JAX's own approximations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import jax
import numpy as np

import diffcheck

_OWN: Final = str(Path(diffcheck.__file__).parent)
_JAX: Final = str(Path(jax.__file__).parent)
_NUMPY: Final = str(Path(np.__file__).parent)  # calls the methods of JAX's arrays

# Functions of JAX whose bodies are approximations for one format (rational functions, series,
# recurrences cut short): what they mean in exact arithmetic is not the function they stand for.
APPROXIMATIONS: Final[dict[str, frozenset[str]]] = {
    "_src/scipy/special.py": frozenset(
        """
        _bessel_jn _bessel_jn_scan_body_fun _complex_gamma _complex_loggamma _dawsn_impl
        _erfcx_asymptotic _erfcx_impl _eval_expint_k _expi_neg _expi_pos _expint1 _expn1 _expn2
        _expn3 _hyp1f1_asymptotic _hyp1f1_serie _hyp2f1_digamma_transform _hyp2f1_serie
        _hyp2f1_terminal _log_ndtr_asymptotic_series _ndtri _owens_t_quadrature _sici_approx
        _sici_asympt _sici_series _spence_calc _spence_poly _wofz_upper _zeta_series_expansion
        bernoulli
        """.split()  # noqa: SIM905 - words in rows read better than quoted ones
    ),
    "_src/third_party/scipy/betaln.py": frozenset(["betaln", "algdiv"]),
    "_src/scipy/linalg.py": frozenset(["expm", "expm_frechet", "_sqrtm"]),
    "_src/lax/special.py": frozenset(["_bessel_i1e_jvp"]),
}
# Those with a loop that goes on for hours at points for which another branch is taken: the
# continued fraction of E1 needs 80/x steps.
ENDLESS_ELSEWHERE: Final = frozenset({"_expn2"})
_NAMES: Final = frozenset[str]().union(*APPROXIMATIONS.values())


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of an equation from the calls around it: tracebacks end at each `jit`.

    Where approximations are taken `literally`, none is told from other code.
    """

    source: str = ""
    approximation: str = ""
    literally: bool = False

    def inside(self, equation: Any, body: Any) -> Context:
        """Return the context of the equations in a call's body."""
        return self._within(equation, _approximation_called(body))

    def of(self, equation: Any) -> Context:
        """Return the context of an equation itself."""
        return self._within(equation, "")

    def _within(self, equation: Any, called: str) -> Context:
        source = source_of(equation) or self.source
        if self.literally:
            return replace(self, source=source)
        found = self.approximation or called or approximation_behind(equation)
        return replace(self, source=source, approximation=found)


def source_of(equation: Any) -> str:
    """Return the user's line that an equation comes from, as `file.py:12 (function)`."""
    traceback = equation.source_info.traceback
    for i, code in enumerate(_codes(traceback)):
        path = code.co_filename
        if not path.startswith((_JAX, _OWN, _NUMPY, "<")):
            frame = traceback.frames[i]
            return f"{_short(path)}:{frame.line_num} ({frame.function_name})"
    return ""


def approximation_behind(equation: Any) -> str:
    """Return the name of JAX's approximation that an equation is part of, or nothing."""
    for code in _codes(equation.source_info.traceback):
        if code.co_name in _NAMES and _is_approximation(code.co_name, code.co_filename):
            return str(code.co_name)
    return ""


def _approximation_called(body: Any) -> str:
    # The text reads "expm at …/jax/_src/scipy/linalg.py:1372".
    name, _, place = str(body.debug_info.func_src_info).partition(" at ")
    return name if _is_approximation(name, place.rpartition(":")[0]) else ""


def _is_approximation(name: str, path: str) -> bool:
    inner = path[len(_JAX) + 1 :].replace("\\", "/") if path.startswith(_JAX) else ""
    return name in APPROXIMATIONS.get(inner, ())


def _codes(traceback: Any) -> Any:
    return () if traceback is None else traceback.raw_frames()[0]


def _short(path: str) -> str:
    try:
        return Path(path).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return Path(path).name
