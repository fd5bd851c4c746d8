"""Arguments and results: taken apart, recognised, and put together again in emitted code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from diffcheck.engine.errors import OperationError
from diffcheck.engine.tensor import Tensor

PLAIN: Final = frozenset("?bhilqBHILQefdgFDG")  # dtype characters that a program can be emitted for


class Ineligible(Exception):  # noqa: N818 - not an error: the function is called as it is
    """Arguments that no program is made for: tensors of outer transforms, balls, bfloat16."""


def is_traced(leaf: Any) -> bool:
    """Whether a leaf is an argument of the program: an array, a NumPy scalar or a float."""
    return type(leaf) is float or isinstance(leaf, (np.ndarray, np.generic))


def signature(tree: Any) -> Any:
    """Return what a program depends on: containers, shapes, dtypes, and all else by value.

    Raises `Ineligible` for what is not replayed, `OperationError` for arguments without a hash.
    """
    kind = type(tree)
    if kind is np.ndarray:
        if tree.dtype.char not in PLAIN or not tree.dtype.isnative:
            raise Ineligible
        return (kind, tree.shape, tree.dtype.char, tree.ndim < 2 or tree.flags.c_contiguous)
    if kind is float:
        return float
    if isinstance(tree, np.generic):
        if tree.dtype.char not in PLAIN:
            raise Ineligible
        return (kind, tree.dtype.char)
    if isinstance(tree, (tuple, list)):
        return (kind, *map(signature, tree))
    if isinstance(tree, dict):
        return (kind, *((key, signature(branch)) for key, branch in tree.items()))
    if kind is Tensor or isinstance(tree, np.ndarray):
        raise Ineligible
    try:
        hash(tree)
    except TypeError:
        raise OperationError(
            f"engine.compile: expected arrays, containers of arrays and hashable values, got "
            f"{kind.__name__}. Likely cause: an object that is neither an array nor a constant. "
            f"Next: pass its arrays in a tuple, list or dict."
        ) from None
    return (kind, tree)


def traced(tree: Any, replace: Callable[[Any], Any]) -> Any:
    """Return a container with its arrays and floats replaced, and all else as it is."""
    if is_traced(tree):
        return replace(tree)
    if isinstance(tree, dict):
        return {key: traced(branch, replace) for key, branch in tree.items()}
    if isinstance(tree, (tuple, list)):
        branches = [traced(branch, replace) for branch in tree]
        return type(tree)(*branches) if hasattr(tree, "_fields") else type(tree)(branches)
    return tree


class Guard:
    """The statements that take the arguments apart and return MISS where they are others."""

    def __init__(self, bind: Callable[[str, Any], str]) -> None:
        self.bind = bind
        self.lines: list[str] = []
        self.leaves: list[str] = []
        self._tests: list[str] = []

    def add(self, name: str, tree: Any) -> None:
        """Check the value called `name` against an example of it."""
        kind = type(tree)
        if kind is np.ndarray:
            self._array(name, tree)
        elif kind is float or isinstance(tree, np.generic):
            self._tests.append(f"type({name}) is not {self.bind(kind.__name__, kind)}")
            self.leaves.append(name)
        elif isinstance(tree, (tuple, list, dict)):
            self._container(name, tree)
        elif tree is None or kind is bool:
            self._tests.append(f"{name} is not {tree!r}")
        else:
            value, type_ = self.bind(f"{name}_", tree), self.bind(kind.__name__, kind)
            self._tests.append(f"type({name}) is not {type_} or {name} != {value}")

    def finish(self) -> list[str]:
        """Return the statements."""
        self._flush()
        return self.lines

    def _array(self, name: str, x: Any) -> None:
        array, dtype = self.bind("ndarray", np.ndarray), self.bind(x.dtype.name + "_", x.dtype)
        self._tests.append(f"type({name}) is not {array} or {name}.dtype is not {dtype}")
        self._tests.append(f"{name}.shape != {x.shape}")
        if x.ndim > 1:
            sign = "not " if x.flags.c_contiguous else ""
            self._tests.append(f"{sign}{name}.flags.c_contiguous")
        self.leaves.append(name)

    def _container(self, name: str, tree: Any) -> None:
        kind = type(tree)
        test = f"type({name}) is not {self.bind(kind.__name__, kind)} or len({name}) != {len(tree)}"
        self._tests.append(test)
        if not tree:
            return
        self._flush()
        items = list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree))
        names = [f"{name}_{_word(key)}" for key, _ in items]
        names = [self.bind(part, object()) for part in names]  # so that nothing else is called so
        if isinstance(tree, dict):
            keys = [key if type(key) in (str, int) else None for key, _ in items]
            for part, key, (whole, _) in zip(names, keys, items, strict=True):
                known = repr(key) if key is not None else self.bind("key", whole)
                self.lines.append(f"{part} = {name}[{known}]")
        else:
            self.lines.append(f"{', '.join(names)}{',' if len(names) == 1 else ''} = {name}")
        for part, (_, branch) in zip(names, items, strict=True):
            self.add(part, branch)

    def _flush(self) -> None:
        if self._tests:
            self.lines += ["if (", *(f"    {t}" + (" or" if k < len(self._tests) - 1 else "")
                           for k, t in enumerate(self._tests)), "): return MISS"]  # fmt: skip
            self._tests = []


def _word(key: Any) -> str:
    text = "".join(c if c.isalnum() and c.isascii() else "_" for c in str(key))
    return text or "_"


def rebuilt(tree: Any, leaf: Iterator[str], bind: Callable[[str, Any], str]) -> str:
    """Return the expression of a result: containers of what `leaf` gives, in order."""
    kind = type(tree)
    if isinstance(tree, dict):
        items = (f"{_key(key, bind)}: {rebuilt(value, leaf, bind)}" for key, value in tree.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(tree, (tuple, list)):
        parts = [rebuilt(branch, leaf, bind) for branch in tree]
        inner = ", ".join(parts)
        if kind is list:
            return f"[{inner}]"
        if hasattr(tree, "_fields"):
            return f"{bind(kind.__name__, kind)}({inner})"
        return f"({inner},)" if len(parts) == 1 else f"({inner})"
    return "None" if tree is None else next(leaf)


def _key(key: Any, bind: Callable[[str, Any], str]) -> str:
    return repr(key) if type(key) in (str, int) else bind("key", key)
