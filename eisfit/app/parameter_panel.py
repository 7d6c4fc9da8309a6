"""A row for each parameter: slider, value, held or free, bounds, and the fit's result."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from nicegui import ui

from eisfit.analysis.pipeline import SpectrumResult
from eisfit.app.state import Setting
from eisfit.app.widgets import ViewState, on_leave, show_error, small_text
from eisfit.circuit.models import Parameter
from eisfit.fitting.result import Estimate, FitResult, describe

_DECADES = 2.5  # to both sides of the fitted value
_STEPS = 400
_THROTTLE = 0.02  # s between two messages of a slider
_VALUE = "(event) => emit(event.target.value)"


@dataclass(slots=True)
class FitPanelState:
    """The fit of the view of the model, and its sliders.

    Parameters
    ----------
    result : SpectrumResult, optional
        The fit of the current spectrum.
    values : dict of str to float
        Values of the parameters at the sliders' positions.
    fit_input : object
        What the result was fitted from, so that it is fitted once.
    listeners : list of callable
        Called after every move of a slider.
    waiting : bool
        Whether the engine is at work elsewhere, so that the fit has to wait.
    """

    result: SpectrumResult | None = None
    values: dict[str, float] = field(default_factory=dict)
    fit_input: object = None
    listeners: list[Callable[[], None]] = field(default_factory=list)
    waiting: bool = False

    @property
    def fit(self) -> FitResult | None:
        """The fit so far, None where there is none."""
        return self.result.fit if self.result is not None else None


def parameter_panel(view: ViewState, panel: FitPanelState) -> None:
    """Build a row for each parameter; a slider writes into the values of `panel`."""
    small_text(
        "A slider changes the curve; the fit starts from these values. Held parameters do not "
        "change."
    )
    place = ui.element("div").classes("parameters w-full")
    rows: list[_Row] = []

    def draw() -> None:
        fit = panel.fit
        parameters = fit.model.parameters if fit is not None else ()
        estimates = list(fit.estimates.values()) if fit is not None else []
        if [row.name for row in rows] != [p.name for p in parameters]:
            place.clear()
            with place:
                rows[:] = [_Row(view, panel, p, e)
                           for p, e in zip(parameters, estimates, strict=True)]  # fmt: skip
        for row, parameter, estimate in zip(rows, parameters, estimates, strict=True):
            row.draw(parameter, estimate)

    view.redraw.append(draw)


class _Row:
    """One parameter: its widgets, and what they do."""

    def __init__(
        self, view: ViewState, panel: FitPanelState, parameter: Parameter, estimate: Estimate
    ) -> None:
        self.view, self.panel = view, panel
        self.parameter, self.estimate, self.name = parameter, estimate, parameter.name
        self.setting: Setting | None = None
        self.drawn: object = None
        self.to, self.back = _scale(parameter)
        unit = "" if parameter.unit == "1" else f" / {parameter.unit}"
        ui.label(f"{self.name}{unit}").classes("text-sm font-bold").tooltip(parameter.meaning)
        # the browser's native slider works with keyboard and screen reader
        self.slider = ui.element("input").classes("w-full")
        self.slider.props(f'type=range aria-label="{self.name}"')
        self.slider.on("input", self.slide, throttle=_THROTTLE, js_handler=_VALUE)
        self.number = _small_input(f"Value of {self.name}")
        on_leave(self.number, self.type_in)
        self.held = ui.checkbox("hold").props(f'dense size=sm aria-label="Hold {self.name}"')
        self.held.on_value_change(lambda: self.hold(bool(self.held.value)))
        self.bounds = {"low": self._bound("low", "from"), "high": self._bound("high", "to")}
        self.summary = ui.label().classes("summary")

    def _bound(self, key: str, word: str) -> Any:
        field = _small_input(f"{self.name} {word}", word)
        on_leave(field, lambda: self.bound(key, field))
        return field

    def draw(self, parameter: Parameter, estimate: Estimate) -> None:
        """Show an estimate and how it is set."""
        setting = self.view.session.state.settings.get(self.name)
        if self.drawn == (estimate, setting):
            return
        self.drawn = (estimate, setting)
        self.parameter, self.estimate, self.setting = parameter, estimate, setting
        low, high = slider_range(parameter, estimate.value)
        at = min(max(self.to(estimate.value), low), high)
        step = (high - low) / _STEPS
        self.slider.props(f"min={low!r} max={high!r} step={step!r} value={at!r}")
        self.slider.update()  # where the hand left it, the server does not know
        self.number.set_value(f"{estimate.value:.5g}")
        self.held.set_value(setting.fixed if setting else False)
        for key, entry in self.bounds.items():
            value = getattr(setting, key, None)
            entry.set_value("" if value is None else f"{value:.5g}")
        meaning = f"{parameter.meaning}: " if parameter.meaning else ""
        self.summary.set_text(f"{meaning}{describe(estimate)}")

    def move(self, value: float) -> None:
        """Show the curve at another value."""
        self.panel.values[self.name] = value
        for listener in self.panel.listeners:
            listener()

    def slide(self, event: Any) -> None:
        """Follow the slider."""
        value = self.back(float(event.args))
        self.number.set_value(f"{value:.5g}")
        self.move(value)

    def type_in(self) -> None:
        """Follow the number."""
        value, (low, high) = _number(self.number.value), self.parameter.bounds
        if value is None or not low <= value <= high:
            unit = "" if self.parameter.unit == "1" else f" {self.parameter.unit}"
            show_error(f"{self.name}: write a number from {low:g} to {high:g}{unit}")
            self.number.set_value(f"{self.panel.values[self.name]:.5g}")
        elif f"{value:.5g}" != f"{self.panel.values[self.name]:.5g}":
            self.slider.props(f"value={self.to(value)!r}")
            self.move(value)

    def hold(self, fixed: bool) -> None:  # noqa: FBT001 - the checkbox's value
        """Hold the parameter at its value, or free it."""
        if fixed == (self.setting.fixed if self.setting else False):
            return
        self._apply("held" if fixed else "free", replace(self._now(), fixed=fixed))

    def bound(self, key: str, field: Any) -> None:
        """Take a bound; the value goes back to the fitted one where it lies outside."""
        text = (field.value or "").strip()
        value = _number(text) if text else None
        if text and value is None:
            show_error(f"{self.name}: {text!r} is no number")
            return
        if value == getattr(self.setting, key, None):
            return
        now = self._now()
        changed = replace(now, low=value) if key == "low" else replace(now, high=value)
        if not _within(changed):
            changed = replace(changed, value=self.estimate.value)
        if not _within(changed):
            show_error(f"{self.name}: its value {changed.value:.5g} lies outside of these bounds")
            return
        self._apply("bounded", changed)

    def _now(self) -> Setting:
        value = self.panel.values[self.name]
        return replace(self.setting or Setting(value), value=value)

    def _apply(self, what: str, changed: Setting) -> None:
        state = self.view.session.state
        state = replace(state, settings={**state.settings, self.name: changed})
        self.view.change(f"{self.name} {what}", state)


def _small_input(label: str, hint: str = "") -> Any:
    entry = ui.input(placeholder=hint)
    return entry.props(f'dense outlined input-class="text-xs" aria-label="{label}"')


def slider_range(parameter: Parameter, value: float) -> tuple[float, float]:
    """Return the ends of a slider, as logarithms for a parameter that is fitted as one.

    Examples
    --------
    >>> resistance = Parameter("R", "ohm", (1e-3, 1e12), "log", 1)
    >>> slider_range(resistance, 100.0)
    (-0.5, 4.5)
    """
    low, high = parameter.bounds
    to, _ = _scale(parameter)
    if parameter.scale == "log":
        middle = to(min(max(value, low), high))
        return max(to(low), middle - _DECADES), min(to(high), middle + _DECADES)
    if math.isfinite(high - low) and high - low < 1e3:
        return low, high
    size = max(abs(value), abs(parameter.start or 0.0)) or 1.0
    return max(low, value - 2 * size), min(high, value + 2 * size)


def _scale(parameter: Parameter) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """Return the functions from a value to its slider, and back."""
    if parameter.scale == "log":
        return lambda v: math.log10(max(v, 1e-300)), lambda x: 10.0**x
    return float, float


def _within(setting: Setting) -> bool:
    low = -math.inf if setting.low is None else setting.low
    high = math.inf if setting.high is None else setting.high
    return low <= setting.value <= high


def _number(text: str | None) -> float | None:
    try:
        value = float((text or "").replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
