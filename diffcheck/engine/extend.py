"""Rules of one's own in autograd's form: `primitive` and `defvjp`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any

from diffcheck.engine.custom import custom_vjp
from diffcheck.engine.errors import refused
from diffcheck.engine.tensor import Tensor
from diffcheck.engine.trees import leaves

Function = Callable[..., Any]


class primitive:  # noqa: N801 - a decorator, named as autograd names it
    """Take a function for one operation, whose derivative `defvjp` gives.

    Raises `OperationError` where a derivative in an argument without a rule is asked for.

    >>> from diffcheck import engine
    >>> @primitive
    ... def cube(x):
    ...     return x**3
    >>> defvjp(cube, lambda answer, x: lambda g: g * 3 * x**2)
    >>> float(engine.grad(cube)(2.0))
    12.0
    """

    def __init__(self, function: Function) -> None:
        update_wrapper(self, function, updated=())
        self.function = function
        self.makers: dict[int, Function | None] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        traced = [k for k, a in enumerate(args) if any(type(x) is Tensor for x in leaves(a))]
        if not traced:
            return self.function(*args, **kwargs)
        self._check(traced)
        rule = custom_vjp(lambda *args: self.function(*args, **kwargs))

        def forward(*args: Any) -> tuple[Any, Any]:
            answer = self(*args, **kwargs)
            return answer, (answer, args)

        def backward(kept: Any, g: Any) -> tuple[Any, ...]:
            answer, args = kept
            makers = [self.makers.get(k) if k in traced else None for k in range(len(args))]
            return tuple(make and make(answer, *args, **kwargs)(g) for make in makers)

        rule.defvjp(forward, backward)
        return rule(*args)

    def _check(self, traced: list[int]) -> None:
        for k in traced:
            if k not in self.makers:
                name = getattr(self.function, "__name__", "a primitive")
                raise refused(
                    name,
                    "a rule for each argument that is differentiated",
                    f"none for argument number {k}",
                    "a primitive whose defvjp was not called, or leaves out this argument",
                    f"call defvjp({name}, ...), with None for an argument without derivative",
                )


def defvjp(function: primitive, *makers: Function | None, argnums: Sequence[int] = ()) -> None:
    """Give a primitive its rules, one for each argument, or for those of `argnums`.

    A maker takes the answer and the arguments, and gives a function of the cotangent of the answer
    that returns the one of the argument; None stands for an argument without derivative.
    """
    function.makers.update(zip(argnums or range(len(makers)), makers, strict=True))
