"""Cases: a function's definition in SymPy, its programs, inputs with domains, and points."""

from diffcheck.case import sym
from diffcheck.case.constraints import (
    less,
    no_smaller_than,
    positive_definite,
    sums_to_one,
    symmetric,
)
from diffcheck.case.definition import Definition, build_definition
from diffcheck.case.errors import CaseError
from diffcheck.case.inputs import Input, real
from diffcheck.case.load import find_cases, load_case
from diffcheck.case.points import points
from diffcheck.case.quantities import Quantity, quantities_of
from diffcheck.case.records import Case, Constraint, Defect, Point
from diffcheck.case.shapes import check_shapes
from diffcheck.case.versions import expected_defects

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
    "check_shapes",
    "expected_defects",
    "find_cases",
    "less",
    "load_case",
    "no_smaller_than",
    "points",
    "positive_definite",
    "quantities_of",
    "real",
    "sums_to_one",
    "sym",
    "symmetric",
]
