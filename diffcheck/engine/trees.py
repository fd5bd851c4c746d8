"""Nested tuples, lists and dicts of arrays, taken apart and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def leaves(tree: Any) -> list[Any]:
    """Return the arrays of a nested container, in order (dicts in the order of their keys).

    >>> leaves({"b": 1.0, "a": (2.0, [3.0])})
    [1.0, 2.0, 3.0]
    """
    found: list[Any] = []
    tree_map(found.append, tree)
    return found


def rebuild(tree: Any, values: Iterator[Any]) -> Any:
    """Return a container of the same form with its arrays replaced by `values`, in order."""
    return tree_map(lambda _: next(values), tree)


def tree_map(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply a function to every array of a nested container; None stays None.

    >>> tree_map(lambda x: 2 * x, (1, [2, 3]))
    (2, [4, 6])
    """
    if not isinstance(tree, (tuple, list, dict)):
        return None if tree is None else function(tree)
    if isinstance(tree, dict):
        return {key: tree_map(function, branch) for key, branch in tree.items()}
    branches = [tree_map(function, branch) for branch in tree]
    if isinstance(tree, list):
        return branches
    return type(tree)(*branches) if hasattr(tree, "_fields") else tuple(branches)
