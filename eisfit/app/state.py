"""The user's choices as frozen values: every change makes a new state, undo goes back to one.

Everything that the measurement sheet can hold is in its text, so that the state of the app and
the file beside the data are one thing. The rest is how the single fit is set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from eisfit.base.errors import SheetError
from eisfit.temperature.energies import Method

_KEPT = 200  # states that undo can go back to


@dataclass(frozen=True, slots=True)
class Setting:
    """How one parameter of the single fit is set: SI units; None leaves it to the model.

    Parameters
    ----------
    value : float
        Start value, or the value that is held.
    fixed : bool
    low, high : float, optional
        Bounds within those of the model.
    """

    value: float
    fixed: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class State:
    """The user's choices.

    Parameters
    ----------
    sheet : str
        Text of ``series.toml``; empty where there is none.
    settings : mapping of str to Setting
        Of the single fit, by parameter; empty for a fit without a guess.
    method : {"joint", "separate"}
        Of the series.
    """

    sheet: str = ""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    method: Method = "joint"


@dataclass(frozen=True, slots=True)
class History:
    """The states so far, each of `past` with the change that followed it; `now` is the present."""

    now: State = field(default_factory=State)
    past: tuple[tuple[str, State], ...] = ()
    future: tuple[tuple[str, State], ...] = ()


def add_step(history: History, what: str, state: State) -> History:
    """Return the history after `what` led to `state`; unchanged where nothing changed.

    Examples
    --------
    >>> after = add_step(History(), "model chosen", State(sheet='model = "randles"'))
    >>> undo(after).now == State(), redo(undo(after)) == after
    (True, True)
    """
    if state == history.now:
        return history
    return History(state, (*history.past, (what, history.now))[-_KEPT:])


def undo(history: History) -> History:
    """Return the history one step back; unchanged where there is none."""
    if not history.past:
        return history
    what, before = history.past[-1]
    return History(before, history.past[:-1], ((what, history.now), *history.future))


def redo(history: History) -> History:
    """Return the history one step forward again; unchanged where there is none."""
    if not history.future:
        return history
    what, after = history.future[0]
    return History(after, (*history.past, (what, history.now)), history.future[1:])


_HISTORY = TypeAdapter(History)


def to_json(history: History) -> str:
    """Return the history as text; `from_json` reads it."""
    steps = {"schema": 1, **_HISTORY.dump_python(history)}
    return json.dumps(steps, ensure_ascii=False, indent=1)


def from_json(text: str) -> History:
    """Return the history of a text.

    Raises
    ------
    SheetError
        Where the text is none of `to_json`.
    """
    try:
        steps = json.loads(text)
        schema = steps.pop("schema")
        if schema != 1:
            raise SheetError(f"schema {schema!r} is not known; this version reads 1")
        return _HISTORY.validate_python(steps)
    except (ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise SheetError(f"not a saved session: {trouble}") from trouble
