"""What the tape holds."""

import gc

import numpy as np

from diffcheck import engine as xp
from diffcheck.engine.tape import unpacked


def recorded(f, x):
    tape = xp.Tape()
    f(tape.input(x))
    return tape.entries[1:]


def test_the_garbage_collector_has_nothing_to_look_at():
    for x in (np.float64(0.5), np.array([0.5, 2.0])):
        entries = recorded(lambda x: xp.sum(xp.exp(x * x + 0.5) / x), x)
        gc.collect()
        assert len(entries) == 5
        assert not any(map(gc.is_tracked, entries[:4]))


def test_an_entry_tells_its_op_and_all_that_the_rule_wants():
    x = np.array([0.5, 2.0])
    square, total = map(unpacked, recorded(lambda x: xp.sum(x * x, axis=0), x))
    assert (square[0].name, square[1], square[3]) == ("multiply", (0, 0), {})
    assert all(a is x for a in square[2])
    assert (total[0].name, total[1], total[3]) == ("sum", (1,), {"axis": 0, "keepdims": False})
    assert total[-1] == 4.25


def test_a_rule_outside_the_table_stands_in_its_entry():
    f = xp.custom_vjp(lambda x: x)
    f.defvjp(lambda x: (x, None), lambda _, g: (2 * g,))
    (entry,) = recorded(f, np.float64(1.0))
    assert unpacked(entry)[0].vjp is not None
    assert unpacked(entry)[1] == (0,)
