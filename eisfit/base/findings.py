"""Findings: what was noticed about a file, a spectrum or a result, how bad it is, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["info", "warning", "error"]
Verdict: TypeAlias = Literal["usable", "doubtful", "unusable"]

_RANK: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2}
_VERDICTS: tuple[Verdict, ...] = ("usable", "doubtful", "unusable")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed.

    Parameters
    ----------
    code : str
        Stable name for scripts, such as ``"bulk_above_window"``.
    severity : {"info", "warning", "error"}
        info: good to know; warning: look at it; error: the spectrum cannot be used.
    message : str
        What was found, where, and what to do, in one or two sentences.
    affects_result : bool, optional
        Whether it changes a result or casts doubt on it. Where left out, warnings do and an info
        does not. Always true for errors.
    in_doubt : str
        The quantity whose value is in doubt, ``"temperature"`` or none: a value in the measurement
        sheet removes the finding.
    """

    code: str
    severity: Severity
    message: str
    affects_result: bool | None = None
    in_doubt: str = ""

    def __post_init__(self) -> None:
        if self.severity == "error" or self.affects_result is None:
            object.__setattr__(self, "affects_result", self.severity != "info")

    @property
    def needs_attention(self) -> bool:
        """Whether it is a warning or an error that affects a result: commands exit with 1 then."""
        return self.severity != "info" and bool(self.affects_result)

    def to_dict(self) -> dict[str, str | bool]:
        """Return the finding as ``results.json`` and ``--json`` hold it.

        Examples
        --------
        >>> Finding("unsorted", "info", "sorted").to_dict()
        {'code': 'unsorted', 'severity': 'info', 'message': 'sorted', 'affects_result': False}
        """
        fields = asdict(self)
        del fields["in_doubt"]
        return fields


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Return what the worst finding allows: usable, doubtful (warning) or unusable (error).

    Examples
    --------
    >>> verdict([Finding("unsorted", "info", "sorted by frequency")])
    'usable'
    """
    return _VERDICTS[max((_RANK[f.severity] for f in findings), default=0)]
