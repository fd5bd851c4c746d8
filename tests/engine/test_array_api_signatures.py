# ruff: noqa: E501 - one signature, one line
"""The signatures of the array API 2024.12, compared as the standard's own test suite compares them."""

import inspect

import pytest

from diffcheck import engine as xp

UNARY = "abs acos acosh asin asinh atan atanh bitwise_invert ceil conj cos cosh exp expm1 floor imag isfinite isinf isnan log log1p log2 log10 logical_not negative positive real reciprocal round sign signbit sin sinh square sqrt tan tanh trunc matrix_transpose nonzero unique_all unique_counts unique_inverse unique_values linalg.det linalg.eigh linalg.eigvalsh linalg.inv linalg.matrix_transpose linalg.slogdet linalg.svdvals"
BINARY = "add atan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor copysign divide equal floor_divide greater greater_equal hypot less less_equal logaddexp logical_and logical_or logical_xor maximum minimum multiply nextafter not_equal pow remainder subtract matmul linalg.matmul linalg.outer linalg.solve"
STANDARD = {
    "start, /, stop=None, step=1, *, dtype=None, device=None": "arange",
    "obj, /, *, dtype=None, device=None, copy=None": "asarray",
    "shape, *, dtype=None, device=None": "empty ones zeros",
    "x, /, *, dtype=None, device=None": "empty_like ones_like zeros_like",
    "n_rows, n_cols=None, /, *, k=0, dtype=None, device=None": "eye",
    "x, /, *, device=None, copy=None": "from_dlpack",
    "shape, fill_value, *, dtype=None, device=None": "full",
    "x, /, fill_value, *, dtype=None, device=None": "full_like",
    "start, stop, /, num, *, dtype=None, device=None, endpoint=True": "linspace",
    "*arrays, indexing='xy'": "meshgrid",
    "x, /, *, k=0": "tril triu",
    "x, dtype, /, *, copy=True, device=None": "astype",
    "*arrays": "broadcast_arrays",
    "x, /, shape": "broadcast_to",
    "from_, to, /": "can_cast",
    "type, /": "finfo iinfo",
    "dtype, kind": "isdtype",
    "*arrays_and_dtypes": "result_type",
    "x, /": UNARY,
    "x1, x2, /": BINARY,
    "x, /, min=None, max=None": "clip",
    "x, indices, /, *, axis=None": "take",
    "x, indices, /, *, axis=-1": "take_along_axis",
    "x1, x2, /, *, axes=2": "tensordot linalg.tensordot",
    "x1, x2, /, *, axis=-1": "vecdot linalg.cross linalg.vecdot",
    "arrays, /, *, axis=0": "concat stack",
    "x, /, axis": "expand_dims squeeze",
    "x, /, *, axis=None": "flip",
    "x, source, destination, /": "moveaxis",
    "x, /, axes": "permute_dims",
    "x, repeats, /, *, axis=None": "repeat",
    "x, /, shape, *, copy=None": "reshape",
    "x, /, shift, *, axis=None": "roll",
    "x, repetitions, /": "tile",
    "x, /, *, axis=0": "unstack",
    "x, /, *, axis=None, keepdims=False": "argmax argmin count_nonzero max mean min all any",
    "x1, x2, /, *, side='left', sorter=None": "searchsorted",
    "condition, x1, x2, /": "where",
    "x, /, *, axis=-1, descending=False, stable=True": "argsort sort",
    "x, /, *, axis=None, dtype=None, include_initial=False": "cumulative_prod cumulative_sum",
    "x, /, *, axis=None, dtype=None, keepdims=False": "prod sum",
    "x, /, *, axis=None, correction=0.0, keepdims=False": "std var",
    "x, /, *, axis=-1, n=1, prepend=None, append=None": "diff",
    "x, /, *, upper=False": "linalg.cholesky",
    "x, /, *, offset=0": "linalg.diagonal",
    "x, /, *, keepdims=False, ord='fro'": "linalg.matrix_norm",
    "x, n, /": "linalg.matrix_power",
    "x, /, *, rtol=None": "linalg.matrix_rank linalg.pinv",
    "x, /, *, mode='reduced'": "linalg.qr",
    "x, /, *, full_matrices=True": "linalg.svd",
    "x, /, *, offset=0, dtype=None": "linalg.trace",
    "x, /, *, axis=None, keepdims=False, ord=2": "linalg.vector_norm",
    "x, /, *, n=None, axis=-1, norm='backward'": "fft.fft fft.ifft fft.rfft fft.irfft fft.hfft fft.ihfft",
    "x, /, *, s=None, axes=None, norm='backward'": "fft.fftn fft.ifftn fft.rfftn fft.irfftn",
    "n, /, *, d=1.0, dtype=None, device=None": "fft.fftfreq fft.rfftfreq",
    "x, /, *, axes=None": "fft.fftshift fft.ifftshift",
}  # fmt: skip
SIGNATURES = [(name, text) for text, names in STANDARD.items() for name in names.split()]
OTHER_DEFAULTS = {
    "eye": "NumPy's dtype is float by default, which None would mean as well",
    "argmax": "NumPy's mark for an option not given, which means False",
    "argmin": "NumPy's mark for an option not given, which means False",
}


def found(name):
    space = xp
    for part in name.split("."):
        space = getattr(space, part)
    return space


@pytest.mark.parametrize(("name", "text"), SIGNATURES, ids=[name for name, _ in SIGNATURES])
def test_takes_the_standards_arguments(name, text):
    standard = inspect.signature(eval(f"lambda {text}: None"))
    try:
        ours = inspect.signature(found(name))
    except ValueError:
        pytest.skip("a function of C: it does not tell")
    have = list(ours.parameters.values())
    kinds = inspect.Parameter
    for k, want in enumerate(standard.parameters.values()):
        if want.kind is kinds.KEYWORD_ONLY:
            assert want.name in ours.parameters
            given = ours.parameters[want.name]
            assert given.kind in (want.kind, kinds.POSITIONAL_OR_KEYWORD)
            assert given.default == want.default or name in OTHER_DEFAULTS
            continue
        given = have[k]
        assert given.kind in (want.kind, kinds.POSITIONAL_OR_KEYWORD)
        if want.kind is kinds.POSITIONAL_OR_KEYWORD:
            assert given.name == want.name
