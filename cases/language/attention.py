"""Causal self-attention with two heads: position t sees the positions up to t.

o_t = Σ_{s≤t} softmax_s(q_t · k_s / sqrt(d)) v_s,  head by head, for given q, k and v

The mask is the point. Programs write -inf into the scores above the diagonal, so that their
weights are exp(-inf) = 0; the definition knows no infinity and just sums over s ≤ t. A gradient
that leaks from the future must be exactly 0, and 0 · inf on the way would make it NaN. The first
position attends only to itself: its weight is 1, and the gradient in its q is exactly 0.
"""

from diffcheck import Case, real, sym

POSITIONS, HEADS, WIDTH = 3, 2, 2


def definition(q, k, v):
    rows = []
    for t in range(POSITIONS):
        seen = slice(0, t + 1)
        scores = sym.einsum("hd,shd->hs", q[t], k[seen]) / sym.sqrt(WIDTH)
        rows.append(sym.einsum("hs,shd->hd", sym.softmax(scores), v[seen]))
    return sym.reshape(sym.stack(rows), (POSITIONS, HEADS * WIDTH))


def program(xp, q, k, v):
    scores = xp.einsum("thd,shd->hts", q, k) / WIDTH**0.5
    position = xp.arange(POSITIONS)
    scores = xp.where(position[:, None] >= position, scores, -float("inf"))
    mixed = xp.einsum("hts,shd->thd", xp.softmax(scores, axis=-1), v)
    return xp.reshape(mixed, (POSITIONS, HEADS * WIDTH))


SHAPE = (POSITIONS, HEADS, WIDTH)

causal_attention = Case(
    definition,
    programs={"plain": program},
    inputs={name: real(0.125, 2, shape=SHAPE) for name in ("q", "k", "v")},
    slow=True,
)
