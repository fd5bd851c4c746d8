"""The certified truth: SymPy differentiates, Arb evaluates, precision rises until it is certain."""

from diffcheck.truth.arrays import ArrayDefinition, ArrayTruth, truth_of
from diffcheck.truth.core import Truth
from diffcheck.truth.outcomes import Outcome, Status

__all__ = ["ArrayDefinition", "ArrayTruth", "Outcome", "Status", "Truth", "truth_of"]
