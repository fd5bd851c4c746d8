"""The variance of four numbers with a large mean: E[x²] - E[x]² against E[(x - E[x])²].

The one-pass formula subtracts two numbers of the size of the squared mean; with a mean of 10^4 and
a spread of 1 float32 keeps nothing. Its gradient x/2 - mean/2 cancels as well, but between numbers
of the size of the mean, and keeps half the digits. It exists because this is the cancellation most
often met in practice.
"""

from diffcheck import Case, Defect, real


def definition(x):
    mean = sum(x) / 4
    return sum((component - mean) ** 2 for component in x) / 4


def one_pass(xp, x):
    return xp.mean(x**2) - xp.mean(x) ** 2


def two_pass(xp, x):
    return xp.mean((x - xp.mean(x)) ** 2)


variance_of_four = Case(
    definition,
    programs={"one_pass": one_pass, "two_pass": two_pass},
    inputs={"x": real(9990, 10010, shape=(4,))},
    orders=(0, 1),
    points=[
        {"x": [9999.0, 10000.0, 10001.0, 10002.0]},
        {"x": [10000.0, 10000.0, 10001.0, 10001.0]},
    ],
    known_defects=[
        Defect(
            reason="two numbers near 10^8 cancel: subtract the mean first",
            verdicts=("lost", "range"),
            program="one_pass",
            quantity="value",
        ),
    ],
    slow=True,
)
