import numpy as np
import pytest

from diffcheck import Case, Defect, less, real
from diffcheck.case import CaseError


def f(xp, x, y):
    return x * y


def g(xp, x, y):
    return y * x


def make(**options):
    fields = {"programs": f, "inputs": {"x": real(-1, 1), "y": real(-1, 1)}} | options
    return Case(fields.pop("definition", lambda x, y: x * y), **fields)


@pytest.mark.parametrize(
    ("programs", "names"),
    [(f, ["f"]), ([f, g], ["f", "g"]), ({"a": g}, ["a"]), (lambda xp, x, y: x, ["program"])],
)
def test_programs_take_the_names_of_their_functions(programs, names):
    assert list(make(programs=programs).programs) == names


def test_wrt_is_all_inputs_or_what_is_named():
    assert make().wrt == ("x", "y")
    assert make(wrt="y").wrt == ("y",)
    assert make(wrt=["y", "x"]).wrt == ("y", "x")


def test_n_counts_the_components_of_wrt():
    inputs = {"x": real(shape=(2, 3)), "y": real()}
    assert (make(inputs=inputs).n, make(inputs=inputs, wrt="x").n) == (7, 6)


def test_what_is_given_is_copied_and_frozen():
    inputs = {"x": real(), "y": real()}
    case = make(inputs=inputs, orders=[0, 1])
    inputs["z"] = real()
    assert list(case.inputs) == ["x", "y"]
    assert case.orders == (0, 1)
    with pytest.raises(TypeError):
        case.inputs["z"] = real()
    with pytest.raises(AttributeError):
        case.name = "other"


def test_a_case_is_equal_to_itself_only_and_can_be_a_key():
    case = make()
    assert case != make()
    assert {case: 1}[case] == 1


def test_a_backend_may_have_its_own_program():
    case = make(backend_programs={"jax": {"f": g}})
    assert case.program_for("f", "jax") is g
    assert case.program_for("f", "engine") is f


def test_one_verdict_of_a_defect_need_not_be_a_tuple():
    assert Defect(reason="flushed", verdicts="lost").verdicts == ("lost",)


def test_the_location_is_the_line_of_the_construction():
    case = Case(lambda x, y: x, programs=f, inputs={"x": real(), "y": real()})
    assert case.location[0] == "tests/case/test_records.py"
    assert (
        case.location[1]
        == test_the_location_is_the_line_of_the_construction.__code__.co_firstlineno + 1
    )


BAD = {
    "no inputs": ({"inputs": {}}, "at least one, got none"),
    "no domain": ({"inputs": {"x": (0, 1), "y": real()}}, r"expected real\(lower, upper\)"),
    "ends swapped": ({"inputs": {"x": real(1, -1), "y": real()}}, r"got real\(1.0, -1.0\)"),
    "NaN end": ({"inputs": {"x": real(float("nan"), 1), "y": real()}}, "got real"),
    "only infinity": ({"inputs": {"x": real(np.inf, np.inf), "y": real()}}, "got real"),
    "no Python name": ({"inputs": {"a b": real(), "y": real()}}, "expected a Python name"),
    "called xp": ({"inputs": {"xp": real(), "y": real()}}, "other than xp"),
    "unknown wrt": ({"wrt": ("z",)}, "got 'z'"),
    "repeated wrt": ({"wrt": ("x", "x")}, "each input once"),
    "no order": ({"orders": ()}, r"expected some of 0, 1, 2, 3, got \(\)"),
    "order 4": ({"orders": (0, 4)}, r"expected some of 0, 1, 2, 3, got \(0, 4\)"),
    "definition's parameters": ({"definition": lambda x: x}, "the definition: expected the param"),
    "program's parameters": ({"programs": lambda xp, x, z: x}, r"got \(xp, x, z\)"),
    "program without xp": ({"programs": lambda x, y: x}, r"parameters \(xp, x, y\)"),
    "result for a program": ({"programs": {"f": 3}}, "expected a function, got 3"),
    "no program": ({"programs": {}}, "expected at least one, got none"),
    "two of one name": ({"programs": [f, f]}, "different names, got f, f"),
    "defect's program": (
        {"known_defects": [Defect(reason="r", verdicts=("lost",), program="ff")]},
        "got 'ff'; did you mean f?",
    ),
    "defect's versions": (
        {"known_defects": [Defect(reason="r", verdicts=("lost",), versions="jax before 2")]},
        "got 'jax before 2'",
    ),
    "backend's program": ({"backend_programs": {"jax": {"h": f}}}, "got 'h'"),
    "backend's parameters": ({"backend_programs": {"jax": {"f": lambda xp: 0}}}, "jax program f"),
    "constraint's input": ({"constraints": [less("x", "z")]}, "constraint x < z"),
    "point outside": ({"points": [{"x": 2, "y": 0}]}, r"points\[0\]\['x'\].*finite values in"),
    "point not finite": ({"points": [{"x": np.nan, "y": 0}]}, "finite values"),
    "point's shape": ({"points": [{"x": [0, 1], "y": 0}]}, r"expected shape \(\), got \(2,\)"),
    "point lacks": ({"points": [{"x": 0}]}, "missing: y; unknown: none"),
    "point has more": ({"points": [{"x": 0, "y": 0, "z": 0}]}, "missing: none; unknown: z"),
    "point of text": ({"points": [{"x": "one", "y": 0}]}, "expected numbers, got 'one'"),
    "ragged point": ({"points": [{"x": [[1], [1, 2]], "y": 0}]}, "expected numbers"),
}


@pytest.mark.parametrize(("options", "message"), BAD.values(), ids=BAD)
def test_a_part_that_does_not_fit_is_told_with_file_and_line(options, message):
    with pytest.raises(CaseError, match=message) as caught:
        make(**options)
    error = caught.value
    assert error.where.startswith("tests/case/test_records.py:")
    assert all((error.expected_got, error.cause, error.next_step))


def test_the_message_has_four_parts():
    error = CaseError("a.py:3", "expected x, got y", "a slip", "diffcheck list a.py")
    assert str(error).splitlines() == [
        "a.py:3",
        "  expected x, got y",
        "  likely cause: a slip",
        "  next: diffcheck list a.py",
    ]
