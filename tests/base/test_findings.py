"""Findings as values and as objects of results.json."""

from __future__ import annotations

import pytest

from eisfit.base.findings import Finding


def test_a_finding_as_an_object_has_all_its_fields() -> None:
    finding = Finding("poor_fit", "warning", "residuals of 4 %", affects_result=True)
    assert finding.to_dict() == {
        "code": "poor_fit",
        "severity": "warning",
        "message": "residuals of 4 %",
        "affects_result": True,
    }


@pytest.mark.parametrize(
    ("severity", "affects"), [("info", False), ("warning", True), ("error", True)]
)
def test_warnings_and_errors_affect_the_result(severity, affects) -> None:
    assert Finding("x", severity, "text").affects_result is affects


def test_only_warnings_and_errors_that_affect_a_result_need_attention() -> None:
    assert Finding("x", "warning", "text").needs_attention
    assert Finding("x", "error", "text", affects_result=False).needs_attention
    assert not Finding("x", "warning", "text", affects_result=False).needs_attention
    assert not Finding("x", "info", "text", affects_result=True).needs_attention
