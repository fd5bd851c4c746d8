"""Runs: from cases to a store of measurements."""

from diffcheck.run.options import BACKENDS, DEFAULT_SAMPLES, DTYPES, ORDERS, CasePlan, Options, Task

__all__ = ["BACKENDS", "DEFAULT_SAMPLES", "DTYPES", "ORDERS", "CasePlan", "Options", "Task"]
