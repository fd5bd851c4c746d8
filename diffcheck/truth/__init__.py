"""The certified truth: SymPy differentiates, Arb evaluates, precision rises until it is certain."""

from diffcheck.truth.core import Truth
from diffcheck.truth.outcomes import Outcome, Status

__all__ = ["Outcome", "Status", "Truth"]
