"""Derivative programs, as the judge reads them: operations with their source lines, in one form.

A backend reads its own derivative program into this form; it then runs in the backend's floats, one
operation after another, or in exact real semantics on balls.
"""

from diffcheck.programs.exact import MissingFormError, enclose
from diffcheck.programs.floats import FloatArithmetic
from diffcheck.programs.form import Branch, Loop, Operation, Program, Scan, Step, operations, pruned
from diffcheck.programs.running import Arithmetic, run

__all__ = [
    "Arithmetic",
    "Branch",
    "FloatArithmetic",
    "Loop",
    "MissingFormError",
    "Operation",
    "Program",
    "Scan",
    "Step",
    "enclose",
    "operations",
    "pruned",
    "run",
]
