"""Cases: a function's definition in SymPy, its programs, inputs with domains, and points."""

from diffcheck.case.inputs import Input, real
from diffcheck.case.quantities import Quantity, quantities_of
from diffcheck.case.records import Case, CaseError, Constraint, Defect, Point

__all__ = ["Case", "CaseError", "Constraint", "Defect", "Input", "Point", "Quantity", "quantities_of", "real"]
