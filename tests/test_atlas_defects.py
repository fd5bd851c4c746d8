from diffcheck.atlas import alone
from diffcheck.atlas_defects import FINDINGS, declared, known_defects
from diffcheck.case import Defect
from diffcheck.engine import TABLE


def test_every_finding_is_of_ops_that_exist():
    assert {op for ops, _ in FINDINGS for op in ops.split()} <= set(TABLE)


def test_a_reason_is_given_once():
    findings = {defect for _, defect in FINDINGS}
    assert len({defect.reason for defect in findings}) == len(findings)


def test_an_op_has_all_its_findings():
    assert [d.quantity for d in known_defects("norm2")] == ["hessian", None]
    assert known_defects("negative") == ()


def test_cases_keep_what_they_declare_themselves():
    own = Defect(reason="its own", verdicts=("lost",))
    found = declared({"op_norm2": alone("negative", known_defects=(own,)), "other": 3})
    assert found["op_norm2"].known_defects == (own, *known_defects("norm2"))
    assert list(found) == ["op_norm2"]
