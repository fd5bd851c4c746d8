"""ADBench's bundle adjustment: where cameras see points, less where the points were found.

X_c = R(r) (X - C),   p = f (1 + k1 |x|² + k2 |x|⁴) x + x0  for x = (X_c)_{1,2}/(X_c)_3
residuals: w (p - feature) and 1 - w²

A camera is eleven numbers: rotation r by Rodrigues's formula, centre C, focal length f, principal
point x0 and radial distortion k (Šrajer, Kukelová and Fitzgibbon 2018). R is smooth in r, but the
textbook's r/|r| is 0/0 for a camera that is not turned, and next to it its derivative is a
difference of two that are as large as it is small. `stable` has sin(θ)/θ and (1 - cos θ)/θ² as
sinc(θ/π) and sinc(θ/2π)²/2, and where θ² is 0 their values there.
"""

from diffcheck import Case, Defect, real, sym

CAMERA_OF, POINT_OF = (0, 0, 1, 1), (0, 1, 1, 2)
CAMERAS, POINTS, SEEN = 2, 3, len(CAMERA_OF)


def definition(cameras, points, weights, features):
    residuals = []
    for i, (c, p) in enumerate(zip(CAMERA_OF, POINT_OF, strict=True)):
        r, centre, (f, *x0), (k1, k2) = (
            cameras[c, :3],
            cameras[c, 3:6],
            cameras[c, 6:9],
            cameras[c, 9:],
        )
        moved = turned(r, points[p] - centre)
        x = sym.let(moved[:2] / moved[2])
        square = sym.let(sym.sum(x**2))
        seen = f * (1 + k1 * square + k2 * square**2) * x + sym.array(x0)
        residuals.append(weights[i] * (seen - features[i]))
    return sym.concat([*residuals, 1 - weights**2])


def turned(r, x):
    """Rotate by Rodrigues's formula: cos θ x + (sin θ/θ) r × x + ((1 - cos θ)/θ²) (r · x) r."""
    square = sym.let(sym.sum(r**2))
    theta = sym.let(sym.sqrt(square))
    still = sym.equal(square, 0)
    sine = sym.let(sym.where(still, 1, sym.sin(theta) / theta))
    cosine = sym.let(sym.where(still, sym.Rational(1, 2), (1 - sym.cos(theta)) / square))
    product = sym.array([r[1] * x[2] - r[2] * x[1], r[2] * x[0] - r[0] * x[2],
                         r[0] * x[1] - r[1] * x[0]])  # fmt: skip
    along = cosine * sym.sum(r * x)
    return sym.let((1 - cosine * square) * x + sine * product + along * r)


def cross(xp, a, b):
    a0, a1, a2 = a[:, 0], a[:, 1], a[:, 2]
    b0, b1, b2 = b[:, 0], b[:, 1], b[:, 2]
    return xp.stack([a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0], axis=1)


def textbook_rotation(xp, r, x):
    theta = xp.sqrt(xp.sum(r * r, axis=1, keepdims=True))
    axis = r / theta
    along = xp.sum(axis * x, axis=1, keepdims=True)
    turned = xp.cos(theta) * x + xp.sin(theta) * cross(xp, axis, x)
    return turned + (1 - xp.cos(theta)) * along * axis


def stable_rotation(xp, r, x):
    square = xp.sum(r * r, axis=1, keepdims=True)
    still = square == 0
    theta = xp.sqrt(xp.where(still, 1, square))
    sine = xp.where(still, 1, xp.sinc(theta / xp.pi))
    cosine = xp.where(still, 0.5, 0.5 * xp.sinc(theta / (2 * xp.pi)) ** 2)
    along = cosine * xp.sum(r * x, axis=1, keepdims=True)
    return (1 - cosine * square) * x + sine * cross(xp, r, x) + along * r


def residuals(xp, rotate, cameras, points, weights, features, camera_of, point_of):
    """Return all residuals of any number of cameras and points, seen as the indices say."""
    camera = cameras[camera_of]
    moved = rotate(xp, camera[:, :3], points[point_of] - camera[:, 3:6])
    x = moved[:, :2] / moved[:, 2:]
    square = xp.sum(x * x, axis=1, keepdims=True)
    distortion = 1 + camera[:, 9:10] * square + camera[:, 10:] * square * square
    seen = camera[:, 6:7] * distortion * x + camera[:, 7:9]
    errors = weights[:, None] * (seen - features)
    return xp.concat([xp.reshape(errors, (-1,)), 1 - weights * weights])


def textbook(xp, cameras, points, weights, features):
    indices = xp.asarray(CAMERA_OF), xp.asarray(POINT_OF)
    return residuals(xp, textbook_rotation, cameras, points, weights, features, *indices)


def stable(xp, cameras, points, weights, features):
    indices = xp.asarray(CAMERA_OF), xp.asarray(POINT_OF)
    return residuals(xp, stable_rotation, cameras, points, weights, features, *indices)


adbench_bundle_adjustment = Case(
    definition,
    programs={"textbook": textbook, "stable": stable},
    inputs={
        "cameras": real(-1, 1, shape=(CAMERAS, 11)),
        "points": real(2, 4, shape=(POINTS, 3)),
        "weights": real(0.25, 1, shape=(SEEN,)),
        "features": real(-1, 1, shape=(SEEN, 2)),
    },
    wrt=("cameras", "points", "weights"),
    points=[
        {
            "cameras": [
                [0.25, -0.125, 0.5, 0.0, 0.25, -0.5, 1.0, 0.125, -0.25, 0.0625, -0.03125],
                [0.0, 0.0, 0.0, 0.5, -0.5, 0.0, 0.75, 0.0, 0.0, -0.125, 0.0625],
            ],
            "points": [[2.0, 2.5, 4.0], [2.25, 3.0, 3.5], [3.0, 2.0, 4.0]],
            "weights": [1.0, 0.5, 0.25, 0.75],
            "features": [[0.25, 0.5], [0.5, 0.25], [-0.25, 0.75], [0.0, 0.0]],
        },
    ],
    known_defects=[
        Defect(
            reason="r/|r| at r = 0: 0/0",
            verdicts=("wrong", "range", "mismatch"),
            program="textbook",
        ),
        Defect(
            reason="next to r = 0 the derivative in r is a difference of two of size 1",
            verdicts=("lost",),
            program="textbook",
            quantity="vjp",
        ),
    ],
    slow=True,
)
