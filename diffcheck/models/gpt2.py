"""GPT-2 as one program against an array namespace, at any size.

Radford, Wu, Child, Luan, Amodei, Sutskever (2019), "Language Models are Unsupervised Multitask
Learners": pre-layer-norm blocks, causal attention of several heads, a hidden layer four times as
wide with the tanh form of GELU, the token embedding tied to the output. As in Raschka's "Build a
Large Language Model (From Scratch)", queries, keys and values have no bias. Dropout takes its masks
as data, so that the loss is a function.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

EPSILON: Final = 2.0**-17  # 7.6e-6 for the published 1e-5: a number that every format has exactly
SPREAD: Final = 0.02  # the standard deviation of the weights at the start

Arrays = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The sizes of a model, and the share of numbers that dropout sets to 0."""

    vocabulary: int
    context: int
    width: int
    heads: int
    layers: int
    dropout: float = 0.1


GPT2_124M: Final = Configuration(vocabulary=50257, context=1024, width=768, heads=12, layers=12)


class Masks(NamedTuple):
    """What dropout keeps: Boolean arrays, stacked over the layers but for the embedding's."""

    embedding: Any  # (positions, width)
    attention: Any  # (layers, heads, positions, positions)
    mixed: Any  # (layers, positions, width)
    hidden: Any  # (layers, positions, width)


def shapes(c: Configuration) -> dict[str, tuple[int, ...]]:
    """Return the shape of each parameter by name; those of layer k end in `_k`.

    >>> from math import prod
    >>> sum(prod(shape) for shape in shapes(GPT2_124M).values())
    124412160
    """
    d = c.width
    block = {
        "gain1": (d,),
        "shift1": (d,),
        "W_qkv": (d, 3 * d),
        "W_out": (d, d),
        "b_out": (d,),
        "gain2": (d,),
        "shift2": (d,),
        "W_up": (d, 4 * d),
        "b_up": (4 * d,),
        "W_down": (4 * d, d),
        "b_down": (d,),
    }
    blocks = {f"{name}_{k}": shape for k in range(c.layers) for name, shape in block.items()}
    ends = {"tokens": (c.vocabulary, d), "positions": (c.context, d)}
    return ends | blocks | {"gain": (d,), "shift": (d,)}


def weights(c: Configuration, seed: int) -> dict[str, NDArray[np.float32]]:
    """Return float32 parameters from a seed: normal, the gains around 1, as GPT-2 starts.

    What adds to the residual stream starts smaller by the root of twice the layers. Biases are
    drawn too, where GPT-2 starts at 0, so that no gradient is special.

    >>> c = Configuration(vocabulary=7, context=4, width=4, heads=2, layers=2)
    >>> weights(c, seed=0)["W_qkv_1"].shape
    (4, 12)
    """
    rng = np.random.default_rng(seed)
    found = {}
    for name, shape in shapes(c).items():
        scale = SPREAD / sqrt(2 * c.layers) if name.startswith(("W_out", "W_down")) else SPREAD
        x = rng.standard_normal(shape, dtype=np.float32)
        x *= np.float32(scale)
        if name.startswith("gain"):
            x += np.float32(1)
        found[name] = x
    return found


def masks(c: Configuration, positions: int, seed: int) -> Masks:
    """Return dropout masks for a sequence, from a seed.

    >>> c = Configuration(vocabulary=7, context=4, width=4, heads=2, layers=2)
    >>> masks(c, 3, seed=0).attention.shape
    (2, 2, 3, 3)
    """
    rng = np.random.default_rng(seed)
    each = positions, c.width
    sizes = each, (c.layers, c.heads, positions, positions), (c.layers, *each), (c.layers, *each)
    return Masks(*(rng.random(size) >= c.dropout for size in sizes))


def text(c: Configuration, positions: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return random tokens of a sequence, and the tokens that follow each.

    >>> c = Configuration(vocabulary=7, context=4, width=4, heads=2, layers=2)
    >>> [a.shape for a in text(c, 3, seed=0)]
    [(3,), (3,)]
    """
    tokens = np.random.default_rng(seed).integers(0, c.vocabulary, positions + 1)
    return tokens[:-1], tokens[1:]


def norm(xp: Any, x: Any, gain: Any, shift: Any) -> Any:
    """Return layer norm: rows of mean 0 and variance 1, scaled and shifted."""
    centred = x - xp.mean(x, axis=-1, keepdims=True)
    variance = xp.mean(centred * centred, axis=-1, keepdims=True)
    return centred / xp.sqrt(variance + EPSILON) * gain + shift


def drop(xp: Any, x: Any, kept: Any, share: float) -> Any:
    """Return x where it is kept, scaled so that the mean stays, and 0 elsewhere."""
    return xp.where(kept, x / (1 - share), 0) if share else x


def attention(xp: Any, x: Any, W_qkv: Any, kept: Any, c: Configuration) -> Any:
    """Return causal attention of all heads: position t looks at positions up to t."""
    count, width = x.shape
    size = width // c.heads
    parts = xp.permute_dims(xp.reshape(x @ W_qkv, (count, 3, c.heads, size)), (1, 2, 0, 3))
    q, k, v = parts[0], parts[1], parts[2]
    scores = q @ xp.matrix_transpose(k) / sqrt(size)
    position = xp.arange(count)
    scores = xp.where(position[:, None] >= position, scores, -float("inf"))
    mixed = drop(xp, xp.softmax(scores, axis=-1), kept, c.dropout) @ v
    return xp.reshape(xp.permute_dims(mixed, (1, 0, 2)), (count, width))


def block(xp: Any, x: Any, p: Arrays, k: int, kept: Masks, c: Configuration) -> Any:
    """Return the residual stream after block k."""
    normed = norm(xp, x, p[f"gain1_{k}"], p[f"shift1_{k}"])
    mixed = attention(xp, normed, p[f"W_qkv_{k}"], kept.attention[k], c)
    mixed = mixed @ p[f"W_out_{k}"] + p[f"b_out_{k}"]
    x = x + drop(xp, mixed, kept.mixed[k], c.dropout)
    normed = norm(xp, x, p[f"gain2_{k}"], p[f"shift2_{k}"])
    hidden = xp.gelu(normed @ p[f"W_up_{k}"] + p[f"b_up_{k}"], approximate=True)
    hidden = hidden @ p[f"W_down_{k}"] + p[f"b_down_{k}"]
    return x + drop(xp, hidden, kept.hidden[k], c.dropout)


def logits(xp: Any, p: Arrays, tokens: Any, kept: Masks, c: Configuration) -> Any:
    """Return, for each position, the logit of each token to come next."""
    x = xp.take(p["tokens"], tokens, axis=0) + p["positions"][: len(tokens)]
    x = drop(xp, x, kept.embedding, c.dropout)
    for k in range(c.layers):
        x = block(xp, x, p, k, kept, c)
    return norm(xp, x, p["gain"], p["shift"]) @ p["tokens"].T


def loss(xp: Any, p: Arrays, tokens: Any, targets: Any, kept: Masks, c: Configuration) -> Any:
    """Return the mean cross-entropy of the tokens that follow, a scalar.

    `p` has the arrays of `shapes(c)`; `tokens` and `targets` are integers of shape (positions,).

    >>> c = Configuration(vocabulary=7, context=4, width=4, heads=2, layers=2)
    >>> from diffcheck import engine
    >>> y = loss(engine, weights(c, 0), *text(c, 3, 0), masks(c, 3, 0), c)
    >>> y.dtype, round(float(y), 1)
    (dtype('float32'), 2.0)
    """
    z = logits(xp, p, tokens, kept, c)
    return xp.mean(xp.logsumexp(z, axis=-1) - z[xp.arange(len(targets)), targets])
