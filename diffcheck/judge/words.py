"""The words of a report: every verdict with its meaning, and their order from worst to best."""

from __future__ import annotations

from typing import Final

from diffcheck.judge.records import Verdict

# From worst to best; what cannot be judged comes last.
MEANINGS: Final[dict[Verdict, str]] = {
    Verdict.CRASHED: "the program or its worker process failed; the reason is recorded",
    Verdict.TIMED_OUT: "no answer within the time allowed",
    Verdict.MISMATCH: (
        "the values already differ: definition and program are two different functions, "
        "so no derivative is to blame"
    ),
    Verdict.WRONG: (
        "the derivative's rule is wrong, proved: in exact arithmetic it is not the derivative"
    ),
    Verdict.RANGE: (
        "infinity, NaN or 0 came out because something overflowed or underflowed on the way, "
        "although the exact result is an ordinary number of the format"
    ),
    Verdict.LOST: "the rule is right, but not one digit of the result is",
    Verdict.OP_FAULT: (
        "the rule is right, but more is lost than the rounding of all operations may cost: "
        "the result of one of them is worse than its bound; it is named"
    ),
    Verdict.UNSTABLE: (
        "the rule is right, but this formula amplifies the rounding of its operations; the one "
        "that costs most is named, and a better formula exists"
    ),
    Verdict.INEXACT: (
        "rounding cost more than the count of operations and the condition of the problem explain; "
        "the program cannot be read, so that no operation can be named"
    ),
    Verdict.KINK: (
        "the one-sided derivatives exist and differ; the result is `left`, `right` or `inside` "
        "(allowed), or `outside` of them (fails)"
    ),
    Verdict.ILL_CONDITIONED: (
        "digits are lost, but rounding the inputs alone costs as many: "
        "nobody could do much better in this format"
    ),
    Verdict.FLUSHED: ("a subnormal number was replaced by zero, as XLA does on CPUs by design"),
    Verdict.ACCURATE: "within 1 ulp, or within what the count of operations may cost",
    Verdict.EXACT: "the exact result, correctly rounded",
    Verdict.UNDECIDED: "the truth could not be certified here; the reason is given",
    Verdict.UNDEFINED: "proved: there is no finite derivative here",
    Verdict.UNSUPPORTED: "the backend cannot run this program or quantity",
}
SEVERITY: Final = {verdict: rank for rank, verdict in enumerate(MEANINGS)}
SHORT: Final = {Verdict.ILL_CONDITIONED: "ill-cond."}
SHORT_DTYPES: Final = {"float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64"}


def short(verdict: Verdict) -> str:
    """Return the verdict as it stands in a narrow table."""
    return SHORT.get(verdict, str(verdict))


def short_dtype(dtype: str) -> str:
    """Return a dtype as it stands in a narrow table, as `f32`."""
    return SHORT_DTYPES.get(dtype, dtype)


def witness(backend: str, mode: str, device: str) -> str:
    """Return who computed, as `jax jit`; the device is named unless it is the first CPU."""
    parts = [backend] if backend != "jax" and mode == "eager" else [backend, mode]
    return " ".join(parts if device == "cpu:0" else [*parts, device])
