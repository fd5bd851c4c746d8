"""The op table, walked: each op has what the engine needs of it, or is excused here by name."""

import inspect

import pytest

from diffcheck import engine as xp
from diffcheck.engine.table import TABLE

NO_DERIVATIVE = {
    "less": "a comparison", "less_equal": "a comparison", "greater": "a comparison",
    "greater_equal": "a comparison", "equal": "a comparison", "not_equal": "a comparison",
    "logical_and": "a predicate", "logical_or": "a predicate", "logical_not": "a predicate",
    "isnan": "a predicate", "isfinite": "a predicate", "isinf": "a predicate",
    "sign": "0 but for its jump", "floor": "0 but for its jumps", "ceil": "0 but for its jumps",
    "trunc": "0 but for its jumps", "stop_gradient": "that is what it is for",
    "argmax": "gives positions", "argmin": "gives positions", "argsort": "gives positions",
    "sign_of_det": "0 but for its jump", "floor_divide": "0 but for its jumps",
    "round": "0 but for its jumps", "signbit": "a predicate", "nextafter": "the next float",
}  # fmt: skip
NONE = "JAX 0.10.2 has none"
NO_JAX_COUNTERPART = {
    **dict.fromkeys(("y0", "y1", "k0", "k1", "k0e", "k1e", "jv", "yv", "iv", "kv", "ive"), NONE),
    **dict.fromkeys(("struve", "airy_ai", "airy_aip", "airy_bi", "airy_bip", "si", "ci"), NONE),
    **dict.fromkeys(("polylog", "erfcinv", "owens_t", "lambertw"), NONE),
    **dict.fromkeys(("ellipk", "ellipe", "ellipkm1"), NONE),
    "scatter_add": "JAX spells it x.at[index].add", "getitem": "JAX spells it x[index]",
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_has_a_derivative_or_a_reason_for_none(name):
    assert (TABLE[name].vjp is None) == (name in NO_DERIVATIVE)


@pytest.mark.parametrize("name", TABLE)
def test_has_a_ball_form(name):
    assert TABLE[name].ball is not None


@pytest.mark.parametrize("name", [n for n in TABLE if n not in NO_DERIVATIVE])
def test_has_a_forward_rule(name):
    op = TABLE[name]
    assert op.kind != "general" or op.jvp is not None


@pytest.mark.parametrize("name", [n for n in TABLE if n not in NO_DERIVATIVE])
def test_has_a_rule_for_each_argument(name):
    op = TABLE[name]
    if isinstance(op.vjp, tuple):
        for rule in filter(None, op.vjp):
            arguments = inspect.signature(rule).parameters.values()
            positional = [a for a in arguments if a.default is a.empty]
            assert len(positional) >= 2 + len(op.vjp) or any(
                a.kind is a.VAR_POSITIONAL for a in arguments
            )


@pytest.mark.parametrize("name", TABLE)
def test_has_a_jax_counterpart_or_a_reason_for_none(name):
    op = TABLE[name]
    assert op.jax is not None or op.slope or name in NO_JAX_COUNTERPART


@pytest.mark.parametrize("name", TABLE)
def test_bounds_its_rounding_and_says_its_domain(name):
    op = TABLE[name]
    assert op.rounding >= 0
    assert op.domain


BRIEF = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "negative",
    "abs",
    "sign",
    "floor",
    "exp",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "sqrt",
    "square",
    "pow",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "atan2",
    "hypot",
    "logaddexp",
    "maximum",
    "minimum",
    "clip",
    "where",
    "reshape",
    "permute_dims",
    "matrix_transpose",
    "expand_dims",
    "squeeze",
    "broadcast_to",
    "concat",
    "stack",
    "take",
    "sum",
    "prod",
    "mean",
    "max",
    "min",
    "var",
    "cumulative_sum",
    "matmul",
    "tensordot",
    "vecdot",
    "outer",
    "einsum",
    "tril",
    "triu",
    "diagonal",
    "asarray",
    "arange",
    "zeros",
    "ones",
    "eye",
    "flip",
    "roll",
    "erf",
    "erfc",
    "gamma",
    "gammaln",
    "digamma",
    "polygamma",
    "j0",
    "j1",
    "jv",
    "i0",
    "i1",
    "i0e",
    "i1e",
    "gammainc",
    "gammaincc",
    "beta",
    "betaln",
    "expit",
    "log_expit",
    "logit",
    "xlogy",
    "xlog1py",
    "entr",
    "logsumexp",
    "softmax",
    "log_softmax",
    "sinc",
    "relu",
    "gelu",
    "softplus",
    "silu",
    "sigmoid",
    "transpose",
    "concatenate",
    "power",
    "arcsin",
    "arccos",
    "arctan",
    "arctan2",
    "arcsinh",
    "arccosh",
    "arctanh",
    "linalg",
]
LINALG = [
    "det",
    "slogdet",
    "inv",
    "solve",
    "eigvalsh",
    "eigh",
    "cholesky",
    "trace",
    "diagonal",
    "norm",
    "vector_norm",
    "matrix_power",
    "expm",
]


@pytest.mark.parametrize("name", BRIEF)
def test_namespace_has(name):
    assert hasattr(xp, name)


@pytest.mark.parametrize("name", LINALG)
def test_linalg_has(name):
    assert hasattr(xp.linalg, name)
