"""What must be shown: planted faults are called wrong by name, and right programs never are.

Every rule of the engine gets a wrong sign and some a factor of 1 + 2^-40; JAX gets rules written by
hand that are off by 1e-6 and 1e-9; and every program of the hard cases is left as it is.
"""

import re
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from diffcheck.case import find_cases
from diffcheck.engine import TABLE
from diffcheck.engine.table import changed
from diffcheck.engine.trees import tree_map
from diffcheck.judge import Verdict
from diffcheck.run import Options
from diffcheck.run.context import CaseContext
from diffcheck.run.measure import measure
from diffcheck.run.options import Task

ROOT = Path(__file__).parents[2]
PLANTED = "tests/run/planted/rules.py"

# op -> a case and a program that show a fault in any of its rules. The library's own, where one
# uses the op; a tiny one otherwise.
SHOWN_BY = {
    "reshape": ("cases/hard/expm1.py::exponential_minus_one", "library"),
    "broadcast_to": (f"{PLANTED}::broadcast_to", "plain"),
    "permute_dims": ("cases/linear_algebra/log_determinant.py::log_determinant", "slogdet"),
    "matrix_transpose": ("cases/linear_algebra/eigenvalue.py::largest_eigenvalue", "library"),
    "astype": (f"{PLANTED}::astype", "plain"),
    "flip": (f"{PLANTED}::flip", "plain"),
    "roll": (f"{PLANTED}::roll", "plain"),
    "tril": (f"{PLANTED}::tril", "plain"),
    "triu": (f"{PLANTED}::triu", "plain"),
    "add": ("cases/hard/difference_of_squares.py::difference_of_squares", "factored"),
    "subtract": ("cases/hard/difference_of_squares.py::difference_of_squares", "factored"),
    "multiply": ("cases/hard/difference_of_squares.py::difference_of_squares", "factored"),
    "divide": ("cases/calculus/trigonometric.py::tangent", "ratio"),
    "negative": ("cases/kinks/absolute_value.py::absolute_value", "maximum"),
    "reciprocal": (f"{PLANTED}::reciprocal", "plain"),
    "square": ("cases/calculus/from_expression.py::wave_packet", "expression"),
    "sqrt": ("cases/kinks/square_root.py::square_root", "library"),
    "cbrt": (f"{PLANTED}::cbrt", "plain"),
    "abs": ("cases/kinks/absolute_value.py::absolute_value", "library"),
    "maximum": ("cases/kinks/absolute_value.py::absolute_value", "maximum"),
    "minimum": (f"{PLANTED}::minimum", "plain"),
    "where": ("cases/hard/softplus.py::softplus", "stable"),
    "exp": ("cases/hard/expm1.py::exponential_minus_one", "naive"),
    "expm1": ("cases/hard/expm1.py::exponential_minus_one", "library"),
    "exp2": (f"{PLANTED}::exp2", "plain"),
    "log": ("cases/hard/softplus.py::softplus", "naive"),
    "log1p": ("cases/hard/log1p.py::log_one_plus", "library"),
    "log2": (f"{PLANTED}::log2", "plain"),
    "log10": (f"{PLANTED}::log10", "plain"),
    "sin": ("cases/calculus/trigonometric.py::tangent", "ratio"),
    "cos": ("cases/calculus/trigonometric.py::tangent", "ratio"),
    "tan": ("cases/calculus/trigonometric.py::tangent", "library"),
    "one_minus_square": (f"{PLANTED}::asin", "plain"),
    "asin": ("cases/calculus/inverse_trigonometric.py::arc_sine_and_cosine", "library"),
    "acos": ("cases/calculus/inverse_trigonometric.py::arc_sine_and_cosine", "library"),
    "atan_slope": (f"{PLANTED}::atan", "plain"),
    "atan": ("cases/calculus/inverse_trigonometric.py::arc_tangent", "library"),
    "sinh": ("cases/calculus/hyperbolic.py::hyperbolic", "plain"),
    "cosh": ("cases/calculus/hyperbolic.py::hyperbolic", "plain"),
    "sech2": (f"{PLANTED}::tanh", "plain"),
    "tanh": ("cases/hard/tanh_tail.py::tanh_tail", "library"),
    "asinh": ("cases/calculus/hyperbolic.py::area_sine", "library"),
    "acosh": ("cases/calculus/hyperbolic.py::area_cosine", "library"),
    "atanh": ("cases/calculus/hyperbolic.py::area_tangent", "library"),
    "hypot": ("cases/linear_algebra/eigenvalue.py::largest_eigenvalue", "closed_form"),
    "atan2": ("cases/calculus/inverse_trigonometric.py::angle_of_point", "library"),
    "pow": ("cases/calculus/powers.py::self_power", "operator"),
    "shifted_pow": (f"{PLANTED}::power", "plain"),
    "getitem": ("cases/linear_algebra/trace_power.py::trace_of_cube", "library"),
    "scatter_add": (f"{PLANTED}::slope_of_slice", "plain"),
    "concat": ("cases/tensors/reductions.py::product_with_zeros", "plain"),
    "stack": ("cases/calculus/inverse_trigonometric.py::arc_sine_and_cosine", "library"),
    "sum": ("cases/linear_algebra/quadratic_form.py::rayleigh_quotient", "plain"),
    "max": (f"{PLANTED}::greatest", "plain"),
    "min": (f"{PLANTED}::least", "plain"),
    "cumulative_sum": ("cases/tensors/cumulative.py::path_energy", "plain"),
    "einsum": ("cases/tensors/contraction.py::einsum_trilinear", "plain"),
    "matmul": ("cases/linear_algebra/quadratic_form.py::rayleigh_quotient", "plain"),
    "det": ("cases/linear_algebra/determinant.py::determinant", "library"),
    "logabsdet": ("cases/linear_algebra/log_determinant.py::log_determinant", "slogdet"),
    "inv": ("cases/linear_algebra/inverse.py::inverse", "library"),
    "solve": ("cases/linear_algebra/inverse.py::solve", "library"),
    "cholesky": ("cases/linear_algebra/log_determinant.py::log_determinant", "cholesky"),
    "eigh": ("cases/linear_algebra/eigenvalue.py::largest_eigenvalue", "library"),
    "expm": ("cases/linear_algebra/matrix_exponential.py::matrix_exponential", "library"),
    "norm2": (f"{PLANTED}::norm2", "plain"),
    "expit": ("cases/hard/sigmoid_tail.py::sigmoid_tail", "library"),
    "log_expit": (f"{PLANTED}::log_expit", "plain"),
    "softplus": (f"{PLANTED}::softplus", "plain"),
    "expit_difference": (f"{PLANTED}::logaddexp", "plain"),
    "logaddexp": ("cases/statistics/gaussian.py::gaussian_mixture", "stable"),
    "times_complement": (f"{PLANTED}::logit", "plain"),
    "logit": ("cases/special/logit.py::logit", "library"),
    "xlogy": (f"{PLANTED}::xlogy", "plain"),
    "xlog1py": (f"{PLANTED}::xlog1py", "plain"),
    "entr": (f"{PLANTED}::entr", "plain"),
    "gauss": (f"{PLANTED}::erf", "plain"),
    "erf": ("cases/language/gelu.py::gelu", "one_plus_erf"),
    "erfc": ("cases/special/error_functions.py::complementary_error_function", "library"),
    "ndtr": (f"{PLANTED}::ndtr", "plain"),
    "gamma": ("cases/special/gamma_functions.py::gamma_function", "library"),
    "gammaln": ("cases/special/gamma_functions.py::log_gamma", "library"),
    "digamma": ("cases/special/gamma_functions.py::digamma", "library"),
    "polygamma": (f"{PLANTED}::polygamma", "plain"),
    "gammainc": ("cases/special/incomplete_gamma.py::incomplete_gamma_lower", "library"),
    "gammaincc": ("cases/special/incomplete_gamma.py::incomplete_gamma_upper", "library"),
    "beta": (f"{PLANTED}::beta", "plain"),
    "betaln": ("cases/special/gamma_functions.py::log_beta", "library"),
    "jv": (f"{PLANTED}::jv", "plain"),
    "iv": (f"{PLANTED}::iv", "plain"),
    "j0": ("cases/special/bessel.py::bessel_j0", "library"),
    "j1": ("cases/special/bessel.py::bessel_j1", "library"),
    "i0": ("cases/special/bessel.py::modified_bessel_i0", "library"),
    "i1": (f"{PLANTED}::i1", "plain"),
    "ive": (f"{PLANTED}::ive", "plain"),
    "i0e": (f"{PLANTED}::i0e", "plain"),
    "i1e": (f"{PLANTED}::i1e", "plain"),
    "sinc": (f"{PLANTED}::sinc", "plain"),
    "relu": ("cases/network/sgd_step.py::learning_rate", "plain"),
    "silu": (f"{PLANTED}::silu", "plain"),
    "gelu": (f"{PLANTED}::gelu", "plain"),
    "gelu_tanh": ("cases/language/gelu.py::gelu_tanh", "library"),
    "softmax_complement": (f"{PLANTED}::slope_of_log_softmax", "plain"),
    "softmax": ("cases/language/attention.py::causal_attention", "plain"),
    "log_softmax": ("cases/language/softmax.py::log_softmax", "library"),
    "logsumexp": ("cases/hard/logsumexp.py::log_sum_exp", "library"),
}

UNAVAILABLE = "it only raises: the engine has no such derivative, and the run says unsupported"
STEP = "piecewise constant: its derivative is 0, and it has no rule that could be wrong"
CHOICE = "its result is a truth value or a position: nothing to differentiate"
WITHOUT_RULES = {
    **dict.fromkeys(("sign", "floor", "ceil", "trunc", "sign_of_det"), STEP),
    **dict.fromkeys(("less", "less_equal", "greater", "greater_equal"), CHOICE),
    **dict.fromkeys(
        (
            "equal",
            "not_equal",
            "isnan",
            "isfinite",
            "isinf",
            "logical_and",
            "logical_or",
            "logical_not",
        ),
        CHOICE,
    ),
    **dict.fromkeys(("argmax", "argmin", "argsort"), CHOICE),
    "stop_gradient": "a constant by its meaning",
}
# (op, field, argument) -> why no fault can be planted there
NOT_PLANTED = {
    ("gammainc", "vjp", 0): UNAVAILABLE,
    ("gammaincc", "vjp", 0): UNAVAILABLE,
    ("jv", "vjp", 0): UNAVAILABLE,
    ("iv", "vjp", 0): UNAVAILABLE,
    ("ive", "vjp", 0): UNAVAILABLE,
}


def rules_of(op):
    """Yield (field, argument) for each rule of an op; the one rule of a variadic op is 0."""
    for field in ("vjp", "jvp"):
        rules = getattr(op, field)
        if callable(rules):
            yield field, 0
        elif rules is not None:
            yield from ((field, i) for i, rule in enumerate(rules) if rule is not None)


SITES = [(name, *rule) for name, op in TABLE.items() for rule in rules_of(op)]
PLANTABLE = [site for site in SITES if site not in NOT_PLANTED]


@contextmanager
def planted(name, field, argument, fault):
    """Put a fault behind one rule of the engine while the block runs."""
    right = getattr(TABLE[name], field)

    def broken(rule):
        return lambda *args, **params: tree_map(fault, rule(*args, **params))

    if callable(right):
        wrong = broken(right)
    else:
        wrong = tuple(broken(rule) if i == argument else rule for i, rule in enumerate(right))
    with changed(name, **{field: wrong}):
        yield


def load(where):
    (case,), errors = find_cases([str(ROOT / where)])
    assert errors == []
    return case


@cache
def context_of(where):
    """Return a case with its truth at two points; the truth does not depend on the engine."""
    orders = (1, 2) if where.startswith(PLANTED) else (1,)
    context = CaseContext(load(where), Options(samples=2, orders=orders))
    for dtype, points in context.points.items():
        context.points[dtype] = [point for point in points if point.kind == "sample"][:2]
    return context


def measured(context, program, backend="engine", mode="eager", dtype="float64"):
    context._evaluations.clear()  # they came from other rules
    return list(measure(context, Task(program, backend, mode, "cpu:0", dtype)))


def measured_by(name, dtype):
    where, program = SHOWN_BY[name]
    return measured(context_of(where), program, dtype=dtype)


def accused(measurements):
    return [m for m in measurements if m.verdict is Verdict.WRONG and m.fails]


def test_every_rule_has_a_case_that_shows_its_faults():
    assert set(SHOWN_BY) == {name for name, *_ in SITES}
    assert set(TABLE) == set(SHOWN_BY) | set(WITHOUT_RULES)
    assert set(NOT_PLANTED) < set(SITES)


both_dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])


@both_dtypes
@pytest.mark.parametrize("name", sorted(SHOWN_BY))
def test_the_rules_as_they_are_stand_unaccused(name, dtype):
    found = measured_by(name, dtype)
    assert accused(found) == []
    assert [m for m in found if m.fails and not m.known_defect] == []


@both_dtypes
@pytest.mark.parametrize("site", PLANTABLE, ids=lambda site: "-".join(map(str, site)))
def test_a_wrong_sign_in_any_rule_is_called_wrong(site, dtype):
    with planted(*site, fault=lambda x: -x):
        found = accused(measured_by(site[0], dtype))
    assert found
    assert {m.case for m in found} == {SHOWN_BY[site[0]][0].partition("::")[2]}
    assert {m.order for m in found} <= {1, 2}
    assert all("in exact arithmetic" in m.detail for m in found)


@both_dtypes
@pytest.mark.parametrize(
    "name",
    ["multiply", "divide", "exp", "log", "tanh", "sin", "matmul", "sum", "gammaln", "expm"],
)
def test_a_factor_that_no_rounding_shows_is_called_wrong(name, dtype):
    with planted(name, "vjp", 0, fault=lambda x: x + x * 2**-40):
        assert accused(measured_by(name, dtype))


@pytest.mark.parametrize("site", sorted(NOT_PLANTED), ids=str)
def test_what_is_not_planted_only_raises(site):
    name, field, argument = site
    with pytest.raises(NotImplementedError, match=name):
        getattr(TABLE[name], field)[argument]()


# Programs of the hard cases that are wrong and say so -> why exact arithmetic accuses them
DECLARED_WRONG = {
    ("unnormalised_sinc", "naive"): "its branch at 0 is a constant; the second derivative is -1/3",
}


def test_no_correct_program_of_the_hard_cases_is_called_wrong():
    cases, errors = find_cases([str(ROOT / "cases/hard")])
    assert errors == []
    found = set()
    for case in cases:
        context = CaseContext(case, Options(samples=2))
        for program in case.programs:
            for dtype in ("float32", "float64"):
                failing = [m for m in measured(context, program, dtype=dtype) if m.fails]
                assert [m for m in failing if not m.known_defect] == []
                found |= {(m.case, m.program) for m in accused(failing)}
    assert found == set(DECLARED_WRONG)


def run_command(folder, *arguments):
    """Run `diffcheck run` as a user does, in a folder of its own."""
    command = [Path(sys.executable).with_name("diffcheck"), "run", *arguments, "-j", "1"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


def test_rules_written_by_hand_in_jax_are_called_wrong_by_name(tmp_path):
    path = ROOT / "tests/run/planted/hand_written.py"
    done = run_command(tmp_path, f"{path}::hand_written", "--points", "2", "--mode", "jit")
    assert (done.returncode, done.stderr) == (1, "")
    named = re.compile(rf"(\w+) .*{path}::hand_written (\w+) jax jit cpu:0 (\w+) gradient df/dx ")
    failing = {found.groups() for line in done.stdout.splitlines() if (found := named.match(line))}
    assert failing == {
        ("wrong", "off_1e_6", "float32"),
        ("wrong", "off_1e_6", "float64"),
        ("wrong", "off_1e_9", "float32"),
        ("wrong", "off_1e_9", "float64"),
        ("wrong", "wrong_sign", "float32"),
        ("wrong", "wrong_sign", "float64"),
        ("wrong", "half", "float32"),
        ("wrong", "half", "float64"),
    }


def test_a_wrong_sign_in_the_engine_ends_the_command_with_1(tmp_path):
    path = ROOT / "tests/run/planted/sign_on_import.py"
    done = run_command(tmp_path, f"{path}::root", "--points", "2", "--backend", "engine")
    assert (done.returncode, done.stderr) == (1, "")
    assert f"{path}::root library engine eager cpu:0 float64 gradient df/dx" in done.stdout
    failing = [line for line in done.stdout.splitlines() if str(path) in line]
    assert failing
    assert all(line.startswith("wrong ") for line in failing)
