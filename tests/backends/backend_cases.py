"""Small cases with hand-computed derivatives, and points to run them at."""

import numpy as np

from diffcheck.case import Case, Point, Quantity, real
from diffcheck.case.quantities import directions
from diffcheck.floats import FORMATS

F32, F64 = FORMATS["float32"], FORMATS["float64"]


def case_of(program, inputs, wrt=None, name="sample", **backend_programs):
    """A case without a definition: backends never look at one."""
    return Case(
        lambda **_inputs: None,
        programs={"plain": program},
        inputs=inputs,
        wrt=tuple(wrt or inputs),
        name=name,
        backend_programs=backend_programs,
    )


def point(**values):
    arrays = {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}
    return Point(values=arrays, format="float64", kind="explicit")


def run_by(backend, program, x=0.5, *, fmt=F32, kind="gradient", own=False, **others):
    """Run a program of one scalar on a backend; `own` makes it one written for it alone."""
    programs = {backend.name: {"plain": program}} if own else {}
    inputs = {"x": real(), **{name: real() for name in others}}
    case = case_of(program, inputs, wrt=("x",), **programs)
    at = [point(x=x, **others)]
    found = backend.evaluate(
        case, "plain", Quantity(kind, 1, 1), at, fmt=fmt, mode="eager", device="cpu:0"
    )
    return found.values[0]


def cubic(xp, x, y):
    """f = x² y³: every derivative is a small integer at small integers, exact in float32."""
    return x * x * y * y * y


CUBIC = case_of(cubic, {"x": real(), "y": real()}, name="cubic")


def cubic_expected(kind, x, y):
    v, w = directions("cubic", 1, 2)
    gradient = np.array([2 * x * y**3, 3 * x**2 * y**2])
    hessian = np.array([[2 * y**3, 6 * x * y**2], [6 * x * y**2, 6 * x**2 * y]])
    d_xxx, d_xxy, d_xyy, d_yyy = 0.0, 6 * y**2, 12 * x * y, 6 * x**2
    third = [[[d_xxx, d_xxy], [d_xxy, d_xyy]], [[d_xxy, d_xyy], [d_xyy, d_yyy]]]
    return {
        "value": np.array([x**2 * y**3]),
        "gradient": gradient,
        "jacobian": gradient[None],
        "jvp": np.array([gradient @ v]),
        "vjp": gradient * w[0],
        "hessian": hessian[None],
        "hvp": w[0] * hessian @ v,
        "third": np.array([third]),
    }[kind]


def rows(xp, A, s):
    """f_i = s² Σ_j A_ij²: an array output, a matrix and a scalar input."""
    return s * s * xp.sum(A * A, axis=1)


ROWS = case_of(rows, {"A": real(shape=(2, 2)), "s": real()}, name="rows")


def rows_expected(kind, A, s):
    v, w = directions("rows", 2, 5)
    squares = (A * A).sum(axis=1)
    jacobian, hessian = np.zeros((2, 5)), np.zeros((2, 5, 5))
    for i in range(2):
        own = slice(2 * i, 2 * i + 2)
        jacobian[i, own], jacobian[i, 4] = 2 * s * s * A[i], 2 * s * squares[i]
        hessian[i, own, own] = 2 * s * s * np.eye(2)
        hessian[i, own, 4] = hessian[i, 4, own] = 4 * s * A[i]
        hessian[i, 4, 4] = 2 * squares[i]
    third = np.zeros((2, 5, 5, 5))
    for i in range(2):
        for j in (2 * i, 2 * i + 1):
            third[i, 4, j, j] = third[i, j, 4, j] = third[i, j, j, 4] = 4 * s
            third[i, j, 4, 4] = third[i, 4, j, 4] = third[i, 4, 4, j] = 4 * A[i, j - 2 * i]
    return {
        "value": s * s * squares,
        "jacobian": jacobian,
        "jvp": jacobian @ v,
        "vjp": jacobian.T @ w,
        "hessian": hessian,
        "hvp": np.einsum("i,ijk,k", w, hessian, v),
        "third": third,
    }[kind]


CUBIC_KINDS = ("value", "gradient", "jacobian", "jvp", "vjp", "hessian", "hvp", "third")
ROWS_KINDS = ("value", "jacobian", "jvp", "vjp", "hessian", "hvp", "third")
CUBIC_POINTS = ((3.0, -2.0), (0.5, 4.0))
ROWS_POINT = (np.array([[1.0, -2.0], [3.0, 0.5]]), 2.0)


def evaluate_cubic(backend, kind, fmt, mode):
    points = [point(x=x, y=y) for x, y in CUBIC_POINTS]
    return backend.evaluate(
        CUBIC, "plain", Quantity(kind, 1, 2), points, fmt=fmt, mode=mode, device="cpu:0"
    )


def evaluate_rows(backend, kind, fmt, mode):
    A, s = ROWS_POINT
    return backend.evaluate(
        ROWS, "plain", Quantity(kind, 2, 5), [point(A=A, s=s)], fmt=fmt, mode=mode, device="cpu:0"
    )
