"""What several tests of replay compare by."""

from __future__ import annotations

import numpy as np

from diffcheck.engine.trees import leaves


def same(a, b):
    """Whether two results have the same types, shapes, dtypes, and bits but for the sign of 0."""
    assert len(leaves(a)) == len(leaves(b))
    for x, y in zip(leaves(a), leaves(b), strict=True):
        kinds = {np.ndarray if isinstance(v, np.generic) else type(v) for v in (x, y)}
        assert len(kinds) == 1  # a NumPy scalar and an array without axes are one kind here
        assert np.shape(x) == np.shape(y)
        if isinstance(x, (np.ndarray, np.generic)):
            assert x.dtype == y.dtype
        np.testing.assert_array_equal(x, y)
    return True
