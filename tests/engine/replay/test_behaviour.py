"""What compiled functions do with other arguments, with values that steer, and with infinities."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pytest
from alike import same
from flint import arb

from diffcheck import engine as xp
from diffcheck.engine import OperationError, replay
from diffcheck.engine.trees import leaves, tree_map


class Counted:
    """A function that counts how often it is run."""

    def __init__(self, f):
        self.f, self.calls = f, 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.f(*args, **kwargs)


def counted(f):
    eager = Counted(f)
    return eager, xp.compile(eager)


X = np.array([0.3, 0.7, 1.1])


def test_a_function_runs_once_for_each_kind_of_arguments():
    eager, replayed = counted(lambda x: xp.sum(x * x))
    kinds = [
        X,
        X[:2],
        X.astype(np.float32),
        2.0,
        np.float64(2.0),
        np.ones((2, 3)),
        np.ones((3, 2)).T,
    ]
    for _ in range(2):
        for x in kinds:
            assert same(replayed(x), xp.sum(x * x))
    assert eager.calls == len(kinds)


def test_a_program_that_runs_once_is_not_written(monkeypatch):
    written = Counted(replay.emitted)
    monkeypatch.setattr(replay, "emitted", written)
    slope = xp.compile(xp.grad(lambda p: xp.sum(p["x"] * p["x"])))
    p = {"x": X}
    slope(p)
    assert written.calls == 0
    p["x"] = 2 * X  # what the second call is given counts, not what the first one was
    for _ in range(2):
        assert same(slope(p), {"x": 4 * X})
    assert written.calls == 1
    p["more"] = 1.0
    assert set(slope(p)) == {"x", "more"}


def test_threads_that_write_one_program_do_not_meet():
    f = xp.grad(lambda x: xp.sum(xp.tanh(x) * xp.exp(-x) + x / (1 + x * x)))
    expected = f(X)
    for _ in range(20):
        replayed = xp.compile(f)
        replayed(X)
        start = threading.Barrier(4)

        def work(_k, replayed=replayed, start=start):
            start.wait()
            return replayed(X)

        with ThreadPoolExecutor(4) as pool:
            assert all(same(found, expected) for found in pool.map(work, range(4)))


def test_containers_of_another_form_are_traced_anew():
    eager, replayed = counted(lambda p: p["a"] * 2.0 + sum(p["b"]))
    for _ in range(2):
        assert float(replayed({"a": 1.0, "b": [2.0]})) == 4.0
        assert float(replayed({"a": 1.0, "b": [2.0, 3.0]})) == 7.0
        assert float(replayed({"b": (2.0, 3.0), "a": 1.0})) == 7.0
    assert eager.calls == 3


class Pair(NamedTuple):
    w: object
    b: object


def test_results_keep_their_containers():
    def f(p, n):
        return {"y": [p.w * n, None], "same": p, "n": n, 3: "text"}

    replayed = xp.compile(f)
    for scale in (1.0, 2.0):
        p = Pair(X * scale, 0.5 * scale)
        result = replayed(p, 2)
        assert type(result["same"]) is Pair
        assert same({**result, 3: None}, {**f(p, 2), 3: None})


def test_other_arguments_are_part_of_the_program_by_value():
    eager, replayed = counted(lambda x, n, mode="up": x**n if mode == "up" else -x)
    for _ in range(2):
        assert same(replayed(X, 2), X**2)
        assert same(replayed(X, 3), X**3)
        assert same(replayed(X, 3, mode="down"), -X)
        assert same(replayed(X, n=3), X**3)
    assert eager.calls == 4


def test_arguments_without_a_hash_are_refused():
    with pytest.raises(OperationError, match="hashable"):
        xp.compile(lambda x, s: x)(X, {1, 2})


def test_a_python_float_stays_weak_and_its_derivative_is_a_float64():
    x = X.astype(np.float32)
    step = xp.compile(lambda x, rate: x - rate * x)
    assert step(x, 0.1).dtype == step(x, 0.2).dtype == np.float32
    slope = xp.grad(lambda rate, x: xp.sum(x - rate * x))
    replayed = xp.compile(slope)
    for rate in (0.1, 0.2):
        assert same(replayed(rate, x), slope(rate, x))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x if x > 0 else -x,
        lambda x: x * float(x),
        lambda x: xp.asarray([1.0, 2.0])[int(xp.argmax(x * np.ones(2)))],
        lambda x: xp.sum((x * X)[x * X > 0.5]),
    ],
    ids=["if", "float", "index", "mask"],
)
@pytest.mark.parametrize("transform", [xp.value, xp.grad])
def test_a_course_that_depends_on_values_is_refused(f, transform):
    with pytest.raises(
        (OperationError, TypeError), match=r"(?s)traced tensor|boolean array|Tensor"
    ):
        xp.compile(transform(f))(0.7)


def test_the_refusal_says_where_what_why_and_what_next():
    with pytest.raises(OperationError) as caught:
        xp.compile(lambda x: x if x > 0 else -x)(0.7)
    text = str(caught.value)
    for part in ("test_behaviour.py:", "expected", "got", "Likely cause", "Next", "engine.where"):
        assert part in text


def test_a_closure_over_an_outer_tensor_is_refused():
    with pytest.raises(OperationError, match="closes over"):
        xp.grad(lambda y: xp.compile(lambda x: x * y)(2.0))(3.0)


def test_inside_an_outer_transform_the_function_itself_is_called():
    square = xp.compile(lambda x: x * x)
    assert float(square(3.0)) == 9.0
    assert float(xp.grad(square)(3.0)) == 6.0
    assert float(xp.grad(xp.grad(xp.compile(lambda x: square(x) * x)))(3.0)) == 18.0
    assert float(xp.compile(xp.grad(square))(4.0)) == 8.0


def test_balls_are_not_compiled():
    slope = xp.compile(xp.grad(xp.exp))
    assert float(slope(0.0)) == 1.0
    assert isinstance(slope(arb(0)).item(), arb)


SAFE = {
    "sqrt": (lambda x: xp.sum(xp.where(x > 0.5, xp.sqrt(x), 1.0)), [X, X * 0, X]),
    "log": (lambda x: xp.sum(xp.where(x > 0.5, xp.log(x) * x, x)), [X, X * 0, -X]),
    "norm": (lambda x: xp.max(xp.sqrt(x) * np.arange(3.0)), [X, X * np.array([0.0, 0.0, 1.0])]),
    "nested": (lambda x: xp.sum(xp.where(x > 0.5, x**1.5, 1.0)), [X, X * 0, X]),
}


@pytest.mark.parametrize("name", SAFE)
@pytest.mark.parametrize(
    "transform",
    [xp.grad, lambda f: lambda x: xp.hvp(f, (x,), (np.ones(3),)),
     lambda f: xp.grad(lambda x: xp.sum(xp.grad(f)(x)))],
    ids=["grad", "hvp", "grad of grad"],
)  # fmt: skip
def test_what_was_not_chosen_passes_nothing_on(name, transform):
    f, points = SAFE[name]
    eager = transform(f)
    for order in (points, points[::-1]):
        replayed = xp.compile(eager)
        for x in order:
            assert same(replayed(x), eager(x))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: xp.exp(x) * x,
        lambda x: 1 / x,
        xp.log,
        lambda x: x**-2,
        lambda x: x**0.5,
        lambda x: xp.sqrt(x) + x,
        lambda x: xp.expit(x) * xp.tanh(x),
    ],
)
@pytest.mark.parametrize("kind", [float, np.float64])
def test_infinities_and_nans_of_numbers_are_those_of_numpy(f, kind):
    eager = xp.value_and_grad(f)
    replayed = xp.compile(eager)
    for x in (0.5, 1e4, 0.0, -1.0, -1e4, np.inf, -np.inf, np.nan, 1e-320):
        assert same(replayed(kind(x)), eager(kind(x)))


def test_results_share_no_memory_with_arguments_buffers_or_each_other():
    def f(x):
        y = x * 1.0
        return y, x + 0, x.T, xp.grad(lambda z: xp.sum(z * x))(x), y * 2.0

    replayed = xp.compile(f)
    x = np.arange(6.0).reshape(2, 3)
    for _ in range(3):
        first = replayed(x)
        kept = [np.array(r) for r in first]
        second = replayed(x + 1)
        for k, (a, before) in enumerate(zip(first, kept, strict=True)):
            np.testing.assert_array_equal(a, before)
            others = [*first[:k], *second, x]
            assert not any(np.shares_memory(a, b) for b in others)


def test_constants_are_returned_as_copies():
    replayed = xp.compile(lambda x: (np.ones(3), x))
    replayed(1.0)
    replayed(1.0)[0][0] = 5.0
    assert replayed(1.0)[0].tolist() == [1.0, 1.0, 1.0]


def test_threads_do_not_share_buffers():
    rng = np.random.default_rng(0)
    xs = [rng.normal(size=(40, 40)) for _ in range(4)]
    eager = xp.grad(lambda x: xp.sum(xp.tanh(x @ x) * x))
    replayed = xp.compile(eager)
    wanted = [eager(x) for x in xs]
    replayed(xs[0])
    failures = []

    def work(k):
        wrong = sum(not np.array_equal(replayed(xs[k]), wanted[k]) for _ in range(50))
        if wrong:
            failures.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failures


def test_an_error_of_the_function_itself_is_raised_by_it():
    replayed = xp.compile(lambda x: x @ np.ones(3))
    assert float(replayed(X)) == float(X @ np.ones(3))
    with pytest.raises(OperationError, match="matmul"):
        replayed(X[:2])
    with pytest.raises(TypeError):
        replayed()


def test_floating_point_warnings_are_silent_within_and_as_before_after():
    replayed = xp.compile(lambda x: xp.exp(x * 1e3))
    assert replayed(X)[2] == replayed(X)[2] == np.inf
    assert np.geterr() == {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


def test_the_source_can_be_read():
    replayed = xp.compile(xp.grad(lambda w, x: xp.sum(xp.tanh(w @ x) ** 2)))
    source = replayed.source(np.ones((2, 3)), np.ones(3))
    assert "def program(" in source
    assert "tanh(" in source
    assert source.count("exp(") == 1
    compile(source, "source", "exec")


@pytest.mark.parametrize(
    ("f", "absent"),
    [
        (lambda x: x * 1.0, "multiply"),
        (lambda x: xp.negative(xp.negative(x)), "negative"),
        (lambda x: x.T.T, ".T"),
        (lambda x: xp.reshape(xp.reshape(x, (6,)), (2, 3)), "reshape"),
        (lambda x: x + (-x) * 1, "negative"),
        (lambda x: (xp.exp(x) - xp.exp(x), x * 2.0)[1], "exp"),
    ],
)
def test_what_is_superfluous_is_left_out(f, absent):
    x = np.arange(6.0).reshape(2, 3)
    replayed = xp.compile(f)
    assert same(replayed(x), f(x))
    assert same(replayed(x), f(x))
    assert absent not in replayed.source(x)


@pytest.mark.parametrize(
    "moved",
    [
        lambda x: x.T,
        lambda x: x[:, ::2],
        lambda x: xp.flip(x, 1),
        lambda x: xp.broadcast_to(x[:1], x.shape),
        lambda x: xp.permute_dims(xp.reshape(x, (8, 10, -1)), (1, 0, 2)),
    ],
    ids=["T", "steps", "flip", "broadcast", "permuted"],
)
@pytest.mark.parametrize(
    "unchanged",
    [
        lambda y: y * 1.0,
        lambda y: y - 0.0,
        lambda y: y / 1.0,
        lambda y: y**1.0,
        lambda y: xp.negative(-y),
        lambda y: -y,
        lambda y: xp.astype(y, np.float64),
    ],
    ids=["times one", "less zero", "over one", "to the first", "minus minus", "minus", "astype"],
)
def test_what_is_left_out_leaves_the_order_of_sums_as_it_was(moved, unchanged):
    x = np.random.default_rng(1).normal(size=(80, 300))
    for total in (
        xp.sum,
        lambda y: xp.sum(y, axis=-1),
        lambda y: y @ np.linspace(0, 1, y.shape[-1]),
    ):
        f = lambda x, total=total: total(unchanged(moved(x)))  # noqa: E731 - made anew in a loop
        replayed = xp.compile(f)
        replayed(-x)
        assert same(replayed(x), f(x))


def test_arguments_may_have_the_names_of_the_programs_own_values():
    def f(t1, b0, s, add, *, c1, tanh, p):
        return xp.tanh(t1 * b0) + s * add + xp.where(t1 > 0, c1, tanh) * p["add"] * p[1]

    replayed = xp.compile(f)
    for scale in (1.0, -2.0):
        args = [X * k * scale for k in range(1, 5)]
        others = {"c1": X, "tanh": X * scale, "p": {"add": X, 1: X + 1, "1": X}}
        assert same(replayed(*args, **others), f(*args, **others))


def test_long_programs_take_time_in_proportion():
    def chain(x):
        y = x
        for _ in range(3000):
            y = y * x + 0.5
        return y

    replayed = xp.compile(xp.value_and_grad(chain))
    for x in (0.3, 0.9):
        assert same(replayed(x), xp.value_and_grad(chain)(x))


KEPT = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "f",
    [
        xp.grad(xp.sum),
        xp.grad(lambda x: xp.sum(KEPT * x)),
        lambda x: {"kept": KEPT, "pair": (KEPT, [x * 2])},
        lambda x: (xp.reshape(KEPT, (3, 1)), KEPT[::-1]),
        xp.zeros_like,
        xp.jacrev(lambda x: x * 2),
        xp.hessian(lambda x: xp.sum(x * x)),
    ],
)  # fmt: skip
def test_a_result_written_to_does_not_change_the_next(f):
    replayed = xp.compile(f)
    expected = tree_map(np.copy, f(X))
    for _ in range(4):
        found = replayed(X)
        for leaf, truth in zip(leaves(found), leaves(expected), strict=True):
            assert np.array_equal(leaf, truth)
        for leaf in leaves(found):
            leaf *= -0.1  # noqa: PLW2901 - in place
    assert np.array_equal(KEPT, [1.0, 2.0, 3.0])


def tripled(x):
    return xp.reshape(xp.reshape(x, (-1,)) * 3.0, np.shape(x))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: xp.abs(tripled(x) * -2.0) * x,
        lambda x: xp.abs(x * -2.0) * tripled(x),
        lambda x: xp.abs(tripled(x) * -2.0) * tripled(x),
    ],
)
def test_a_number_out_of_an_array_of_one_does_not_change_with_it(f):
    eager = xp.hvp
    replayed = xp.compile(lambda x, v: eager(f, (x,), (v,)))
    for x, v in [(1.0, 1.0), (0.7, -1.3), (-2.0, 0.3)]:
        assert same(replayed(x, v), eager(f, (x,), (v,)))


def split(x, *places):
    """Return the sum of products of slices, each of another axis order."""
    parts = [xp.permute_dims(xp.reshape(x[place], (4, 2, -1)), (1, 0, 2)) for place in places]
    return xp.sum(parts[0] * xp.exp(parts[1])) + xp.sum(parts[-1] * parts[-1])


PARTS = {
    "all of it": (np.s_[:, :2], np.s_[:, 2:4], np.s_[:, 4:]),
    "not all of it": (np.s_[:, :2], np.s_[:, 2:4]),
    "overlapping": (np.s_[:, :2], np.s_[:, 1:3], np.s_[:, 4:]),
    "by an ellipsis": (np.s_[..., 4:], np.s_[:, 2:4], np.s_[..., :2]),
}


@pytest.mark.parametrize("name", PARTS)
def test_cotangents_of_slices_are_written_to_their_places(name):
    slope = xp.grad(lambda x: split(x, *PARTS[name]))
    replayed = xp.compile(slope)
    for seed in range(3):
        x = np.random.default_rng(seed).normal(size=(4, 6))
        assert same(replayed(x), slope(x))
    assert ("accumulated(" in replayed.source(x)) == (name == "overlapping")


def test_of_many_slices_the_first_are_written_and_the_others_added():
    slope = xp.grad(lambda x: sum(xp.sum(x[k : k + 1] ** 2) * k for k in range(20)))
    replayed = xp.compile(slope)
    x = np.random.default_rng(0).normal(size=(20, 3))
    for _ in range(2):
        assert same(replayed(x), slope(x))
    source = replayed.source(x)
    assert source.count(" assembled(") == 1
    assert source.count("accumulated(") == 12


def test_signs_of_numbers_meet():
    slope = xp.compile(xp.grad(lambda x: -xp.log(1 / x) * (1 - x)))
    assert "-" not in slope.source(2.0).split("return MISS")[-1].replace(" - ", "")


def test_a_result_lies_where_its_oldest_operand_lay():
    x, w = np.random.default_rng(0).normal(size=(2, 100))
    slope = xp.compile(xp.grad(lambda x: xp.sum(w * xp.softmax(x, 0))))
    assert slope.source(x).count("b2") == 0  # of arrays of 100 one is returned, one a buffer


def test_cotangents_of_slices_of_other_shapes_and_of_truths():
    weights = np.arange(6.0).reshape(3, 2)

    def turned(z):
        part = xp.permute_dims(xp.reshape(z[1:2], (2, 3)), (1, 0))
        return xp.sum(z[0] ** 2) + xp.sum(xp.exp(part) * weights)

    def all_of_it(z):
        return xp.sum(z[1:]) + xp.sum(z[True] * z[True])

    for f, x in ((turned, np.ones((4, 6))), (all_of_it, np.arange(6.0).reshape(2, 3))):
        compiled = xp.compile(xp.grad(f))
        compiled(x)
        np.testing.assert_array_equal(compiled(x), xp.grad(f)(x))


def test_a_reshaped_argument_is_not_handed_out():
    flat = xp.compile(lambda x: xp.reshape(x, (-1,)))
    fortran = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    flat(fortran)
    flat(fortran)
    strided = np.repeat(np.arange(6.0).reshape(2, 3), 2, -1)[..., ::2]
    flat(strided)[:] = 99
    assert np.max(strided) == 5
