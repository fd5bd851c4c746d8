"""Any function, without a case file: its derivatives verified where it is called."""

from diffcheck.functions.asserting import (
    DerivativeError,
    assert_derivatives,
    check_grads,
    gradcheck,
)
from diffcheck.functions.checking import Checked, check

__all__ = ["Checked", "DerivativeError", "assert_derivatives", "check", "check_grads", "gradcheck"]
