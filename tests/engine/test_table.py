"""The op table, walked: each op has what the engine needs of it, or is excused here by name.

To add an op: (1) its row, `op(...)`, in a file of `diffcheck/engine/ops/`, and its name in
`diffcheck/engine/namespace.py`; (2) its case `op_NAME` in `cases/atlas/` (an elementwise op with a
SymPy column has one already); (3) where something cannot be had, a reason here.
"""

import inspect
from functools import cache
from pathlib import Path

import pytest

from diffcheck import engine as xp
from diffcheck.atlas import arguments, case_name
from diffcheck.case import find_cases
from diffcheck.engine.intervals import domains
from diffcheck.engine.table import TABLE

ROOT = Path(__file__).parents[2]
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
NO_DERIVATIVE_IN = {
    ("where", 0): "a truth value", ("copysign", 1): "only its sign counts",
    ("undetermined", 0): "a truth value", ("undetermined", 2): "only its size counts",
    ("shifted_pow", 1): "its exponent is a number",
}  # fmt: skip
NONE = "JAX 0.10.2 has none"
NO_JAX_COUNTERPART = {
    **dict.fromkeys(("y0", "y1", "k0", "k1", "k0e", "k1e", "jv", "yv", "iv", "kv", "ive"), NONE),
    **dict.fromkeys(("struve", "airy_ai", "airy_aip", "airy_bi", "airy_bip"), NONE),
    **dict.fromkeys(("polylog", "erfcinv", "lambertw", "ellipk", "ellipe", "ellipkm1"), NONE),
    "scatter_add": "JAX spells it x.at[index].add", "getitem": "JAX spells it x[index]",
}  # fmt: skip
POSITIONS = "SymPy has no function that gives positions"
UNORDERED = "SymPy gives no vectors in a fixed order and sign; the atlas case has a closed form"
NO_SYMPY_COUNTERPART = {
    **dict.fromkeys(("argmax", "argmin", "argsort"), POSITIONS),
    **dict.fromkeys(("eigh", "eig", "svd"), UNORDERED),
    **dict.fromkeys(("isnan", "isinf", "isfinite"), "every real number is finite"),
    "nextafter": "a function of floats, not of real numbers",
    "owens_t": "SymPy has none",
    "scatter_add": "SymPy's arrays cannot be written to",
}
NO_ATLAS_CASE = {
    "stop_gradient": "by its meaning its derivative is not that of any function",
    "nextafter": "a function of floats, not of real numbers",
}
DIFFERENTIABLE = [name for name in TABLE if name not in NO_DERIVATIVE]


@cache
def atlas():
    cases, errors = find_cases([str(ROOT / "cases/atlas")])
    assert errors == []
    return {case.name for case in cases}


def where_to_add(name, what, excuses):
    return (
        f"{name} has no {what}: add it to the op's row in diffcheck/engine/ops/, or its reason to "
        f"{excuses} in tests/engine/test_table.py"
    )


@pytest.mark.parametrize("name", TABLE)
def test_has_a_derivative_or_a_reason_for_none(name):
    has = TABLE[name].vjp is not None
    assert has != (name in NO_DERIVATIVE), where_to_add(name, "VJP", "NO_DERIVATIVE")


def test_has_a_derivative_in_each_argument_or_a_reason_for_none():
    missing = {
        (name, k)
        for name in DIFFERENTIABLE
        if isinstance(TABLE[name].vjp, tuple)
        for k, rule in enumerate(TABLE[name].vjp)
        if rule is None
    }
    assert missing == set(NO_DERIVATIVE_IN)


@pytest.mark.parametrize("name", TABLE)
def test_has_a_ball_form(name):
    assert TABLE[name].ball is not None, where_to_add(name, "ball form", "no list: all have one")


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_has_a_forward_rule(name):
    op = TABLE[name]
    has = op.kind != "general" or op.jvp is not None
    assert has, where_to_add(name, "JVP", "no list: all have one")


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_has_a_rule_for_each_argument(name):
    op = TABLE[name]
    if isinstance(op.vjp, tuple):
        for rule in filter(None, op.vjp):
            arguments = inspect.signature(rule).parameters.values()
            positional = [a for a in arguments if a.default is a.empty]
            assert len(positional) >= 2 + len(op.vjp) or any(
                a.kind is a.VAR_POSITIONAL for a in arguments
            )


@pytest.mark.parametrize("name", [name for name, op in TABLE.items() if not op.slope])
def test_has_a_jax_counterpart_or_a_reason_for_none(name):
    has = TABLE[name].jax is not None
    message = where_to_add(name, "JAX counterpart", "NO_JAX_COUNTERPART")
    assert has != (name in NO_JAX_COUNTERPART), message


def test_what_jax_is_said_to_lack_it_lacks():
    import jax

    modules = (jax.numpy, jax.scipy.special, jax.nn, jax.lax)
    names = [name for name, reason in NO_JAX_COUNTERPART.items() if reason == NONE]
    since = {"erfcinv"} if jax.__version_info__ >= (0, 12) else set()
    assert {name for name in names for module in modules if hasattr(module, name)} == since


@pytest.mark.parametrize("name", [name for name, op in TABLE.items() if not op.slope])
def test_has_a_sympy_counterpart_or_a_reason_for_none(name):
    has = TABLE[name].sympy is not None
    message = where_to_add(name, "SymPy counterpart", "NO_SYMPY_COUNTERPART")
    assert has != (name in NO_SYMPY_COUNTERPART), message


@pytest.mark.parametrize("name", [name for name, op in TABLE.items() if op.sympy])
def test_the_sympy_counterpart_has_the_arguments_of_the_rules(name):
    op = TABLE[name]
    if isinstance(op.vjp, tuple):
        assert arguments(op) == ("x", "y", "z", "t")[: len(op.vjp)]


@pytest.mark.parametrize("name", TABLE)
def test_has_an_atlas_case_or_a_reason_for_none(name):
    op = TABLE[name]
    has = bool(atlas() & {case_name(op), f"op_{op.slope}"})
    assert has != (name in NO_ATLAS_CASE), (
        f"{name} has no atlas case: write one named {case_name(op)} in a file of cases/atlas/ "
        "(an elementwise op with a SymPy column has one already; a slope is shown by the op it "
        "serves), or its reason in NO_ATLAS_CASE in tests/engine/test_table.py"
    )


@pytest.mark.parametrize("name", [name for name, op in TABLE.items() if op.slope])
def test_a_slope_serves_an_op_of_programs(name):
    served = TABLE[TABLE[name].slope]
    assert not served.slope
    assert not hasattr(xp, name), f"{name} is a slope, but programs can call it"


@pytest.mark.parametrize("name", TABLE)
def test_bounds_its_rounding_and_says_its_domain(name):
    op = TABLE[name]
    assert op.rounding >= 0
    if op.kind == "elementwise":
        known = len(arguments(op)) if op.sympy else len(op.vjp or "x")
        assert all(within.lower < within.upper for within in domains(op.domain, known))
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
