"""The truth for functions of long arrays: a node is an operation on a whole array."""

from diffcheck.truth.arrays.core import ArrayDefinition, ArrayTruth, truth_of
from diffcheck.truth.arrays.form import Arrays
from diffcheck.truth.arrays.templates import NoBallForm

__all__ = ["ArrayDefinition", "ArrayTruth", "Arrays", "NoBallForm", "truth_of"]
