"""The ops by kind; importing this package fills the table, in which these come first."""

from diffcheck.engine.ops import arithmetic, choices, exponential, plane, trigonometric

__all__ = ["arithmetic", "choices", "exponential", "plane", "trigonometric"]
