"""ADBench's hand tracking: the vertices of a posed hand, less the points that were seen.

A bone's transform is its parent's, moved by its own base and turned by its joint's angles;
v = s R Σ_b w_b (T_b B_b⁻¹ u) + t,   residual = seen - Σ_c λ_c v_c over a triangle's corners

The hand is skinned: a vertex hangs on several bones with weights w (Taylor et al. 2014; Šrajer,
Kukelová and Fitzgibbon 2018). As in the benchmark the palm carries fingers, a finger's first joint
bends and spreads, the others bend; the globals are a rotation by Rodrigues's formula and a
translation; and the "complicated" form moves each correspondence within its triangle. Here there
are two fingers of two bones, and five vertices. An angle turns all that hangs on its joint and
nothing else: most of the Jacobian is exactly 0.
"""

import numpy as np

from diffcheck import Case, real, sym

# A bone: its parent, where it sits on it, and which angles turn it (bend about x, spread about z).
BONES = (
    (None, (0.0, 0.0, 0.0), ()),
    (0, (-0.25, 1.0, 0.0), ("bend", "spread")),
    (1, (0.0, 0.5, 0.0), ("bend",)),
    (0, (0.25, 1.0, 0.125), ("bend", "spread")),
    (3, (0.0, 0.5, 0.0), ("bend",)),
)
ANGLES = sum(len(angles) for _, _, angles in BONES)
VERTICES = np.array(
    [
        (-0.5, 0.0, 0.25),
        (0.5, 0.25, 0.0),
        (-0.25, 1.25, 0.125),
        (-0.25, 1.75, 0.0),
        (0.25, 1.75, 0.25),
    ]
)
WEIGHTS = np.array(  # of each bone (columns) in each vertex (rows)
    [
        (1.0, 0.0, 0.0, 0.0, 0.0),
        (0.75, 0.0, 0.0, 0.25, 0.0),
        (0.25, 0.75, 0.0, 0.0, 0.0),
        (0.0, 0.25, 0.75, 0.0, 0.0),
        (0.0, 0.0, 0.0, 0.25, 0.75),
    ]
)
TRIANGLES = np.array([(0, 1, 2), (2, 1, 3), (1, 4, 2)])  # one for each point that was seen
SEEN = np.array([(0.5, 1.0, 0.25), (0.0, 1.25, -0.5), (0.25, 1.5, 0.5)])
SCALE = 1.25


def places():
    """Return where each bone's base is in the hand at rest; its axes are the hand's own."""
    found = []
    for parent, offset, _ in BONES:
        found.append(np.array(offset) + (0 if parent is None else found[parent]))
    return np.array(found)


def definition(rotation, translation, angles, within):
    rest = places()
    angle = iter(angles)
    turned, moved = [], []
    for parent, offset, names in BONES:
        bend, spread = (next(angle) if name in names else 0 for name in ("bend", "spread"))
        cx, sx, cz, sz = sym.cos(bend), sym.sin(bend), sym.cos(spread), sym.sin(spread)
        own = sym.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]]) @ sym.array(
            [[1, 0, 0], [0, cx, -sx], [0, sx, cx]]
        )
        if parent is None:
            turned.append(own)
            moved.append(sym.array(exact(offset)))
        else:
            turned.append(sym.let(turned[parent] @ own))
            moved.append(sym.let(moved[parent] + turned[parent] @ sym.array(exact(offset))))
    whole = sym.let(rotation_matrix(rotation))
    vertices = []
    for vertex, weights in zip(VERTICES, WEIGHTS, strict=True):
        skinned = sum(
            sym.Rational(weights[b]) * (moved[b] + turned[b] @ sym.array(exact(vertex - rest[b])))
            for b in range(len(BONES))
            if weights[b]
        )
        vertices.append(sym.let(sym.Rational(SCALE) * (whole @ skinned) + translation))
    residuals = []
    for seen, corners, (u, v) in zip(SEEN, TRIANGLES, within, strict=True):
        a, b, c = (vertices[i] for i in corners)
        residuals.append(sym.array(exact(seen)) - (u * a + v * b + (1 - u - v) * c))
    return sym.concat(residuals)


def exact(numbers):
    return [sym.Rational(float(x)) for x in numbers]


def rotation_matrix(r):
    """Return the matrix of Rodrigues's formula: 1 + (sin θ/θ) K + ((1 - cos θ)/θ²) K²."""
    square = sym.let(sym.sum(r**2))
    theta = sym.let(sym.sqrt(square))
    still = sym.equal(square, 0)
    sine = sym.let(sym.where(still, 1, sym.sin(theta) / theta))
    cosine = sym.let(sym.where(still, sym.Rational(1, 2), (1 - sym.cos(theta)) / square))
    K = sym.array([[0, -r[2], r[1]], [r[2], 0, -r[0]], [-r[1], r[0], 0]])
    return sym.eye(3) + sine * K + cosine * (K @ K)


def turn(xp, bend, spread):
    """Return the rotation of a joint: bent about x, then spread about z."""
    cx, sx, cz, sz = xp.cos(bend), xp.sin(bend), xp.cos(spread), xp.sin(spread)
    zero = 0 * bend
    rows = [[cz, -sz * cx, sz * sx], [sz, cz * cx, -cz * sx], [zero, sx, cx]]
    return xp.stack([xp.stack(row) for row in rows])


def skinned(xp, angles, bones, vertices, weights):
    """Return the vertices in the hand's own frame, for any tree of bones with parents first."""
    rest, turned, moved, total, next_angle = [], [], [], 0, 0
    for b, (parent, offset, names) in enumerate(bones):
        rest.append(np.array(offset) + (0 if parent is None else rest[parent]))
        base = xp.asarray(np.array(offset))
        if parent is None:
            turned.append(xp.eye(3))
            moved.append(base)
        else:
            bend, spread = angles[next_angle], 0 * angles[next_angle]
            if "spread" in names:
                spread = angles[next_angle + 1]
            next_angle += len(names)
            own = turn(xp, bend, spread)
            turned.append(turned[parent] @ own)
            moved.append(moved[parent] + turned[parent] @ base)
        local = xp.asarray(vertices - rest[b]) @ xp.matrix_transpose(turned[b]) + moved[b]
        total = total + xp.asarray(weights[:, b : b + 1]) * local
    return total


def program(xp, rotation, translation, angles, within):
    hand = skinned(xp, angles, BONES, VERTICES, WEIGHTS)
    square = xp.sum(rotation * rotation)
    still = square == 0
    theta = xp.sqrt(xp.where(still, 1, square))
    sine = xp.where(still, 1, xp.sinc(theta / xp.pi))
    cosine = xp.where(still, 0.5, 0.5 * xp.sinc(theta / (2 * xp.pi)) ** 2)
    r0, r1, r2 = rotation[0], rotation[1], rotation[2]
    zero = 0 * r0
    K = xp.stack([xp.stack(row) for row in ([zero, -r2, r1], [r2, zero, -r0], [-r1, r0, zero])])
    whole = xp.eye(3) + sine * K + cosine * (K @ K)
    vertices = SCALE * (hand @ xp.matrix_transpose(whole)) + translation
    corners = xp.take(vertices, xp.asarray(TRIANGLES), axis=0)
    u, v = within[:, :1], within[:, 1:]
    seen = u * corners[:, 0] + v * corners[:, 1] + (1 - u - v) * corners[:, 2]
    return xp.reshape(xp.asarray(SEEN) - seen, (-1,))


adbench_hand = Case(
    definition,
    programs={"plain": program},
    inputs={
        "rotation": real(-2, 2, shape=(3,)),
        "translation": real(-1, 1, shape=(3,)),
        "angles": real(-1, 1, shape=(ANGLES,)),
        "within": real(0, 0.5, shape=(len(TRIANGLES), 2)),
    },
    points=[
        {
            "rotation": [0.25, 0.5, 0.125],
            "translation": [0.5, -0.25, 0.0],
            "angles": [0.5, 0.125, 0.75, 0.25, -0.125, 1.0],
            "within": [[0.25, 0.5], [0.125, 0.25], [0.5, 0.25]],
        },
        {
            "rotation": [0.0, 0.0, 0.0],
            "translation": [0.5, -0.25, 0.0],
            "angles": [0.5, 0.125, 0.75, 0.25, -0.125, 1.0],
            "within": [[0.25, 0.5], [0.125, 0.25], [0.5, 0.25]],
        },
    ],
    slow=True,
)
