"""GPT-2 whole, at the smallest sizes: two layers, two heads, width four, a vocabulary of seven.

L = mean over t of logsumexp(z_t) - z_t[next token],   z = LayerNorm(x) Wᵀ,   W the token embedding

The program is the very text that is the model with 124 million parameters when it is given other
sizes (`diffcheck/models/gpt2.py`); that one is compared with JAX, parameter by parameter, by
`diffcheck study gpt2`, whose report is `reports/gpt2-124m.md`. Here all 516 derivatives are held
against the symbolic truth. Token 4 is read twice and is also to be predicted, so three paths meet
in its row of the embedding; position 3 is never used, and its gradient is exactly 0. Dropout has a
given mask, with the published share of 1/10.
"""

from diffcheck import Case, real, sym
from diffcheck.case import no_smaller_than
from diffcheck.models import gpt2

SIZES = gpt2.Configuration(vocabulary=7, context=4, width=4, heads=2, layers=2)
TOKENS, TARGETS = (4, 0, 4), (0, 4, 2)
POSITIONS, WIDTH, HEADS = len(TOKENS), SIZES.width, SIZES.heads
HEAD = WIDTH // HEADS
KEPT = gpt2.masks(SIZES, POSITIONS, seed=5)
EPSILON = sym.Rational(1, 2**17)
SCALE = sym.Rational(10, 9)  # 1/(1 - 1/10)


def norm(x, gain, shift):
    centred = sym.let(x - sym.mean(x, axis=-1, keepdims=True))
    variance = sym.mean(sym.square(centred), axis=-1, keepdims=True)
    return sym.let(gain * centred / sym.let(sym.sqrt(variance + EPSILON)) + shift)


def attention(x, W_qkv, kept):
    qkv = sym.let(x @ W_qkv)
    heads = []
    for h in range(HEADS):
        q, k, v = (qkv[:, i * WIDTH + h * HEAD :][:, :HEAD] for i in range(3))
        rows = []
        for t in range(POSITIONS):
            scores = sym.let(k[: t + 1] @ q[t] / sym.sqrt(HEAD))
            weights = sym.let(sym.softmax(scores) * kept[h, t, : t + 1] * SCALE)
            rows.append(sym.let(weights @ v[: t + 1]))
        heads.append(sym.stack(rows))
    return sym.concat(heads, axis=1)


def definition(**p):
    kept = gpt2.Masks(*(sym.array(mask.astype(int)) for mask in KEPT))
    x = sym.take(p["tokens"], TOKENS, axis=0) + p["positions"][:POSITIONS]
    x = sym.let(x * kept.embedding * SCALE)
    for k in range(SIZES.layers):
        normed = norm(x, p[f"gain1_{k}"], p[f"shift1_{k}"])
        mixed = attention(normed, p[f"W_qkv_{k}"], kept.attention[k])
        mixed = mixed @ p[f"W_out_{k}"] + p[f"b_out_{k}"]
        x = sym.let(x + mixed * kept.mixed[k] * SCALE)
        normed = norm(x, p[f"gain2_{k}"], p[f"shift2_{k}"])
        hidden = sym.let(sym.gelu(sym.let(normed @ p[f"W_up_{k}"] + p[f"b_up_{k}"])))
        hidden = hidden @ p[f"W_down_{k}"] + p[f"b_down_{k}"]
        x = sym.let(x + hidden * kept.hidden[k] * SCALE)
    z = sym.let(norm(x, p["gain"], p["shift"]) @ p["tokens"].T)
    return sym.mean(sym.logsumexp(z, axis=-1) - z[range(POSITIONS), TARGETS])


def program(xp, **p):
    return gpt2.loss(xp, p, xp.asarray(TOKENS), xp.asarray(TARGETS), KEPT, SIZES)


gpt2_tiny = Case(
    definition,
    programs={"plain": program},
    inputs={
        name: real(0.5, 2, shape=shape) if name.startswith("gain") else real(-0.5, 0.5, shape=shape)
        for name, shape in gpt2.shapes(SIZES).items()
    },
    constraints=[no_smaller_than(2.0**-6)],
)
