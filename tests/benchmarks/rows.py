"""The rows of the table: what is measured of whom, in one process, interleaved."""

import gc
import json
import math
import subprocess
import sys
import time
import tracemalloc
from functools import partial

import numpy as np

from diffcheck import engine
from tests.benchmarks import adbench, programs
from tests.benchmarks import contenders as who
from tests.benchmarks.timing import first_calls, seconds


def row(program, args, wrt, *, layered=None, by_hand=None):
    """Measure one program by all who are installed; `layered` makes it of a library's layers."""

    def of(layers):
        return layered(layers()) if layered else program

    ours = of(who.engine_layers)
    makers = {"engine": lambda: who.eager(ours, wrt), "compiled": lambda: who.compiled(ours, wrt)}
    if by_hand:
        makers["by hand"] = lambda: by_hand
    if who.installed("autograd"):
        makers["autograd"] = lambda: who.autograd_eager(of(who.autograd_layers), wrt)
    if who.installed("torch"):
        makers["torch"] = lambda: who.torch_eager(of(who.torch_layers), wrt)
    makers["jax.jit"] = lambda: who.jax_jit(of(who.jax_layers), wrt)
    calls, first, second = {}, {}, {}
    for name, make in makers.items():
        call = _ready(make, args)
        if name in ("compiled", "jax.jit"):
            call, (first[name], second[name]) = first_calls(lambda make=make: _ready(make, args))
        calls[name] = call
    calls["function"] = lambda: ours(engine, *args)
    return {"seconds": seconds(calls), "first": first, "second": second}


def _ready(make, args):
    """Return a call without arguments: these are made the library's own once."""
    call = make()
    given = call.prepare(args) if hasattr(call, "prepare") else args
    return lambda: call(*given)


def scalars():
    x = np.float64(0.5)
    f = programs.chain(1000)
    found = row(f, [x], 0)
    return {**found, "per_op": {k: v / 1000 for k, v in found["seconds"].items()}}


def arrays(n):
    x = programs.RNG.uniform(size=n)
    return row(programs.chain(300), [x], 0)


def logistic():
    args = [2.2, 0.0, 1.1, 1.0]
    found = row(programs.logistic, args, (0, 1), by_hand=programs.logistic_by_hand)
    in_numpy = {"": lambda: programs.logistic_in_numpy(*args)}
    return {**found, "by hand in NumPy": seconds(in_numpy)[""]}


def network(batch):
    args = programs.network_arguments(batch)
    return row(programs.network, args, (0, 1, 2, 3), by_hand=programs.network_by_hand)


def block(d, positions, heads):
    args = programs.block_arguments(d, positions)
    wrt = tuple(range(11))
    return row(None, args, wrt, layered=lambda layers: programs.block(layers, heads))


def mixture():
    args = programs.mixture_arguments()
    return row(None, args, (0, 1, 2, 3), layered=programs.mixture)


def logsumexp():
    x = programs.RNG.normal(size=10**6)
    return row(None, [x], 0, layered=lambda layers: lambda xp, x: layers.logsumexp(x, 0))


def softmax():
    x, weights = programs.RNG.normal(size=(2, 10**6))

    def layered(layers):
        return lambda xp, x, w: xp.sum(w * layers.softmax(x, 0))

    by_hand = programs.softmax_by_hand
    return row(None, [x, weights], 0, by_hand=by_hand, layered=layered)


def bundle():
    f, args = adbench.bundle_arguments()
    return row(f, args, (0, 1, 2))


def hand():
    constants, args = adbench.hand_arguments()
    return row(None, args, 0,
               layered=lambda layers: adbench.hand(*map(layers.constant, constants)))  # fmt: skip


def recurrent():
    return row(adbench.lstm, adbench.lstm_arguments(), (0, 1))


def large():
    """Measure each in a process of its own, for its memory."""
    found = {"seconds": {}, "first": {}, "second": {}, "system": {}, "peak": {}, "value": {}}
    for name in ("engine", "compiled", "autograd", "torch", "jax.jit", "function"):
        if name in ("autograd", "torch") and not who.installed(name):
            continue
        command = [sys.executable, "-m", "tests.benchmarks.large", name]
        told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        for key, value in told.items():
            found[key][name] = value
    return found


def hessian():
    x = programs.RNG.normal(size=100)
    calls = {"engine": lambda: engine.hessian(lambda x: programs.rosenbrock(engine, x))(x)}
    replay = engine.compile(engine.hessian(lambda x: programs.rosenbrock(engine, x)))
    calls["compiled"] = lambda: replay(x)
    if who.installed("autograd"):
        import autograd

        a = autograd.hessian(partial(programs.rosenbrock, who.autograd_namespace()))
        calls["autograd"] = lambda: a(x)
    if who.installed("torch"):
        import torch

        t = torch.tensor(x)
        h = torch.func.hessian(lambda x: programs.rosenbrock(torch, x))
        calls["torch"] = lambda: h(t)
    jax, jnp = who.jax_in_double()
    j = jax.jit(jax.hessian(lambda x: programs.rosenbrock(jnp, x)))
    xj = jnp.asarray(x)
    calls["jax.jit"] = lambda: j(xj).block_until_ready()
    return {"seconds": seconds(calls), "first": {}}


def product():
    x, v = programs.RNG.normal(size=(2, 10**5))
    ours = lambda x, v: engine.hvp(lambda x: programs.rosenbrock(engine, x), (x,), (v,))[0]  # noqa: E731 - a row's functions stand side by side
    replay = engine.compile(ours)
    calls = {"engine": lambda: ours(x, v), "compiled": lambda: replay(x, v)}
    if who.installed("autograd"):
        import autograd

        a = autograd.hessian_vector_product(partial(programs.rosenbrock, who.autograd_namespace()))
        calls["autograd"] = lambda: a(x, v)
    if who.installed("torch"):
        import torch

        t, d = torch.tensor(x), torch.tensor(v)
        grad = torch.func.grad(lambda x: programs.rosenbrock(torch, x))
        calls["torch"] = lambda: torch.func.jvp(grad, (t,), (d,))[1]
    jax, jnp = who.jax_in_double()
    slope = jax.grad(lambda x: programs.rosenbrock(jnp, x))
    j = jax.jit(lambda x, v: jax.jvp(slope, (x,), (v,))[1])
    given = jnp.asarray(x), jnp.asarray(v)
    calls["jax.jit"] = lambda: j(*given).block_until_ready()
    return {"seconds": seconds(calls), "first": {}}


def growth():
    found = {}
    for n in (10**4, 10**5, 10**6):
        gradient = engine.grad(lambda x, n=n: programs.chain(n)(engine, x))
        took = math.inf
        for _ in range(5 if n < 10**6 else 3):
            gc.collect()
            start = time.process_time()
            gradient(0.5)
            took = min(took, time.process_time() - start)
        found[str(n)] = took
    return {"growth": found}


def memory():
    f = programs.chain(10_000)
    tape = engine.Tape()
    x = tape.input(np.float64(0.5))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    f(engine, x)
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return {"bytes_per_op": held / len(tape)}


ROWS = {
    "scalar chain, 1,000 ops": scalars,
    "301 ops on 10": lambda: arrays(10),
    "301 ops on 1,000": lambda: arrays(1000),
    "301 ops on 100,000": lambda: arrays(100_000),
    "logistic unit": logistic,
    "MLP 10-5-1, batch 1": lambda: network(1),
    "MLP 10-5-1, batch 256": lambda: network(256),
    "GPT-2 block d=64 T=64, f32": lambda: block(64, 64, 4),
    "GPT-2 block d=768 T=256, f32": lambda: block(768, 256, 12),
    "GMM d=10 k=25 n=1000": mixture,
    "bundle adjustment 49/7776/31843": bundle,
    "hand, 26 angles, 544 vertices": hand,
    "LSTM, 2 layers, 16 characters": recurrent,
    "logsumexp of 10^6": logsumexp,
    "softmax of 10^6": softmax,
    "Rosenbrock Hessian n=100": hessian,
    "Rosenbrock HVP n=10^5": product,
    "GPT-2 124M, 64 tokens, f32": large,
    "growth": growth,
    "memory": memory,
}
