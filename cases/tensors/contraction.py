"""Contractions by einsum and tensordot: sums over named axes of several tensors.

`einsum_trilinear` is Σ_ij u_i M_kij v_j, linear in each of its three operands, so each gradient is
again an einsum with the letters moved about. `tensordot` contracts two axes at once, in crossed
order. Letters paired in the wrong order are wrong here; sizes 2, 3, 2 leave one such slip that fits
by shape.
"""

from diffcheck import Case, real, sym


def trilinear(u, M, v):
    return sym.einsum("i,kij,j->k", u, M, v)


def trilinear_program(xp, u, M, v):
    return xp.einsum("i,kij,j->k", u, M, v)


einsum_trilinear = Case(
    trilinear,
    programs={"plain": trilinear_program},
    inputs={
        "u": real(-2, 2, shape=(2,)),
        "M": real(-2, 2, shape=(2, 2, 3)),
        "v": real(-2, 2, shape=(3,)),
    },
    slow=True,
)


def crossed(A, B):
    return sym.einsum("aij,jib->ab", A, B)


def crossed_program(xp, A, B):
    return xp.tensordot(A, B, axes=((1, 2), (1, 0)))


tensordot = Case(
    crossed,
    programs={"plain": crossed_program},
    inputs={"A": real(-2, 2, shape=(2, 2, 3)), "B": real(-2, 2, shape=(3, 2, 2))},
    slow=True,
)
