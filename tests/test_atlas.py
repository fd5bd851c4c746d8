import inspect
import math

import pytest
import sympy

from diffcheck.atlas import alone, arguments, counterpart
from diffcheck.case import real
from diffcheck.engine import TABLE


def test_a_case_is_derived_from_the_row():
    case = alone("log1p")
    assert list(case.inputs) == ["x"]
    assert (case.inputs["x"].lower, case.inputs["x"].upper) == (math.nextafter(-1, 0), math.inf)
    assert case.doc == "log1p(x) = log(1 + x)"
    assert case.slow
    x = sympy.Symbol("x")
    assert case.definition(x=x) == sympy.log(1 + x)


def test_arguments_without_a_derivative_are_data():
    assert alone("copysign").wrt == ("x",)
    assert alone("hypot").wrt == ("x", "y")


def test_points_lie_inside_and_tell_the_arguments_apart():
    first, second = alone("maximum").points
    assert first["x"] > first["y"]
    assert second["x"] < second["y"]


def test_a_program_takes_the_arguments_in_the_order_of_the_row():
    class Namespace:
        copysign = staticmethod(lambda x, y: (x, y))

    case = alone("copysign")
    assert case.programs["plain"](Namespace, y=2, x=1) == (1, 2)


def test_jax_is_called_by_the_name_of_its_column():
    class Namespace:
        arcsin = staticmethod(lambda x: x)

    case = alone("asin")
    assert case.backend_programs["jax"]["plain"](Namespace, x=0.5) == 0.5


def test_the_text_of_a_program_is_the_call_that_is_made():
    assert (
        inspect.getsource(alone("atan2").programs["plain"]) == "lambda xp, x, y: xp.atan2(x, y)\n"
    )


def test_inputs_are_narrowed_one_by_one():
    case = alone("pow", inputs={"x": real(0.5, 3)})
    assert (case.inputs["x"].lower, case.inputs["x"].upper) == (0.5, 3)
    assert case.inputs["y"] == alone("pow").inputs["y"]


def test_counterparts_take_parameters():
    x = sympy.Symbol("x")
    found = counterpart(TABLE["polygamma"], order=2)(x=x)
    assert found == sympy.polygamma(2, x)


def test_an_op_without_a_counterpart_is_told():
    with pytest.raises(ValueError, match="owens_t has no SymPy counterpart"):
        counterpart(TABLE["owens_t"])


def test_arguments_are_those_of_the_sympy_column():
    assert arguments(TABLE["hyp2f1"]) == ("x", "y", "z", "t")
    assert arguments(TABLE["expit"]) == ("x",)
