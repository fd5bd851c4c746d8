"""GPT-2 124M on 64 tokens, value and gradient: `python -m tests.benchmarks.large CONTENDER`.

A process of its own for each contender, so that the peak memory is that of one. The contender
"function" computes the value alone. Prints JSON.
"""

import json
import os
import resource
import sys
import time
from types import SimpleNamespace

import numpy as np

from diffcheck.models import gpt2
from tests.benchmarks.timing import one_core

TOKENS = 64
CALLS = 3


def engine_gradient(p, rest, *, compiled):
    from diffcheck import engine

    f = engine.value_and_grad(lambda p: gpt2.loss(engine, p, *rest))
    f = engine.compile(f) if compiled else f
    return lambda: f(p)


def engine_loss(p, rest):
    from diffcheck import engine

    return lambda: (gpt2.loss(engine, p, *rest),)


def autograd_gradient(p, rest):
    import autograd
    import autograd.numpy as anp

    from tests.benchmarks.contenders import autograd_layers

    layers = autograd_layers()
    xp = SimpleNamespace(
        mean=anp.mean,
        sqrt=anp.sqrt,
        where=anp.where,
        permute_dims=anp.transpose,
        reshape=anp.reshape,
        matrix_transpose=lambda x: anp.swapaxes(x, -1, -2),
        arange=np.arange,
        take=lambda x, i, axis: x[i],
        softmax=layers.softmax,
        logsumexp=layers.logsumexp,
        gelu=lambda x, approximate: layers.gelu(x),
    )
    f = autograd.value_and_grad(lambda p: gpt2.loss(xp, p, *rest))
    return lambda: f(p)


def jax_gradient(p, rest):
    import jax
    import jax.numpy as jnp

    names = ("mean", "sqrt", "where", "permute_dims", "reshape", "matrix_transpose", "arange")
    names = {name: getattr(jnp, name) for name in (*names, "take")}
    layers = {"softmax": jax.nn.softmax, "gelu": jax.nn.gelu, "logsumexp": jax.nn.logsumexp}
    xp = SimpleNamespace(**names, **layers)
    f = jax.jit(jax.value_and_grad(lambda p: gpt2.loss(xp, p, *rest)))
    p = {name: jnp.asarray(x) for name, x in p.items()}
    return lambda: jax.block_until_ready(f(p))


def torch_gradient(p, rest):
    import torch

    def where(condition, a, b):
        return torch.where(torch.as_tensor(condition), a, b)

    xp = SimpleNamespace(
        mean=lambda x, axis=None, keepdims=False: (
            x.mean() if axis is None else x.mean(axis, keepdim=keepdims)
        ),
        sqrt=torch.sqrt,
        where=where,
        permute_dims=torch.permute,
        reshape=torch.reshape,
        matrix_transpose=lambda x: x.mT,
        arange=torch.arange,
        take=lambda x, i, axis: x[i],
        softmax=torch.softmax,
        logsumexp=torch.logsumexp,
        gelu=lambda x, approximate: torch.nn.functional.gelu(x, approximate="tanh"),
    )
    p = {name: torch.from_numpy(x).requires_grad_() for name, x in p.items()}
    tokens, targets, *others = rest
    rest = torch.as_tensor(tokens), torch.as_tensor(targets), *others

    def call():
        y = gpt2.loss(xp, p, *rest)
        return y, torch.autograd.grad(y, list(p.values()))

    return call


CONTENDERS = {
    "engine": lambda p, rest: engine_gradient(p, rest, compiled=False),
    "compiled": lambda p, rest: engine_gradient(p, rest, compiled=True),
    "autograd": autograd_gradient,
    "torch": torch_gradient,
    "jax.jit": jax_gradient,
    "function": engine_loss,
}


def measure(name):
    """Return seconds of CPU a call and for the first call, and the peak memory in bytes.

    `system` is the part of the first call that the system took, for memory touched the first time.
    """
    c = gpt2.GPT2_124M
    p = gpt2.weights(c, seed=0)
    rest = *gpt2.text(c, TOKENS, seed=1), gpt2.masks(c, TOKENS, seed=2), c
    call = CONTENDERS[name](p, rest)
    times, of_system = [], []
    for _ in range(1 + CALLS):
        start, before = time.process_time(), os.times().system
        found = call()
        times.append(time.process_time() - start)
        of_system.append(os.times().system - before)
        value = found[0].item()
        del found
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = {"seconds": min(times[1:]), "first": times[0], "second": times[1]}
    return {**found, "system": of_system[0], "peak": peak, "value": value}


if __name__ == "__main__":
    one_core()
    sys.stdout.write(json.dumps(measure(sys.argv[1])) + "\n")
