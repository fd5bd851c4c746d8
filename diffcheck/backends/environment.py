"""What the results of a run depend on besides the cases: versions, processor, flags, devices."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

PACKAGES: Final = (
    "diffcheck", "numpy", "scipy", "sympy", "python-flint", "ml_dtypes", "jax", "jaxlib",
)  # fmt: skip
# Instruction sets that change what a compiler emits for the same formula (fused multiply-add, …).
FEATURES: Final = ("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_bf16", "amx_tile", "asimd")
FLAGS: Final = (
    "XLA_FLAGS",
    "JAX_PLATFORMS",
    "JAX_COMPILATION_CACHE_DIR",
    "NPY_DISABLE_CPU_FEATURES",
)
NO_GPU: Final = "no GPU present"


def describe(guests: Iterable[str] = ()) -> dict[str, Any]:
    """Return what a result's header records of the machine and the libraries.

    `guests` are the packages of further witnesses that take part.

    `jax` holds the devices by platform and, where there is none, the words "no GPU present". JAX is
    imported here if it is installed.

    >>> sorted(describe())
    ['cpu', 'flags', 'jax', 'packages', 'platform', 'python']
    """
    return {
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in (*PACKAGES, *guests)},
        "platform": f"{platform.system()} {platform.machine()}",
        "cpu": describe_cpu(_cpuinfo()),
        "flags": {name: _flag(name) for name in FLAGS if name in os.environ},
        "jax": _describe_jax(),
    }


def _flag(name: str) -> str:
    # Reports are committed: they say that a folder was used, not where this machine has it.
    return "used" if name.endswith("_DIR") else os.environ[name]


def describe_cpu(cpuinfo: str) -> dict[str, Any]:
    """Return the processor's model and those of `FEATURES` it has, from the text of /proc/cpuinfo.

    >>> describe_cpu(chr(10).join(["model name : Example", "flags : fpu avx2 fma"]))
    {'model': 'Example', 'features': ['avx2', 'fma']}
    """
    fields: dict[str, str] = {}
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        fields.setdefault(key.strip(), value.strip())
    present = (fields.get("flags") or fields.get("Features") or "").split()
    return {
        "model": fields.get("model name") or platform.processor() or platform.machine(),
        "features": [feature for feature in FEATURES if feature in present],
    }


def _cpuinfo() -> str:
    path = Path("/proc/cpuinfo")
    return path.read_text() if path.exists() else ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _describe_jax() -> dict[str, Any]:
    try:
        from diffcheck.backends.jax import devices_by_name  # noqa: PLC0415 (JAX takes a second)
    except ImportError as error:
        return {"devices": {}, "gpu": f"JAX cannot be imported: {error}"}
    devices: dict[str, dict[str, str]] = {}
    for name, device in devices_by_name().items():
        devices.setdefault(name.partition(":")[0], {})[name] = device.device_kind
    return {"devices": devices, "gpu": "present" if "gpu" in devices else NO_GPU}
