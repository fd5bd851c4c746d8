"""Nested tuples, lists and dicts of arrays, taken apart and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def leaves(tree: Any) -> list[Any]:
    """Return the arrays of a nested container, in order (dicts in the order of their keys).

    >>> leaves({"b": 1.0, "a": (2.0, [3.0])})
    [1.0, 2.0, 3.0]
    """
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, (tuple, list)):
        return [leaf for branch in tree for leaf in leaves(branch)]
    return [] if tree is None else [tree]


def rebuild(tree: Any, values: Iterator[Any]) -> Any:
    """Return a container of the same form with its arrays replaced by `values`, in order."""
    if isinstance(tree, dict):
        return {key: rebuild(branch, values) for key, branch in tree.items()}
    if isinstance(tree, tuple):
        branches = [rebuild(branch, values) for branch in tree]
        return type(tree)(*branches) if hasattr(tree, "_fields") else tuple(branches)
    if isinstance(tree, list):
        return [rebuild(branch, values) for branch in tree]
    return None if tree is None else next(values)


def tree_map(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply a function to every array of a nested container.

    >>> tree_map(lambda x: 2 * x, (1, [2, 3]))
    (2, [4, 6])
    """
    return rebuild(tree, iter([function(leaf) for leaf in leaves(tree)]))
