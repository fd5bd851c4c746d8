"""Log-density of a normal distribution, and of a mixture of two, in all parameters.

The mixture's log-likelihood of four observations is a log of sums of exponentials: the textbook
form takes exp of large negative numbers and then the log, the stable one goes through logaddexp.
They exist because every likelihood is built of these, and because an observation in the far tail
makes the textbook gradient NaN in float32 where the model is perfectly sound.
"""

from math import log, pi, sqrt

from diffcheck import Case, Defect, real, sym

DATA = (-1.5, 0.25, 3.0, 20.0)


def log_density_definition(x, mean, scale):
    z = (x - mean) / scale
    return -(z**2) / 2 - sym.log(scale) - sym.log(2 * sym.pi) / 2


def log_density(xp, x, mean, scale):
    z = (x - mean) / scale
    return -0.5 * z * z - xp.log(scale) - 0.5 * log(2 * pi)


gaussian_log_density = Case(
    log_density_definition,
    programs={"plain": log_density},
    inputs={"x": real(-8, 8), "mean": real(-8, 8), "scale": real(0.125, 8)},
    orders=(0, 1, 2),
    points=[
        {"x": 0.5, "mean": 0.0, "scale": 1.0},
        {"x": 2.0, "mean": 2.0, "scale": 0.25},
        {"x": -8.0, "mean": 8.0, "scale": 0.125},
    ],
    slow=True,
)


def mixture_definition(weight, mean0, mean1, scale):
    def density(x, mean):
        z = (x - mean) / scale
        return sym.exp(-(z**2) / 2) / (scale * sym.sqrt(2 * sym.pi))

    return sum(
        sym.log(weight * density(x, mean0) + (1 - weight) * density(x, mean1))
        for x in map(sym.Rational, DATA)
    )


def textbook(xp, weight, mean0, mean1, scale):
    data = xp.asarray(DATA)

    def density(mean):
        z = (data - mean) / scale
        return xp.exp(-0.5 * z * z) / (scale * sqrt(2 * pi))

    return xp.sum(xp.log(weight * density(mean0) + (1 - weight) * density(mean1)))


def stable(xp, weight, mean0, mean1, scale):
    data = xp.asarray(DATA)

    def log_density(mean):
        z = (data - mean) / scale
        return -0.5 * z * z - xp.log(scale) - 0.5 * log(2 * pi)

    first = xp.log(weight) + log_density(mean0)
    second = xp.log1p(-weight) + log_density(mean1)
    return xp.sum(xp.logaddexp(first, second))


gaussian_mixture = Case(
    mixture_definition,
    programs=(textbook, stable),
    inputs={
        "weight": real(0.0625, 0.9375),
        "mean0": real(-4, -0.5),
        "mean1": real(0.5, 8),
        "scale": real(1, 4),
    },
    points=[
        {"weight": 0.5, "mean0": -0.5, "mean1": 4.0, "scale": 2.0},
        {"weight": 0.25, "mean0": -1.0, "mean1": 1.0, "scale": 1.0},
    ],
    known_defects=[
        Defect(
            reason="exp underflows for an observation far from both means: use logaddexp",
            verdicts=("lost", "range"),
            program="textbook",
            dtype="float32",
        ),
    ],
    slow=True,
)
