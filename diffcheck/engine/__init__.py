"""Reverse and forward mode from scratch on NumPy; the module is an array namespace itself.

A program written against an array namespace `xp` runs with `diffcheck.engine` in its place.

>>> from diffcheck import engine as xp
>>> gradient = xp.grad(lambda x: xp.tanh(x) * xp.exp(-x))
>>> round(float(gradient(0.0)), 12)
1.0
"""

from diffcheck.engine import extend, optimizers, signal
from diffcheck.engine import numpy_calls as _numpy_calls  # noqa: F401 - gives tensors NumPy's calls
from diffcheck.engine.ball_trace import ball_array, literal_rounding
from diffcheck.engine.counting import count_operations
from diffcheck.engine.custom import checkpoint, custom_vjp
from diffcheck.engine.errors import ComplexOperandError, OperationError
from diffcheck.engine.flattening import flatten, flatten_func
from diffcheck.engine.jacobians import hessian, hvp, jacfwd, jacrev
from diffcheck.engine.memory import keep_freed_memory
from diffcheck.engine.more_transforms import (
    deriv,
    elementwise_grad,
    grad_and_aux,
    grad_named,
    hessian_tensor_product,
    hessian_vector_product,
    holomorphic_grad,
    jacobian,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_vjp,
    multigrad_dict,
    tensor_jacobian_product,
    vector_jacobian_product,
)
from diffcheck.engine.namespace import *  # noqa: F403 - the array namespace, listed there
from diffcheck.engine.namespace import __all__ as _names
from diffcheck.engine.replay import compile  # noqa: A004 - the issue's name for it
from diffcheck.engine.table import TABLE, Op
from diffcheck.engine.tape import Tape
from diffcheck.engine.tensor import Tensor
from diffcheck.engine.transforms import (
    grad,
    jvp,
    value,
    value_and_grad,
    vjp,
)

keep_freed_memory()

__all__ = [  # noqa: PLE0604 - the namespace's names are strings, kept in their own module
    "TABLE",
    "ComplexOperandError",
    "Op",
    "OperationError",
    "Tape",
    "Tensor",
    "ball_array",
    "checkpoint",
    "compile",
    "count_operations",
    "custom_vjp",
    "deriv",
    "elementwise_grad",
    "extend",
    "flatten",
    "flatten_func",
    "grad",
    "grad_and_aux",
    "grad_named",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "holomorphic_grad",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "literal_rounding",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_vjp",
    "multigrad_dict",
    "optimizers",
    "signal",
    "tensor_jacobian_product",
    "value",
    "value_and_grad",
    "vector_jacobian_product",
    "vjp",
    *_names,
]
