"""log(1 + exp(x)) in JAX with a derivative written by hand.

The naive program overflows for large x in the value and gives inf/inf in the gradient. JAX's own
manual cures the gradient with a custom derivative rule, and that rule is what is verified: the
case gives JAX its own program through `backend_programs`, while the other witnesses run the plain
one.

It exists because a rule written by hand is the first thing to check and the last to be checked.
"""

from diffcheck import Case, real, sym


def definition(x):
    return sym.log(1 + sym.exp(x))


def plain(xp, x):
    return xp.logaddexp(x, 0.0)


def with_custom_vjp(xp, x):
    import jax  # noqa: PLC0415  (so that listing the cases needs no JAX)

    @jax.custom_vjp
    def log1pexp(x):
        return xp.logaddexp(x, 0.0)

    def forward(x):
        return log1pexp(x), x

    def backward(x, cotangent):
        negative = x < 0
        t = xp.exp(xp.where(negative, x, -x))
        return (cotangent * xp.where(negative, t, 1.0) / (1 + t),)

    log1pexp.defvjp(forward, backward)
    return log1pexp(x)


custom_log1pexp = Case(
    definition,
    programs={"plain": plain},
    backend_programs={"jax": {"plain": with_custom_vjp}},
    inputs={"x": real(-80, 80)},
    orders=(0, 1),
    points=[{"x": 0.0}, {"x": 17.0}, {"x": 40.0}, {"x": -40.0}],
)
