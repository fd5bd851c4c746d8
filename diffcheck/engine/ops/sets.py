# ruff: noqa: A002 - NumPy's names shadow builtins
"""Distinct elements and bins: found among the values, taken from x or from its weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ops.indexing import scatter_add, take
from diffcheck.engine.ops.joining import asarray, concat
from diffcheck.engine.ops.manipulation import ravel
from diffcheck.engine.ops.reduction import sort
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.tensor import looked_into, shape_of


def unique_all(x: Any) -> Any:
    """Return the distinct elements, where they come first, where each went, and how often."""
    found = np.unique_all(looked_into(x))
    return found._replace(values=take(x, found.indices))


def unique_counts(x: Any) -> Any:
    """Return the distinct elements in ascending order, and how often each comes."""
    return np.unique_counts(looked_into(x))._replace(values=unique_values(x))


def unique_inverse(x: Any) -> Any:
    """Return the distinct elements in ascending order, and where each element of x went."""
    return np.unique_inverse(looked_into(x))._replace(values=unique_values(x))


def unique_values(x: Any) -> Any:
    """Return the distinct elements in ascending order."""
    return take(x, np.unique_all(looked_into(x)).indices)


def unique(x: Any, return_index: bool = False, *, axis: int | None = None, **options: Any) -> Any:
    """Return the distinct elements, or layers along an axis, and what NumPy's options add."""
    found = np.unique(looked_into(x), return_index=True, axis=axis, **options)
    values, rest = take(x, found[1], axis), found[1 if return_index else 2 :]
    return (values, *rest) if rest else values


def union1d(x: Any, y: Any) -> Any:
    """Return the distinct elements of both."""
    return unique(concat([asarray(x), asarray(y)], axis=None))


def setdiff1d(x: Any, y: Any, *, assume_unique: bool = False) -> Any:
    """Return the distinct elements of x that are not in y."""
    own = ravel(x) if assume_unique else unique(x)
    return take(own, np.flatnonzero(~np.isin(looked_into(own), looked_into(y))))


def setxor1d(x: Any, y: Any) -> Any:
    """Return the distinct elements that are in one only."""
    return sort(concat([setdiff1d(x, y), setdiff1d(y, x)]))


def intersect1d(x: Any, y: Any, *, assume_unique: bool = False) -> Any:
    """Return the distinct elements that are in both, taken from x."""
    _, places, _ = np.intersect1d(
        looked_into(x), looked_into(y), assume_unique=assume_unique, return_indices=True
    )
    return take(x, places)


def bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    """Return how often each number from 0 comes in x, or the sum of its weights."""
    places = np.asarray(looked_into(x))
    counts = np.bincount(places, minlength=minlength)  # it refuses what is no place
    if weights is None:
        return counts
    weights = asarray(weights)
    if shape_of(weights) != places.shape:
        raise ValueError(f"bincount: weights of shape {shape_of(weights)} for {places.shape}")
    return scatter_add(weights, index=places, shape=counts.shape)


def histogram(
    x: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> tuple[Any, Any]:
    """Return how much weight falls into each bin, and the edges, which are constants.

    It is differentiable in the weights; `density` divides by the whole and by the widths.
    """
    values = np.ravel(looked_into(x))
    edges = np.histogram_bin_edges(values, looked_into(bins), range)
    if weights is None:
        return np.histogram(values, edges, density=density)
    n = len(edges) - 1
    places = np.searchsorted(edges, values, side="right") - 1
    places[values == edges[-1]] = n - 1  # the last bin has both its ends
    inside = np.flatnonzero((places >= 0) & (places < n))
    sums = bincount(places[inside], take(ravel(asarray(weights)), inside), minlength=n)
    return (sums / sum_(sums) / np.diff(edges) if density else sums), edges
