"""Every elementwise op of the engine by itself, derived from its row of the op table.

The definition is the row's SymPy column, the inputs range over its domain, the program calls the
engine's function of that name, and JAX the function that the row names. Below stands only what a
row does not say: programs where a function has another name or a parameter, and known defects.
`diffcheck list --ops` prints the table.
"""

from sympy import Rational

from diffcheck import Case, Defect, real, sym
from diffcheck.atlas import alone, derivable
from diffcheck.atlas_defects import declared

AIRY = ("airy_ai", "airy_aip", "airy_bi", "airy_bip")
BETAINC = {"x": real(0.015625, 100), "y": real(0.015625, 100)}
HYPERGEOMETRIC = {a: real(0.015625, 4) for a in ("x", "y", "z")}
ROWS = {
    **{name: {"program": lambda xp, x, k=k: xp.airy(x)[k]} for k, name in enumerate(AIRY)},
    "elu": {
        "program": lambda xp, x: xp.elu(x, 0.75),
        "params": {"alpha": Rational(3, 4)},
    },
    "gelu": {"program": lambda xp, x: xp.gelu(x, approximate=False)},
    "gelu_tanh": {"program": lambda xp, x: xp.gelu(x)},
    "sinc": {"params": {"order": 0}},
    "erfcx": {"params": {"order": 0}},
    "polygamma": {
        "program": lambda xp, x: xp.polygamma(1, x),
        "params": {"order": 1},
    },
    "polylog": {"program": lambda xp, x: xp.polylog(2, x), "params": {"s": 2}},
    "lambertw": {"params": {"branch": 0}},
    # The derivatives in x of what is 1 beside rounding take Arb minutes far out.
    "gammainc": {"inputs": {"x": real(0.015625, 1000), "y": real(0, 1000)}},
    "gammaincc": {"inputs": {"x": real(0.015625, 1000), "y": real(0, 1000)}},
    # So they do in parameters next to 0.
    "betainc": {"inputs": BETAINC},
    "hyp1f1": {"inputs": {"x": real(0.015625, 10), "y": real(0.015625, 10)}},
    "hyp2f1": {"inputs": HYPERGEOMETRIC, "orders": (0, 1)},
    "si": {"jax": lambda xp, x: xp.sici(x)[0]},
    "ci": {"jax": lambda xp, x: xp.sici(x)[1]},
    "j0": {"jax": lambda xp, x: xp.bessel_jn(x, v=1)[0]},
    "j1": {"jax": lambda xp, x: xp.bessel_jn(x, v=1)[1]},
}
# Truth values, choices and constants: `choices.py` has these.
BY_HAND = {
    "less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "signbit",
    "where", "stop_gradient",
}  # fmt: skip

# Exponents that are numbers have a rule of their own.
op_shifted_pow = Case(
    lambda x: x ** Rational(5, 2),
    programs={"plain": lambda xp, x: x**2.5},
    inputs={"x": real(0)},
    points=[{"x": 0.75}, {"x": 1.5}],
    orders=(0, 1, 2),
    slow=True,
)
# A slope shows where reverse mode runs over reverse mode, inside of the program.
op_direction = Case(
    lambda x, y: x / sym.sqrt(x**2 + y**2),
    programs={"plain": lambda xp, x, y: xp.grad(lambda t: xp.hypot(t, y))(x)},
    inputs={"x": real(-2, 2), "y": real(-2, 2)},
    points=[{"x": 0.75, "y": 0.625}, {"x": -1.5, "y": 1.75}],
    orders=(0, 1),
    slow=True,
)
# The densities serve the distributions; that they are slopes too shows in no gradient.
op_gamma_density = alone("gamma_density", lambda xp, x, y: xp.stats.gamma.pdf(y, x))
op_beta_density = alone("beta_density", lambda xp, x, y, z: xp.stats.beta.pdf(z, x, y))
# JAX has no derivative in the parameters.
op_betainc_in_z = alone("betainc", inputs=BETAINC, wrt=("z",))
# JAX takes minutes to compile second derivatives in the parameters.
op_hyp2f1_in_x = alone(
    "hyp2f1",
    inputs=HYPERGEOMETRIC,
    wrt=("t",),
    known_defects=(
        Defect(reason="its series stops early next to -1", verdicts=("wrong",), backend="jax"),
    ),
)
op_hyp2f1_derivative = alone(
    "hyp2f1_derivative",
    lambda xp, x, y, z, t: xp.grad(lambda x: xp.hyp2f1(x, y, z, t))(x),
    params={"orders": (1, 0, 0, 0)},
    inputs=HYPERGEOMETRIC,
    orders=(0, 1),
)
globals().update(
    {f"op_{name}": alone(name, **ROWS.get(name, {})) for name in derivable() if name not in BY_HAND}
)

globals().update(declared(globals()))
