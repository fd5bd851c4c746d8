"""One whole block of GPT-2, small: three positions, width four, two heads, all 244 parameters.

x ← x + Attention(LayerNorm(x)),   x ← x + MLP(LayerNorm(x)),   then half the squared norm

This is where the parts must work together: layer norms before each half, causal attention with
several heads from one projection to q, k and v, a hidden layer four times as wide with the tanh
form of GELU, biases everywhere, and two residual branches, at each of which a gradient is a sum.
"""

import numpy as np

from diffcheck import Case, real, sym
from diffcheck.case import Constraint

POSITIONS, WIDTH, HEADS = 3, 4, 2
HEAD = WIDTH // HEADS
EPSILON = 2.0**-17
SQRT_2_OVER_PI = 0.7978845608028654

SMALLEST = 2.0**-6

PARAMETERS = {
    "gain1": real(0.5, 2, shape=(WIDTH,)),
    "shift1": real(-1, 1, shape=(WIDTH,)),
    "W_qkv": real(-1, 1, shape=(WIDTH, 3 * WIDTH)),
    "b_qkv": real(-1, 1, shape=(3 * WIDTH,)),
    "W_out": real(-1, 1, shape=(WIDTH, WIDTH)),
    "b_out": real(-1, 1, shape=(WIDTH,)),
    "gain2": real(0.5, 2, shape=(WIDTH,)),
    "shift2": real(-1, 1, shape=(WIDTH,)),
    "W_up": real(-1, 1, shape=(WIDTH, 4 * WIDTH)),
    "b_up": real(-1, 1, shape=(4 * WIDTH,)),
    "W_down": real(-1, 1, shape=(4 * WIDTH, WIDTH)),
    "b_down": real(-1, 1, shape=(WIDTH,)),
}


def enlarged(values, _dtype):
    """Give numbers that are too small the size 1/2 to 1, so that no product underflows."""
    return {
        name: np.where(abs(x) < SMALLEST, np.where(x == 0, 0.5, np.frexp(x)[0]), x)
        for name, x in values.items()
    }


moderate = Constraint(
    description="no number is smaller than 1/64",
    holds=lambda values: all(np.all(abs(x) >= SMALLEST) for x in values.values()),
    repair=enlarged,
)


def norm(x, gain, shift):
    centred = sym.let(x - sym.mean(x, axis=-1, keepdims=True))
    variance = sym.mean(sym.square(centred), axis=-1, keepdims=True)
    return sym.let(gain * centred / sym.let(sym.sqrt(variance + EPSILON)) + shift)


def attention(x, W_qkv, b_qkv):
    qkv = sym.reshape(sym.let(x @ W_qkv + b_qkv), (POSITIONS, 3, HEADS, HEAD))
    q, k, v = qkv[:, 0], qkv[:, 1], qkv[:, 2]
    rows = []
    for t in range(POSITIONS):
        seen = slice(0, t + 1)
        scores = sym.let(sym.einsum("hd,shd->hs", q[t], k[seen]) / sym.sqrt(HEAD))
        weights = sym.let(sym.softmax(scores))
        rows.append(sym.let(sym.einsum("hs,shd->hd", weights, v[seen])))
    return sym.reshape(sym.stack(rows), (POSITIONS, WIDTH))


def definition(x, **p):
    mixed = attention(norm(x, p["gain1"], p["shift1"]), p["W_qkv"], p["b_qkv"])
    x = sym.let(x + mixed @ p["W_out"] + p["b_out"])
    hidden = sym.let(norm(x, p["gain2"], p["shift2"]) @ p["W_up"] + p["b_up"])
    x = sym.let(x + sym.let(sym.gelu(hidden)) @ p["W_down"] + p["b_down"])
    return sym.sum(sym.square(x)) / 2


def norm_program(xp, x, gain, shift):
    centred = x - xp.mean(x, axis=-1, keepdims=True)
    variance = xp.mean(xp.square(centred), axis=-1, keepdims=True)
    return gain * centred / xp.sqrt(variance + EPSILON) + shift


def attention_program(xp, x, W_qkv, b_qkv):
    qkv = xp.reshape(x @ W_qkv + b_qkv, (POSITIONS, 3, HEADS, HEAD))
    q, k, v = qkv[:, 0], qkv[:, 1], qkv[:, 2]
    scores = xp.einsum("thd,shd->hts", q, k) / HEAD**0.5
    position = xp.arange(POSITIONS)
    scores = xp.where(position[:, None] >= position, scores, -float("inf"))
    mixed = xp.einsum("hts,shd->thd", xp.softmax(scores, axis=-1), v)
    return xp.reshape(mixed, (POSITIONS, WIDTH))


def program(xp, x, **p):
    mixed = attention_program(
        xp, norm_program(xp, x, p["gain1"], p["shift1"]), p["W_qkv"], p["b_qkv"]
    )
    x = x + mixed @ p["W_out"] + p["b_out"]
    hidden = norm_program(xp, x, p["gain2"], p["shift2"]) @ p["W_up"] + p["b_up"]
    x = x + xp.gelu(hidden, approximate=True) @ p["W_down"] + p["b_down"]
    return xp.sum(xp.square(x)) / 2


gpt2_block = Case(
    definition,
    programs={"plain": program},
    inputs={"x": real(-2, 2, shape=(POSITIONS, WIDTH))} | PARAMETERS,
    constraints=[moderate],
    slow=True,
)
