"""Whole models as programs against an array namespace, for cases, studies and benchmarks."""
