"""The array namespace under JAX: what is found, what may promote, and what is missing."""

import jax
import numpy as np
import pytest

from diffcheck.backends.jax_namespace import namespace


@pytest.mark.parametrize("name", ["owens_t", "hyp1f1"])
def test_functions_that_mix_dtypes_within_may_promote(name):
    arguments = [np.float32(0.5)] * (3 if name == "hyp1f1" else 2)
    with jax.numpy_dtype_promotion("strict"), jax.enable_x64(True):
        assert np.isfinite(getattr(namespace("float32"), name)(*arguments))
