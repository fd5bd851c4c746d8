"""A thin sample of the study: the same limits and the same declared misses, strict both ways."""

from dataclasses import replace

import numpy as np
import pytest

from diffcheck.floats import FORMATS
from diffcheck.studies.accuracy.goals import DECLARED, key, limit, misses
from diffcheck.studies.accuracy.measuring import engine_derivative, worst
from diffcheck.studies.accuracy.page import zeros_table
from diffcheck.studies.accuracy.subjects import subjects
from diffcheck.studies.accuracy.truths import truths
from diffcheck.studies.accuracy.walk import walk

SUBJECTS = {subject.name: subject for subject in subjects()}
COUNT = 20
SLOW = {  # each takes seconds even so: what is exact is hard to certify
    "owens_t", "gammainc", "gammaincc", "kv", "k0e", "k1e", "beta", "betaln", "spence",
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in SUBJECTS if name not in SLOW])
def test_derivatives_keep_to_the_limits_or_are_declared(name):
    rows = list(walk(SUBJECTS[name], COUNT, {}, pairs_of_specials=False))
    assert all(row.engine.counted or row.engine.left_out for row in rows)
    assert any(row.engine.counted for row in rows if row.order == 1)
    beyond = {key(row): (row.engine.ulps, row.engine.point) for row in rows if misses(row)}
    assert beyond.keys() <= DECLARED.keys(), beyond


GREATEST = {name: float(FORMATS[name].max) for name in ("float32", "float64")}
# Where the engine once missed the limits: op, format, derivative, point
ONCE_MISSED = [
    ("beta", "float32", (0, 0), (2.0**-23, 2.0**-149)),
    ("beta", "float64", (0, 1), (2.5862281576369043e-141, 8.323728108020227e-114)),
    ("betaln", "float32", (0, 1), (GREATEST["float32"],) * 2),
    ("betaln", "float64", (0, 1), (GREATEST["float64"],) * 2),
    ("ellipk", "float64", (0,), (-3.6165719341061e210,)),
    ("ellipkm1", "float64", (0,), (8.824730259695e206,)),
    ("owens_t", "float32", (0, 0), (-1.0, -(2.0**-23))),
    ("owens_t", "float64", (0, 0), (-1.0, -(2.0**-52))),
    ("struve", "float32", (1, 1), (0.5, 2.0**-20)),
    ("struve", "float64", (1, 1), (0.5, 2.0**-20)),
]


@pytest.mark.parametrize(("op", "name", "component", "point"), ONCE_MISSED, ids=str)
def test_what_missed_once_keeps_to_the_limits(op, name, component, point):
    subject, fmt = SUBJECTS[op], FORMATS[name]
    args = tuple(np.array([x], dtype=fmt.dtype) for x in point)
    exact = truths(subject, fmt, args, len(component))[component]
    found = worst(engine_derivative(subject, component, args), exact, args, fmt, flushes=False)
    assert found.counted == 1
    assert found.ulps <= (16 if len(component) > 1 else 4)


@pytest.mark.parametrize("declared", DECLARED, ids=str)
def test_a_declared_miss_is_one_still(declared):
    op, name, order = declared
    miss, subject, fmt = DECLARED[declared], SUBJECTS[op], FORMATS[name]
    args = tuple(np.array([x], dtype=fmt.dtype) for x in miss.point)
    exact = truths(subject, fmt, args, order)[miss.component]
    computed = engine_derivative(subject, miss.component, args)
    assert miss.reason
    found = worst(computed, exact, args, fmt, flushes=False)
    assert found.counted == 1
    assert found.ulps > (16 if order > 1 else 2 if subject.elementary else 4)


def test_more_is_asked_of_what_numpy_has_itself():
    limits = {
        (name, row.order): limit(row)
        for name in ("tanh", "expit")
        for row in walk(SUBJECTS[name], 2, {})
    }
    assert limits == {("tanh", 1): 2, ("expit", 1): 4, ("tanh", 2): 16, ("expit", 2): 16}


def test_nan_in_place_of_zero_is_told():
    rows = list(walk(SUBJECTS["sin"], 2, {}))
    assert zeros_table(rows) == [
        "Where the derivative is exactly 0, the engine has a number at every point."
    ]
    bad = replace(rows[0], engine=replace(rows[0].engine, not_zero=3))
    assert zeros_table([bad, *rows[1:]])[-1] == "| sin | float32 | ∂x | 3 |"
