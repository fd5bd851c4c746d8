"""The objectives of ADBench as one number each, against an array namespace.

Srajer, Kukelova, Fitzgibbon, "A benchmark of selected algorithmic differentiation tools" (2018).
The benchmark takes Jacobians of residuals; here it is the gradient of half their sum of squares,
which is what a fit of them follows. Data are random, of the published shapes.
"""

import numpy as np

from cases.adbench.bundle_adjustment import residuals, textbook_rotation

RNG = np.random.default_rng(1)


# Bundle adjustment: cameras of 11 numbers, points, and a weight for each observation of one by one.
def bundle_adjustment(seen_by, seen):
    def f(xp, cameras, points, weights, features):
        r = residuals(xp, textbook_rotation, cameras, points, weights, features, seen_by, seen)
        return 0.5 * xp.sum(r * r)

    return f


def bundle_arguments(cameras=49, points=7776, observations=31843):
    seen_by = RNG.integers(0, cameras, observations)
    seen = RNG.integers(0, points, observations)
    camera = 0.1 * RNG.normal(size=(cameras, 11))
    camera[:, 5] -= 5.0
    camera[:, 6] += 1.0
    arrays = [camera, RNG.normal(size=(points, 3)), RNG.uniform(0.5, 1.5, observations)]
    return bundle_adjustment(seen_by, seen), [*arrays, RNG.normal(size=(observations, 2))]


# Hand tracking: 26 angles and translations move 22 bones in a tree, and these a skin of vertices.
BONES, FINGERS = 22, 5
PARENTS = (-1, 0, *(parent for f in range(FINGERS) for parent in (0, *range(4 * f + 2, 4 * f + 5))))


def rotation(xp, angles):
    """Return Rz Ry Rx, one 4 x 4 transform for each row (x, z, y) of angles."""
    x, z, y = angles[:, 0], angles[:, 1], angles[:, 2]
    cx, cy, cz, sx, sy, sz = xp.cos(x), xp.cos(y), xp.cos(z), xp.sin(x), xp.sin(y), xp.sin(z)
    zero = 0 * x
    rows = [
        [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx, zero],
        [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx, zero],
        [-sy, cy * sx, cy * cx, zero],
        [zero, zero, zero, zero + 1],
    ]
    return xp.stack([xp.stack(row, 1) for row in rows], 1)


def spread_angles():
    """Return the matrix that puts the 20 angles of the fingers where the bones turn by them."""
    place = np.zeros((BONES * 3, 20))
    for finger in range(FINGERS):
        for k, (joint, axis) in enumerate(((0, 0), (0, 1), (1, 0), (2, 0))):
            place[3 * (2 + 4 * finger + joint) + axis, 4 * finger + k] = 1
    return place


def hand(base, inverse, skin, vertices, chosen, place):
    def f(xp, theta, targets):
        angles = (place @ theta[6:]).reshape(BONES, 3)
        relative = base @ rotation(xp, angles)
        absolute = []
        for bone, parent in enumerate(PARENTS):
            own = relative[bone]
            absolute.append(own if parent < 0 else absolute[parent] @ own)
        moved = xp.stack(absolute, 0) @ inverse @ vertices
        positions = xp.sum(moved[:, 0:3] * skin[:, None, :], 0)
        turned = textbook_rotation(xp, theta[None, 0:3] + 0 * positions.T, positions.T) + theta[3:6]
        error = targets - turned[chosen]
        return 0.5 * xp.sum(error * error)

    return f


def hand_arguments(vertices=544, correspondences=100):
    base = np.tile(np.eye(4), (BONES, 1, 1))
    base[:, :3, 3] = 0.1 * RNG.normal(size=(BONES, 3))
    absolute = []
    for bone, parent in enumerate(PARENTS):
        absolute.append(base[bone] if parent < 0 else absolute[parent] @ base[bone])
    skin = RNG.uniform(size=(BONES, vertices)) ** 8
    corners = np.ones((4, vertices))
    corners[:3] = RNG.normal(size=(3, vertices))
    chosen = RNG.integers(0, vertices, correspondences)
    constants = base, np.linalg.inv(np.stack(absolute)), skin / skin.sum(0), corners
    return (*constants, chosen, spread_angles()), [
        0.2 * RNG.normal(size=26),
        RNG.normal(size=(correspondences, 3)),
    ]


# A recurrent network that predicts the next character of a text, in two layers.
def lstm(xp, main, extra, state, sequence):
    layers = main.shape[0] // 2
    hidden = [state[2 * k] for k in range(layers)]
    cell = [state[2 * k + 1] for k in range(layers)]
    total = 0.0
    for t in range(sequence.shape[0] - 1):
        x = sequence[t] * extra[0]
        for k in range(layers):
            w, b = main[2 * k], main[2 * k + 1]
            forget = 1 / (1 + xp.exp(-(x * w[0] + b[0])))
            enter = 1 / (1 + xp.exp(-(hidden[k] * w[1] + b[1])))
            leave = 1 / (1 + xp.exp(-(x * w[2] + b[2])))
            change = xp.tanh(hidden[k] * w[3] + b[3])
            cell[k] = cell[k] * forget + enter * change
            x = hidden[k] = leave * xp.tanh(cell[k])
        y = x * extra[1] + extra[2]
        total = total + xp.sum(sequence[t + 1] * (y - xp.log(xp.sum(xp.exp(y)) + 2)))
    return -total / (sequence.shape[0] - 1)


def lstm_arguments(layers=2, characters=16, width=14):
    main = 0.3 * RNG.normal(size=(2 * layers, 4, width))
    state = 0.3 * RNG.normal(size=(2 * layers, width))
    text = np.eye(width)[RNG.integers(0, width, characters)]
    return [main, 0.3 * RNG.normal(size=(3, width)), state, text]
