"""The training study: descent, exchanged operations, and where trajectories part."""

import numpy as np

from diffcheck import engine
from diffcheck.models import small_network
from diffcheck.studies.training import causes, runs


def start():
    return small_network.parameters(runs.SEED)


def short(monkeypatch, steps=3):
    monkeypatch.setattr(runs, "STEPS", steps)


def own(name):
    """An operation of the engine's and its pullback, as those of another library are given."""
    f = getattr(engine, name)
    return f, lambda args, g: tuple(engine.vjp(f, *args)[1](g))


def test_descent_goes_down_and_stays_in_float32(monkeypatch):
    short(monkeypatch)
    found = runs.train(runs.by_engine(), start())
    assert found.losses[2] < found.losses[0]
    assert len(found.parameters) == 4
    assert all(w.dtype == np.float32 for p in found.parameters for w in p.values())


def test_operations_exchanged_for_their_equals_change_no_bit(monkeypatch):
    short(monkeypatch)
    equal = {name: own(name) for name in runs.OPERATIONS}
    plain = runs.train(runs.by_engine(), start())
    same = runs.train(runs.by_engine(runs.Exchanged(equal, runs.OPERATIONS)), start())
    assert causes.parting(plain, same) is None
    assert causes.smallest(equal, start(), plain) == []
    assert not any(call.differing for call in causes.first_step(equal, start()))


def test_the_one_operation_that_differs_is_found(monkeypatch):
    short(monkeypatch)
    forward, pullback = own("softplus")
    others = {name: own(name) for name in runs.OPERATIONS}
    others["softplus"] = (lambda z: np.nextafter(forward(z), np.float32(9)), pullback)
    others["relu"] = (
        own("relu")[0],
        lambda args, g: (np.float32(0.5) * own("relu")[1](args, g)[0],),
    )
    theirs = runs.train(runs.by_engine(runs.Exchanged(others, runs.OPERATIONS)), start())
    step, names = causes.parting(runs.train(runs.by_engine(), start()), theirs)
    assert (step, names) == (1, ["W1", "b1"])
    assert causes.smallest(others, start(), theirs) == ["relu"]  # the loss steers nothing
    first = [call for call in causes.first_step(others, start()) if call.differing]
    assert [call.operation for call in first] == ["softplus", "relu"]
    assert first[0].worst == 1


def test_the_orders_of_adding_tell_who_adds_how():
    def one_by_one(a, b):
        total = np.zeros((len(a), b.shape[1]), dtype=np.float32)
        for k in range(len(b)):
            total = total + a[:, k : k + 1] * b[k]
        return total

    found = causes.orders({"matmul": (one_by_one, None)}, start())
    _, theirs, count = found["one after another, each product rounded"][0]
    assert theirs == count == 160


def test_distance_is_in_ulps_of_the_second():
    p, q = {"w": np.float32([1, 2])}, {"w": np.float32([1 + 2**-22, 2])}
    assert causes.distance(p, q) == (2, 1)
