"""Who computes: the engine, eager and compiled, and its peers where they are installed."""

import importlib.util
import math
from types import SimpleNamespace

import numpy as np

from diffcheck import engine


def installed(name):
    return importlib.util.find_spec(name) is not None


def engine_layers():
    eye = {}

    def diagonal(q):
        n = q.shape[-1]
        eye.setdefault(n, np.eye(n))
        return q[..., None] * eye[n]

    return SimpleNamespace(
        norm=engine.layer_norm,
        permute=lambda x: engine.permute_dims(x, (1, 0, 2)),
        attention=engine.attention,
        gelu=lambda x: engine.gelu(x, approximate=True),
        einsum=engine.einsum,
        logsumexp=lambda x, axis: engine.logsumexp(x, axis=axis),
        softmax=lambda x, axis: engine.softmax(x, axis=axis),
        diagonal=diagonal,
        constant=lambda a: a,
    )


def eager(program, wrt):
    return engine.value_and_grad(lambda *args: program(engine, *args), argnums=wrt)


def compiled(program, wrt):
    return engine.compile(eager(program, wrt))


def jax_in_double():
    """Return jax and its namespace, with float64: before any constant is made."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    return jax, jnp


def jax_layers():
    jax, jnp = jax_in_double()

    def norm(x, g, b):
        c = x - x.mean(-1, keepdims=True)
        return c * jax.lax.rsqrt((c * c).mean(-1, keepdims=True) + 1e-5) * g + b

    def attention(q, k, v):
        s = q @ k.transpose(0, 2, 1) * (q.shape[-1] ** -0.5)
        s = jnp.where(np.triu(np.ones(s.shape[-2:], bool), 1), -jnp.inf, s)
        return jax.nn.softmax(s, -1) @ v

    return SimpleNamespace(
        norm=norm,
        permute=lambda x: x.transpose(1, 0, 2),
        attention=attention,
        gelu=lambda x: jax.nn.gelu(x, approximate=True),
        einsum=jnp.einsum,
        logsumexp=lambda x, axis: jax.nn.logsumexp(x, axis=axis),
        softmax=lambda x, axis: jax.nn.softmax(x, axis=axis),
        diagonal=lambda q: q[..., None] * jnp.eye(q.shape[-1]),
        constant=jnp.asarray,
    )


def jax_jit(program, wrt):
    jax, jnp = jax_in_double()
    f = jax.jit(jax.value_and_grad(lambda *args: program(jnp, *args), argnums=wrt))

    def call(*args):
        return jax.block_until_ready(f(*args))

    call.prepare = lambda args: [jnp.asarray(a) for a in args]
    return call


def torch_layers():
    import torch
    from torch.nn import functional as F  # noqa: N812 - torch's own name for it

    def attention(q, k, v):
        s = q @ k.transpose(1, 2) * (q.shape[-1] ** -0.5)
        mask = torch.triu(torch.ones(s.shape[-2:], dtype=torch.bool), 1)
        return torch.softmax(s.masked_fill(mask, -torch.inf), -1) @ v

    return SimpleNamespace(
        norm=lambda x, g, b: F.layer_norm(x, (x.shape[-1],), g, b),
        permute=lambda x: x.transpose(0, 1),
        attention=attention,
        gelu=lambda x: F.gelu(x, approximate="tanh"),
        einsum=torch.einsum,
        logsumexp=torch.logsumexp,
        softmax=torch.softmax,
        diagonal=torch.diag_embed,
        constant=torch.as_tensor,
    )


def torch_eager(program, wrt):
    import torch

    wrt = (wrt,) if isinstance(wrt, int) else wrt

    def call(*args):
        y = program(torch, *args)
        return y, torch.autograd.grad(y, [args[k] for k in wrt])

    def prepare(args):
        return [torch.tensor(a, requires_grad=k in wrt) for k, a in enumerate(args)]

    call.prepare = prepare
    return call


def autograd_namespace():
    import autograd.numpy as anp

    return SimpleNamespace(**{**vars(anp), "concat": anp.concatenate})  # which it does not wrap


def autograd_layers():
    import autograd.numpy as anp
    from autograd.scipy.special import logsumexp

    def norm(x, g, b):
        c = x - anp.mean(x, -1, keepdims=True)
        return c / anp.sqrt(anp.mean(c * c, -1, keepdims=True) + 1e-5) * g + b

    def softmax(x, axis):
        e = anp.exp(x - anp.max(x, axis, keepdims=True))
        return e / anp.sum(e, axis, keepdims=True)

    def attention(q, k, v):
        s = q @ anp.transpose(k, (0, 2, 1)) * (q.shape[-1] ** -0.5)
        s = anp.where(np.triu(np.ones(s.shape[-2:], bool), 1), -np.inf, s)
        return softmax(s, -1) @ v

    def gelu(x):
        return 0.5 * x * (1 + anp.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))

    return SimpleNamespace(
        norm=norm,
        permute=lambda x: anp.transpose(x, (1, 0, 2)),
        attention=attention,
        gelu=gelu,
        einsum=anp.einsum,
        logsumexp=logsumexp,
        softmax=softmax,
        diagonal=lambda q: q[..., None] * np.eye(q.shape[-1]),
        constant=lambda a: a,
    )


def autograd_eager(program, wrt):
    import autograd

    xp = autograd_namespace()
    return autograd.value_and_grad(lambda *args: program(xp, *args), argnum=wrt)
