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
    ("severity", "affects"), [("info", False), ("warning", False), ("error", True)]
)
def test_an_error_always_affects_the_result(severity, affects) -> None:
    assert Finding("x", severity, "text").affects_result is affects
