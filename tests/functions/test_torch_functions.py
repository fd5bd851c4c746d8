"""Functions of PyTorch that are already written: their operations going forward are the truth."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `torch` is not installed")
pytest.importorskip("array_api_compat", reason="the extra `torch` is not installed")

from torch.nn import functional  # noqa: E402 - after the skip

from diffcheck import CaseError, DerivativeError, assert_derivatives, check, gradcheck  # noqa: E402 - after the skip

X = torch.tensor([0.5, -1.0, 2.0, 0.25], dtype=torch.float64)
FINE = {"exact", "accurate", "ill-conditioned", "inexact", "unstable"}


def with_backward(factor):
    """x sin x as a Function whose backward is off by a factor."""

    class Wave(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * torch.sin(x)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * factor * (torch.sin(x) + x * torch.cos(x))

    return Wave


def verdicts(found, order=1):
    return {str(m.verdict) for m in found.measurements if m.order == order}


@pytest.mark.parametrize("apply", [False, True])
def test_a_function_with_a_backward_that_is_right_stands(apply):
    wave = with_backward(1.0)
    found = check(wave.apply if apply else wave, 1.5, backend="torch")
    assert found.ok
    assert found.name == "Wave"
    assert {m.dtype for m in found.measurements} == {"float32", "float64"}
    assert {m.index for m in found.measurements if m.quantity == "gradient"} == {"df/dx"}


@pytest.mark.parametrize("factor", [1 + 2.0**-20, 1 + 2.0**-40, -1.0, 0.5])
def test_a_backward_that_is_wrong_is_found(factor):
    found = check(with_backward(factor), torch.tensor(1.5, dtype=torch.float64), backend="torch")
    assert {m.quantity for m in found.failures} == {"gradient"}
    assert {str(m.verdict) for m in found.failures} == {"wrong"}
    assert "in exact arithmetic" in str(found)
    with pytest.raises(DerivativeError, match="Wave torch float64 jacobian"):
        assert_derivatives(with_backward(factor), X, backend="torch")


def written(x):
    y = x.clone()
    y[1:] *= 3
    y[0] = x[3]
    return y.exp()


FUNCTIONS = {
    "softmax": lambda x: torch.softmax(x, 0) * torch.log_softmax(x, -1),
    "where": lambda x: torch.where(x > 0.3, torch.exp(x), x**3).sum(),
    "in place in views": written,
    "in place": lambda x: x.clone().mul_(2).add_(1).exp().sum(),
    "views": lambda x: x.reshape(2, 2).T[1:].flip(0).expand(3, 2) + torch.roll(x, 1)[None, :2],
    "cumulative": lambda x: torch.cumsum(x, 0).prod() + torch.cumprod(x, 0)[1],
    "statistics": lambda x: x.var() + x.std(correction=0) + torch.logsumexp(x, 0) + x.norm(),
    "losses": lambda x: (
        functional.mse_loss(x, x * x) + functional.smooth_l1_loss(x, x * 2, beta=0.3)
    ),
    "cross entropy": lambda x: functional.cross_entropy(x[None], torch.tensor([2])),
    "largest": lambda x: torch.max(x, 0)[0] * torch.min(x) + torch.clamp(x, -0.5, 1.5).sum(),
    "products": lambda x: x.reshape(2, 2) @ x.reshape(2, 2) @ x[:2] + torch.einsum("i,i", x, x),
    "activations": lambda x: (
        functional.gelu(x)
        + functional.silu(x)
        + functional.softplus(x)
        + functional.elu(x)
        + functional.logsigmoid(x)
    ),
    "more activations": lambda x: (
        functional.gelu(x, approximate="tanh") + functional.mish(x) + functional.leaky_relu(x)
    ),
    "layer norm": lambda x: functional.layer_norm(x, (4,), x * x, x),
    "attention": lambda x: functional.scaled_dot_product_attention(*[x.reshape(1, 2, 2)] * 3),
    "indexing": lambda x: (
        x[torch.tensor([0, 0, 3])] * x[[1, 2, 3]] + torch.tril(x.reshape(2, 2))[1, 0]
    ),
    "several outputs": lambda x: (x * x, {"y": x.sum()}),
    "convolution": lambda x: functional.conv1d(
        x.reshape(1, 2, 2), x.reshape(2, 1, 2), x[:2], stride=2, padding=1, dilation=2, groups=2
    ),
    "transposed convolution": lambda x: functional.conv_transpose1d(
        x.reshape(1, 2, 2),
        x.reshape(2, 1, 2),
        x[:2],
        stride=2,
        padding=1,
        output_padding=1,
        groups=2,
    ),
    "batch norm": lambda x: (
        functional.batch_norm(x.reshape(2, 2), None, None, x[:2], x[2:], training=True) ** 3
    ),
    "batch norm by given statistics": lambda x: functional.batch_norm(
        x.reshape(2, 2), torch.ones(2).to(x), torch.ones(2).to(x), x[:2]
    ),
    "group and instance norm": lambda x: (
        functional.group_norm(x.reshape(1, 4), 2, x, x) ** 3
        + functional.instance_norm(x.reshape(1, 2, 2)).reshape(1, 4)
    ),
    "pooling": lambda x: (
        functional.max_pool1d(x[None], 3, 1, padding=1)
        + functional.avg_pool1d(x[None], 3, 1, padding=1, count_include_pad=False)
        + functional.avg_pool2d(x.reshape(1, 2, 2), (1, 1)).reshape(1, 4)
    ),
    "order": lambda x: (
        torch.sort(x, descending=True)[0] * torch.topk(x, 2)[0][1]
        + torch.median(x)
        + torch.cummax(x, 0)[0]
        + torch.kthvalue(x.reshape(2, 2), 1, dim=1, keepdim=True)[0].sum()
    ),
    "linear algebra": lambda x: (
        torch.linalg.inv(x.reshape(2, 2))
        + torch.linalg.solve(x.reshape(2, 2), x[:2])
        + torch.linalg.slogdet(x.reshape(2, 2))[1]
        + torch.linalg.solve_triangular(x.reshape(2, 2), x.reshape(2, 2), upper=True, left=False)
    ),
    "five rows": lambda x: torch.linalg.det(
        torch.outer(x[:1].expand(5), x[:1].expand(5)).exp() + torch.diag(x.repeat(2)[:5]) * 4
    ),
    "cholesky": lambda x: torch.linalg.cholesky(x.reshape(2, 2) @ x.reshape(2, 2).T),
    "placing": lambda x: (
        torch.zeros(3).to(x).scatter_add(0, torch.tensor([0, 1, 1, 2]), x).prod()
        + x.index_put((torch.tensor([0, 2]),), x[2:]).exp()
        + x.scatter(0, torch.tensor([3, 1]), x[:2] ** 2)
        + torch.zeros(4).to(x).index_add(0, torch.tensor([1, 1]), x[:2], alpha=3)
    ),
    "embedding": lambda x: functional.embedding(torch.tensor([0, 1, 1]), x.reshape(2, 2)) ** 3,
    "questions": lambda x: torch.nanmean(x) + torch.where((x > 9).any() | (x < 9).all(), x, x * x),
    "conversions": lambda x: (
        x * (x + 0.3).long()
        + x * x.bool()
        + x * (x > 0)
        + x * torch.cumsum(x > 0, 0)
        + x * (x * 1.3).to(torch.int8).double()
    ),
    "logic": lambda x: (
        torch.where(torch.any(x - 1.5) & torch.all(x), x, x**2)
        * torch.where(torch.logical_xor(x > 0, x < 0.4) | torch.logical_not(x > 1), x, x**3)
    ),
    "filled and joined": lambda x: (
        functional.pad(x, (1, 1), value=3.0) * torch.cat([x, torch.tensor([2, 1])])
        + functional.pad(torch.cat([x[:3], x[:2] > 0]), (1, 0))
    ),
    "masks": lambda x: (
        x[torch.tensor([True, False, True, True])].exp().sum()
        + x.index_put((torch.tensor([True, False, False, True]),), x[1], accumulate=True)
    ),
    "vectors or matrices of right sides": lambda x: (
        torch.linalg.solve(x.reshape(1, 2, 2), x.reshape(2, 2)).sum()
        + torch.linalg.solve(x.reshape(1, 2, 2).expand(2, 2, 2), x.reshape(2, 2)).sum()
        + torch.linalg.solve(x.reshape(1, 2, 2).expand(3, 2, 2), x[:2]).sum()
        + torch.linalg.solve_triangular(
            x.reshape(2, 2), torch.stack([x.reshape(2, 2), x.reshape(2, 2).T]), upper=True
        )
    ),
    "five right sides": lambda x: torch.linalg.solve(
        torch.eye(5).to(x)[None] * 3 + torch.outer(x, x).sum(), torch.cat([x, x[:1]])
    ),
    "one number": lambda x: (
        torch.cumsum(x[0], 0)
        + torch.cummax(x[1], 0)[0]
        + torch.topk(x[2], 1)[0]
        + torch.median(x[3], 0)[0]
        + torch.kthvalue(x[0], 1, keepdim=True)[0]
    ),
    "counts and corrections": lambda x: (
        torch.linalg.vector_norm(x, 0) * x + torch.var(x.reshape(2, 2), 1, correction=0.5).sum()
    ),
    "batch norm with a bias only": lambda x: (
        functional.batch_norm(x[:, None], None, None, None, x[:1], training=True) ** 2
    ),
    "constants that torch rounds": lambda x: functional.binary_cross_entropy_with_logits(
        x,
        torch.tensor([0.1, 0.2, 0.3, 0.4]).to(x),
        pos_weight=torch.tensor([2.0, 3.0, 1.0, 1.0]).to(x),
    ),
    "places that are computed": lambda x: (
        x[(torch.linspace(0.2, 3, 4) * 1.1).long()]
        + functional.interpolate(x[None, None], scale_factor=2, mode="linear")[0, 0, 2:6]
    ),
    "constants without a form": lambda x: x * torch.round(torch.tensor([1.3]) * 2.5),
    "finite numbers": lambda x: torch.where(torch.isfinite(x) & ~torch.isnan(x), x, x * x),
    "log gamma left of 0": lambda x: torch.lgamma(x - 0.3),
    "remainders": lambda x: (
        torch.remainder(x, 0.75) * torch.fmod(x, 0.75)
        + torch.copysign(x * x, x)
        + torch.frac(x + 0.3)
    ),
    "accumulated": lambda x: torch.special.ndtri(torch.sigmoid(torch.logaddexp2(x, x * x))),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_torch(name):
    found = check(FUNCTIONS[name], X, backend="torch", dtypes="float64")
    assert found.ok, str(found)
    assert verdicts(found) <= FINE


@pytest.mark.parametrize("causal", [False, True])
def test_fused_attention_is_read_backward(causal):
    heads = X.reshape(1, 1, 2, 2)
    found = check(
        lambda q: functional.scaled_dot_product_attention(q, q, q / 2, is_causal=causal),
        heads,
        backend="torch",
        dtypes="float64",
        quantities=("vjp", "gradient", "jacobian"),
    )
    assert found.ok, str(found)
    assert {m.unread for m in found.measurements} == {""}


def test_a_function_made_for_float64_is_not_run_in_float32_in_vain():
    weights = torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64)
    tied = torch.tensor([1.0, 2.0, 1.0, 2.0], dtype=torch.float64)
    found = check(lambda x: torch.sort(x)[0] * weights, tied, backend="torch", dtypes="float64")
    assert found.ok, str(found)


def test_a_scale_of_fused_attention_is_the_number_that_is_given():
    """Torch's other way of computing it has √2·√2, with √2 rounded, in the place of 2."""
    found = check(
        lambda x: functional.scaled_dot_product_attention(
            x[:4].reshape(1, 1, 2, 2), *[x.reshape(1, 1, 3, 2)] * 2, is_causal=True, scale=2.0
        ),
        torch.tensor([0.5, -1.0, 2.0, 0.25, 1.5, 0.3], dtype=torch.float64),
        backend="torch",
        dtypes="float64",
        quantities=("vjp", "gradient", "jacobian"),
    )
    assert found.ok, str(found)


def test_a_rule_of_torch_that_is_wrong_is_found():
    """The forward rule of logcumsumexp of torch 2.13 adds 1e-13 to what it divides by."""
    found = check(lambda x: torch.logcumsumexp(x, 0).sum(), X, backend="torch", dtypes="float64")
    assert {(m.quantity, str(m.verdict)) for m in found.failures} == {("jvp", "wrong")}


def test_a_slope_of_torch_that_is_off_in_its_ninth_digit_is_found():
    """The slope of celu of torch 2.13, α = 0.7, at -1 is off by 7e-9."""
    found = check(lambda x: functional.celu(x, 0.7).sum(), X, backend="torch", dtypes="float64")
    assert {m.index for m in found.failures if m.quantity == "gradient"} == {"df/dx[1]"}
    assert {str(m.verdict) for m in found.failures} == {"wrong"}


def test_second_derivatives_modules_containers_and_keywords():
    module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    found = check(module, X, order=2, backend="torch")
    assert found.ok, str(found)
    assert {m.quantity for m in found.measurements} == {
        "value",
        "gradient",
        "vjp",
        "jvp",
        "hessian",
    }

    def scaled(parameters, *, by):
        return (parameters["a"] * parameters["b"][0]).sum() * by

    arguments = {"a": X, "b": [torch.tensor(2.0, dtype=torch.float64)]}
    found = check(scaled, arguments, keywords={"by": 2.0}, wrt="parameters", backend="torch")
    assert found.ok, str(found)
    named = {m.index for m in found.measurements if m.quantity == "gradient"}
    assert named == {f"df/dparameters_a[{i}]" for i in range(4)} | {"df/dparameters_b_0"}


def test_a_nan_of_a_branch_that_is_not_taken_fails():
    found = check(lambda x: torch.where(x > 0, torch.sqrt(x), x**3).sum(), X, backend="torch")
    assert [m.index for m in found.failures] == ["df/dx[1]"]


@pytest.mark.parametrize(
    ("f", "got"),
    [
        (lambda x: torch.fft.rfft(x).abs(), "the operation _fft_r2c has no form"),
        (lambda x: x[torch.argsort(x)], "the operation index takes places that depend on"),
        (lambda x: x[x > 0], "the operation index takes places that depend on"),
        (lambda x: (x * torch.tensor([1 + 1j])).abs(), "on complex numbers has no form"),
        (lambda x: x * x.to(torch.uint8), "to torch.uint8 has no form"),
        (lambda x: torch.topk(x, 3, sorted=False)[0], "topk without an order"),
        (lambda x: torch.linalg.lu_factor(x.reshape(2, 2))[0], "has no form"),
        (lambda x: functional.avg_pool1d(x[None], 3, 2, ceil_mode=True), "with ceil_mode"),
        (lambda x: functional.dropout(x, 0.5), "bernoulli draws random numbers"),
        (lambda x: x.repeat(20).sort()[0], "an operation that sorts more than 32 numbers"),
        (lambda x: x * x[0].item(), "it asks for the number in a tensor"),
        (lambda x: x if x[0] > 0 else -x, "it asks for the number in a tensor"),
        (torch.argmax, "an output of real floats is expected, not torch.int64"),
        (torch.fft.fft, "an output of real floats is expected, not torch.complex128"),
        (lambda x: x[1:].mul_(2), "writes into an argument"),
        (lambda x: x @ torch.ones(3, dtype=x.dtype), "RuntimeError"),
    ],
)
def test_what_cannot_be_read_is_told_in_four_parts(f, got):
    with pytest.raises(CaseError) as caught:
        check(f, X, backend="torch")
    assert got in caught.value.expected_got
    assert caught.value.cause
    assert caught.value.next_step


def chain(slip):
    class Chain(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return (x * torch.tanh(torch.roll(x, 1))).sum()

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            right = torch.tanh(torch.roll(x, 1)) + torch.roll(x, -1) / torch.cosh(x) ** 2
            right[7] *= 1 + slip
            return g * right

    return Chain


@pytest.mark.parametrize("slip", [0.0, 0.5])
def test_of_many_inputs_a_sample_is_looked_at(slip):
    x = torch.linspace(0.5, 2, 3000, dtype=torch.float64)
    found = check(chain(slip), x, backend="torch")
    assert found.ok == (slip == 0), str(found)
    assert found.scope == "64 components of 3,000 and 4 directions"


def test_gradcheck_is_called_as_torch_calls_it():
    x = X.clone().requires_grad_()
    assert gradcheck(torch.tanh, x, eps=1e-6, atol=1e-5, rtol=1e-3) is True
    fixed = torch.ones(4, dtype=torch.float64)
    assert gradcheck(lambda a, b: a * b, (x, fixed), fast_mode=True)
    assert gradcheck(lambda a, n: (a**n).sum(), (x, 2), check_forward_ad=True)
    wrong = with_backward(1 + 2.0**-30).apply
    assert torch.autograd.gradcheck(wrong, (x,))
    assert gradcheck(wrong, (x,), raise_exception=False) is False
    with pytest.raises(DerivativeError, match=r"without effect: atol; there are no tolerances"):
        gradcheck(wrong, (x,), atol=1e-3)
    with pytest.raises(CaseError, match="inputs that require a gradient, got none"):
        gradcheck(torch.tanh, X)


def test_arrays_of_numpy_are_inputs():
    assert check(torch.sinh, np.array([0.5, 1.0]), backend="torch").ok
