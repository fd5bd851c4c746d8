"""What a compiled function cannot do, and what to do instead."""

from __future__ import annotations

from typing import Any

from diffcheck.engine.errors import OperationError, refused


def _refused(expected: str, got: str, cause: str, remedy: str) -> OperationError:
    return refused("engine.compile", expected, got, cause, remedy)


def refuse_value(asked: str) -> OperationError:
    """Return the error for a program that asks for the value of a traced tensor."""
    return _refused(
        "a program whose course does not depend on the values of its arrays",
        f"{asked} of a traced tensor",
        "an `if`, `while`, `assert` or conversion that looks at a number",
        "choose with engine.where, pass the number as an int or str (static by value), "
        "or call the function without engine.compile",
    )


def refuse_boolean_index(op: Any, operands: list[Any]) -> None:
    """Raise if an array in an index is boolean: the shape of the result depends on its values."""
    if any(node.dtype.kind == "b" for node in operands):
        raise _refused(
            "indices of integers",
            f"a boolean array as an index of {op.name}",
            "x[mask], whose shape depends on the values of the mask",
            "choose with engine.where, or call the function without engine.compile",
        )


def refuse_stranger() -> OperationError:
    """Return the error for a tensor of a transform that is not inside the compiled function."""
    return _refused(
        "arrays, and tensors of transforms inside the compiled function",
        "a tensor of a transform around it",
        "the function closes over an array that an outer grad or jvp differentiates",
        "pass that array as an argument",
    )
