"""Linear algebra op by op, on matrices small enough for closed forms.

Factors are compared in what does not depend on the sign of a column: projectors for eigenvectors,
the orthogonal polar factor U Vᵀ for singular vectors, ratios of elements for general eigenvectors.
The ops that only rules use show where reverse mode runs over reverse mode, inside a program.
"""

from diffcheck import Case, real, sym
from diffcheck.atlas_defects import declared

BY_TWO = real(-1, 1, shape=(2, 2))
TALL = real(-1, 1, shape=(3, 2))
# Samples are uniform over floats: no two of their entries are of one size.
TWO_ALIKE = ({"x": [[0.5, 0.25], [-0.5, 0.375]]},)


def case(definition, program, *, orders=(0, 1), points=(), **inputs):
    return Case(
        definition,
        programs={"plain": program},
        inputs=inputs,
        orders=orders,
        points=points,
        slow=True,
    )


def regular(xp, x):
    """Return a matrix with 4 and 2 on its diagonal, far from singular and from equal values."""
    return x + xp.array([[4.0, 0.0], [0.0, 2.0]])


def both(xp, *parts):
    return xp.concat([xp.reshape(part, (-1,)) for part in parts])


# Determinants, inverses, systems
op_det = case(
    lambda x: 2 * sym.det(x),
    lambda xp, x: 2 * xp.linalg.det(x),
    orders=(0, 1, 2),
    x=real(-2, 2, shape=(3, 3)),
)
op_logabsdet = case(
    lambda x: sym.log(sym.abs(sym.det(regular(sym, x)))),
    lambda xp, x: xp.linalg.slogdet(regular(xp, x))[1],
    orders=(0, 1, 2),
    points=TWO_ALIKE,
    x=BY_TWO,
)
op_logabsdet_slope = case(
    lambda x: sym.matrix_transpose(sym.inv(regular(sym, x))),
    lambda xp, x: xp.grad(lambda t: xp.linalg.slogdet(regular(xp, t))[1])(x),
    points=TWO_ALIKE,
    x=BY_TWO,
)
op_sign_of_det = case(
    lambda x: sym.sign(sym.det(x)) * x[0, 0],
    lambda xp, x: xp.linalg.slogdet(x)[0] * x[0, 0],
    points=[{"x": [[0.5, -0.75], [-1.0, 0.25]]}, {"x": [[0.5, 0.25], [1.0, 0.5]]}],
    x=BY_TWO,
)
op_inv = case(
    lambda x: sym.inv(regular(sym, x)),
    lambda xp, x: xp.linalg.inv(regular(xp, x)),
    points=TWO_ALIKE,
    x=BY_TWO,
)
op_solve = case(
    lambda x, y: sym.solve(regular(sym, x), y),
    lambda xp, x, y: xp.linalg.solve(regular(xp, x), y),
    x=BY_TWO,
    y=real(-2, 2, shape=(2,)),
)
op_solve_sylvester = case(
    lambda x, y: sym.solve(regular(sym, x) + sym.array([[y[0], 0], [0, y[0]]]), y[1:]),
    lambda xp, x, y: xp.linalg.solve_sylvester(
        regular(xp, x), xp.reshape(y[0], (1, 1)), xp.reshape(y[1:], (2, 1))
    )[:, 0],
    x=BY_TWO,
    y=real(-1, 1, shape=(3,)),
)


def root_of_two_by_two(x):
    """Return (A + s I)/√(tr A + 2 s) with s = √(det A), by Cayley and Hamilton."""
    a = regular(sym, x)
    s = sym.sqrt(sym.det(a))
    return (a + sym.array([[s, 0], [0, s]])) / sym.sqrt(a[0, 0] + a[1, 1] + 2 * s)


op_sqrtm = case(
    root_of_two_by_two,
    lambda xp, x: xp.real(xp.linalg.sqrtm(regular(xp, x))),
    points=TWO_ALIKE,
    x=BY_TWO,
)
op_pinv = case(
    lambda x: (
        sym.inv(sym.matrix_transpose(tall(sym, x)) @ tall(sym, x))
        @ sym.matrix_transpose(tall(sym, x))
    ),
    lambda xp, x: xp.linalg.pinv(tall(xp, x)),
    x=TALL,
)


def tall(xp, x):
    return x + xp.array([[4.0, 0.0], [0.0, 3.0], [1.0, 2.0]])


# Factorisations
def cholesky_factor(x):
    a, b, c = 4 + x[0, 0], (x[0, 1] + x[1, 0]) / 2, 2 + x[1, 1]
    return sym.array([[sym.sqrt(a), 0], [b / sym.sqrt(a), sym.sqrt(c - b**2 / a)]])


op_cholesky = case(
    cholesky_factor,
    lambda xp, x: xp.linalg.cholesky(regular(xp, x)),
    points=TWO_ALIKE,
    x=real(-1, 1, shape=(2, 2)),
)


def gram_schmidt(x):
    first, second = tall(sym, x)[:, 0], tall(sym, x)[:, 1]
    r11 = sym.sqrt(sym.dot(first, first))
    r12 = sym.dot(first, second) / r11
    rest = second - first * (r12 / r11)
    r22 = sym.sqrt(sym.dot(rest, rest))
    return sym.concat([first / r11, rest / r22, sym.array([r11, r12, r22])])


def by_qr(xp, x):
    q, r = xp.linalg.qr(tall(xp, x))
    # JAX leaves the sign of a row of R to LAPACK.
    signs = xp.sign(xp.stack([r[0, 0], r[1, 1]]))
    q, r = q * signs, r * signs[:, None]
    return xp.concat([q[:, 0], q[:, 1], xp.stack([r[0, 0], r[0, 1], r[1, 1]])])


op_qr = case(gram_schmidt, by_qr, x=TALL)


def singular(x):
    a = regular(sym, x)
    cofactors = sym.array([[a[1, 1], -a[1, 0]], [-a[0, 1], a[0, 0]]])
    total, d = sym.sum(a**2), a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]
    gap = sym.sqrt(total**2 - 4 * d**2)
    values = [sym.sqrt((total + gap) / 2), sym.sqrt((total - gap) / 2)]
    return both(sym, (a + cofactors) / sym.sqrt(total + 2 * d), sym.array(values))


def by_svd(xp, x):
    u, s, vh = xp.linalg.svd(regular(xp, x))
    return both(xp, u @ vh, s)


op_svd = case(singular, by_svd, points=TWO_ALIKE, x=BY_TWO)


def symmetric_pairs(x):
    a, b, c = 4 + x[0, 0], (x[0, 1] + x[1, 0]) / 2, 2 + x[1, 1]
    root = sym.sqrt(((a - c) / 2) ** 2 + b**2)
    low, high = (a + c) / 2 - root, (a + c) / 2 + root
    return sym.array([low, high, (high - a) / (high - low), -b / (high - low)])


def by_eigh(xp, x):
    values, v = xp.linalg.eigh(regular(xp, x))
    return xp.stack([values[0], values[1], v[0, 0] ** 2, v[0, 0] * v[1, 0]])


op_eigh = case(symmetric_pairs, by_eigh, points=TWO_ALIKE, x=BY_TWO)


def slope_of_projector(x):
    """Return the gradient of (1 - p/√(p² + b²))/2, where p is half the gap of the diagonal."""
    a, b, c = 4 + x[0, 0], 1 + (x[0, 1] + x[1, 0]) / 2, 2 + x[1, 1]
    p = (a - c) / 2
    along, across = (s * b / (4 * sym.sqrt(p**2 + b**2) ** 3) for s in (-b, p))
    return sym.array([[along, across], [across, -along]])


def by_slope_of_eigh(xp, x):
    coupled = xp.array([[0.0, 1.0], [1.0, 0.0]])
    return xp.grad(lambda t: xp.linalg.eigh(regular(xp, t) + coupled)[1][0, 0] ** 2)(x)


op_undetermined = case(
    slope_of_projector, by_slope_of_eigh, points=TWO_ALIKE, x=real(-0.5, 0.5, shape=(2, 2))
)


def general_pairs(x):
    a, b, c, d = 5 + x[0, 0], 2 + x[0, 1], 2 + x[1, 0], 2 + x[1, 1]
    root = sym.sqrt(((a - d) / 2) ** 2 + b * c)
    low, high = (a + d) / 2 - root, (a + d) / 2 + root
    return sym.array([low, high, (low - a) / b, (high - a) / b])


def by_eig(xp, x):
    values, v = xp.linalg.eig(x + xp.array([[5.0, 2.0], [2.0, 2.0]]))
    rising = xp.argsort(xp.real(values))  # LAPACK's order is any
    ratios = v[1, :] / v[0, :]
    return xp.concat([xp.take(xp.real(values), rising), xp.take(xp.real(ratios), rising)])


op_eig = case(general_pairs, by_eig, x=real(-0.5, 0.5, shape=(2, 2)))


# Functions of matrices and vectors
def exponential(x):
    a = x + sym.array([[0, 1], [1, 0]])
    mean = (a[0, 0] + a[1, 1]) / 2
    rest = a - mean * sym.eye(2)
    root = sym.sqrt(((a[0, 0] - a[1, 1]) / 2) ** 2 + a[0, 1] * a[1, 0])
    return sym.exp(mean) * (sym.cosh(root) * sym.eye(2) + sym.sinh(root) / root * rest)


op_expm = case(
    exponential,
    lambda xp, x: xp.linalg.expm(x + xp.array([[0.0, 1.0], [1.0, 0.0]])),
    points=TWO_ALIKE,
    x=real(-0.5, 0.5, shape=(2, 2)),
)
op_norm2 = case(
    lambda x: sym.sqrt(sym.sum(x**2)),
    lambda xp, x: xp.linalg.vector_norm(x),
    orders=(0, 1, 2),
    x=real(-2, 2, shape=(3,)),
)

globals().update(declared(globals()))
