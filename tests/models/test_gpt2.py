"""GPT-2 as a program: its sizes, its causality, its dropout, and its layers against the ops."""

from math import prod

import numpy as np
import pytest

from diffcheck import engine
from diffcheck.models import gpt2

TINY = gpt2.Configuration(vocabulary=11, context=6, width=8, heads=2, layers=2)
POSITIONS = 5
TOKENS, TARGETS = gpt2.text(TINY, POSITIONS, seed=1)
KEPT = gpt2.masks(TINY, POSITIONS, seed=1)
ALL = gpt2.Masks(*(np.ones_like(mask) for mask in KEPT))


def wide(seed=0):
    return {name: x.astype(np.float64) for name, x in gpt2.weights(TINY, seed).items()}


def test_the_published_configuration_has_124_million_parameters_less_the_bias_of_qkv():
    published = 124_439_808  # with the bias of queries, keys and values, as in the release
    count = sum(prod(shape) for shape in gpt2.shapes(gpt2.GPT2_124M).values())
    assert count == published - 12 * 3 * 768


def test_a_position_sees_no_later_token():
    p = wide()
    changed = TOKENS.copy()
    changed[3] = (changed[3] + 1) % TINY.vocabulary
    before, after = (gpt2.logits(engine, p, t, KEPT, TINY) for t in (TOKENS, changed))
    assert np.array_equal(before[:3], after[:3])
    assert not np.array_equal(before[3:], after[3:])


def test_dropout_that_keeps_all_scales_and_dropout_of_nothing_is_no_dropout():
    x = np.array([1.0, 2.0])
    kept = np.array([True, False])
    assert gpt2.drop(engine, x, kept, 0.5).tolist() == [2.0, 0.0]
    assert gpt2.drop(engine, x, kept, 0.0) is x


def test_layer_norm_and_attention_are_those_of_the_ops():
    rng = np.random.default_rng(0)
    x, gain, shift = rng.normal(size=(3, 8)), rng.normal(size=8), rng.normal(size=8)
    ours = gpt2.norm(engine, x, gain, shift)
    assert ours == pytest.approx(engine.layer_norm(x, gain, shift, eps=gpt2.EPSILON), rel=1e-13)
    W = rng.normal(size=(8, 24))
    plain = gpt2.Configuration(vocabulary=2, context=3, width=8, heads=2, layers=1, dropout=0)
    q, k, v = (x @ W[:, i * 8 :][:, :8] for i in range(3))
    heads = [engine.attention(q[:, h], k[:, h], v[:, h]) for h in (slice(4), slice(4, 8))]
    expected = np.concatenate(heads, axis=1)
    assert gpt2.attention(engine, x, W, None, plain) == pytest.approx(expected, rel=1e-12)


def test_the_gradient_times_a_direction_is_forward_mode():
    p = wide()
    rng = np.random.default_rng(2)
    v = {name: rng.normal(size=x.shape) for name, x in p.items()}

    def loss(q):
        return gpt2.loss(engine, q, TOKENS, TARGETS, KEPT, TINY)

    gradient = engine.grad(loss)(p)
    _, along = engine.jvp(loss, (p,), (v,))
    assert sum(np.vdot(gradient[k], v[k]) for k in v) == pytest.approx(float(along), rel=1e-11)


def test_weights_masks_and_text_are_those_of_their_seed():
    assert all(np.array_equal(a, b) for a, b in zip(wide().values(), wide().values(), strict=True))
    assert not np.array_equal(wide(0)["tokens"], wide(1)["tokens"])
    assert gpt2.weights(TINY, 0)["W_up_1"].dtype == np.float32
