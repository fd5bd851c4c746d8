"""Fourier transforms and complex intermediates of real functions, on four numbers.

The fourth roots of unity are 1, -i, -1, i, so every definition is a sum of the inputs.
"""

from diffcheck import Case, real, sym
from diffcheck.atlas_defects import declared

FOUR = real(-2, 2, shape=(4,))


def case(definition, program, *, orders=(0, 1)):
    return Case(
        definition, programs={"plain": program}, inputs={"x": FOUR}, orders=orders, slow=True
    )


def parts(xp, z):
    return xp.concat([xp.real(z), xp.imag(z)])


def lower_half(x):
    """Return the first three frequencies: their real parts, and their imaginary parts."""
    real_parts = [x[0] + x[1] + x[2] + x[3], x[0] - x[2], x[0] - x[1] + x[2] - x[3]]
    return real_parts, [0, x[3] - x[1], 0]


def spectrum(x):
    re, im = lower_half(x)
    return sym.array([*re, re[1], *im, -im[1]])


def half_spectrum(x):
    re, im = lower_half(x)
    return sym.array([*re, *im])


def filtered(x):
    """Return x with its three frequencies weighted by 1, 2 and 3."""
    (mean, _, odd), turns = lower_half(x)[0], (x[0] - x[2], x[1] - x[3])
    waves = [turns[0], turns[1], -turns[0], -turns[1]]
    return sym.array([(mean + 4 * waves[k] + 3 * (-1) ** k * odd) / 4 for k in range(4)])


def weights(xp):
    return xp.array([1.0, 2.0, 3.0])


def weighted(xp, z):
    return z * weights(xp).astype(z.dtype)


op_dft = case(spectrum, lambda xp, x: parts(xp, xp.fft.fft(x)))
op_rdft = case(half_spectrum, lambda xp, x: parts(xp, xp.fft.rfft(x)))
op_irdft = case(filtered, lambda xp, x: xp.fft.irfft(weighted(xp, xp.fft.rfft(x))))


def power(x):
    """Return the squared magnitudes of the lower half, weighted."""
    re, im = lower_half(x)
    return sum((k + 1) * (a**2 + b**2) for k, (a, b) in enumerate(zip(re, im, strict=True)))


op_real = case(power, lambda xp, x: xp.sum(xp.real(squares(xp, x)) * weights(xp)), orders=(0, 1, 2))
op_conj = case(power, lambda xp, x: xp.sum(xp.real(squares(xp, x)) * weights(xp)))
op_imag = case(
    lambda x: (x[3] - x[1]) ** 2,
    lambda xp, x: xp.sum(xp.imag(xp.fft.rfft(x)) ** 2),
    orders=(0, 1, 2),
)


def squares(xp, x):
    z = xp.fft.rfft(x)
    return z * xp.conj(z)


globals().update(declared(globals()))
