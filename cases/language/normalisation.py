"""LayerNorm and RMSNorm: each row divided by its own spread, then scaled and shifted.

y = gain (x - mean) / sqrt(var + ε) + shift, with ε = 2⁻¹⁷ ≈ 1e-5 as a number that is exact in
every format. The statistics depend on every element of the row, so the Jacobian is dense, and it
annihilates the row itself and constants: its entries are differences that cancel. A stop at the
mean or at the variance, the usual slip of hand-written kernels, is wrong here.
"""

from diffcheck import Case, real, sym

EPSILON = 2.0**-17


def layer(x, gain, shift):
    centred = sym.let(x - sym.mean(x, axis=-1, keepdims=True))
    variance = sym.let(sym.mean(sym.square(centred), axis=-1, keepdims=True))
    return gain * centred / sym.sqrt(variance + EPSILON) + shift


def layer_program(xp, x, gain, shift):
    centred = x - xp.mean(x, axis=-1, keepdims=True)
    variance = xp.mean(xp.square(centred), axis=-1, keepdims=True)
    return gain * centred / xp.sqrt(variance + EPSILON) + shift


layer_norm = Case(
    layer,
    programs={"plain": layer_program},
    inputs={
        "x": real(-4, 4, shape=(2, 4)),
        "gain": real(0.5, 2, shape=(4,)),
        "shift": real(-1, 1, shape=(4,)),
    },
)


def rms(x, gain):
    return gain * x / sym.let(sym.sqrt(sym.mean(sym.square(x), axis=-1) + EPSILON))


def rms_program(xp, x, gain):
    return gain * x / xp.sqrt(xp.mean(xp.square(x), axis=-1, keepdims=True) + EPSILON)


rms_norm = Case(
    rms,
    programs={"plain": rms_program},
    inputs={"x": real(0.0625, 4, shape=(4,)), "gain": real(0.5, 2, shape=(4,))},
    points=[{"x": [1.0, 2.0, 0.5, 3.0], "gain": [1.0, 1.5, 0.5, 2.0]}],
    slow=True,
)
