"""Cases: a function's definition in SymPy, its programs, inputs with domains, and points."""

from diffcheck.case import sym
from diffcheck.case.definition import Definition, build_definition
from diffcheck.case.errors import CaseError
from diffcheck.case.inputs import Input, real
from diffcheck.case.load import find_cases, load_case
from diffcheck.case.points import points
from diffcheck.case.quantities import Quantity, quantities_of
from diffcheck.case.records import Case, Constraint, Defect, Point

__all__ = [
    "Case",
    "CaseError",
    "Constraint",
    "Defect",
    "Definition",
    "Input",
    "Point",
    "Quantity",
    "build_definition",
    "find_cases",
    "load_case",
    "points",
    "quantities_of",
    "real",
    "sym",
]
