"""Embedding look-up, where a token occurs twice, and tied output weights.

The gradient of a look-up is a scatter that adds: token 3 stands at two positions, so its row of the
table collects two cotangents, and rows that are not looked up get exactly 0. In `tied_embedding`
the same table turns the hidden state back into logits, as in GPT-2: each row's gradient is a sum of
two entirely different paths, and the classical slip is to keep only one of them.
"""

from diffcheck import Case, real, sym

TOKENS = (3, 0, 3)
NEXT = 2


def look_up(table, weights):
    return sym.sum(sym.tanh(sym.take(table, TOKENS, axis=0)) * weights, axis=0)


def look_up_program(xp, table, weights):
    return xp.sum(xp.tanh(xp.take(table, xp.asarray(TOKENS), axis=0)) * weights, axis=0)


embedding = Case(
    look_up,
    programs={"plain": look_up_program},
    inputs={"table": real(-2, 2, shape=(4, 2)), "weights": real(-2, 2, shape=(3, 2))},
    wrt=("table",),
)


def tied(table, mix):
    hidden = sym.let(sym.mean(sym.take(table, TOKENS, axis=0), axis=0) @ mix)
    logits = table @ hidden
    return sym.logsumexp(logits) - logits[NEXT]


def tied_program(xp, table, mix):
    hidden = xp.mean(xp.take(table, xp.asarray(TOKENS), axis=0), axis=0) @ mix
    logits = table @ hidden
    return xp.logsumexp(logits) - logits[NEXT]


tied_embedding = Case(
    tied,
    programs={"plain": tied_program},
    inputs={"table": real(-2, 2, shape=(4, 2)), "mix": real(-2, 2, shape=(2, 2))},
    slow=True,
)
