"""The model: chosen, drawn, suggested; its parameters moved by hand, fitted, judged."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from nicegui import ui

from eisfit.analysis.pipeline import SpectrumResult
from eisfit.app import editing
from eisfit.app.parameter_panel import parameter_panel
from eisfit.app.parts import Look, changing, chart, findings_list, heading, told
from eisfit.app.state import Setting
from eisfit.app.suggestions import suggestions
from eisfit.app.trace import move_curves
from eisfit.base.errors import EisfitError
from eisfit.circuit.elements import ELEMENTS
from eisfit.circuit.models import Model, library, load_model
from eisfit.fitting.result import FitResult
from eisfit.plots.plotly import fit_coordinates, fit_plotly, nyquist_plotly
from eisfit.plots.style import in_words

_LETTERS = string.ascii_letters
_PATIENCE = 0.3  # seconds until it is looked again whether the engine is free
_SYMBOLS = (*sorted(ELEMENTS), "CPE", "p(")


@dataclass(slots=True)
class Bench:
    """What the view of the model shows.

    Parameters
    ----------
    result : SpectrumResult, optional
        The fit of the current spectrum.
    values : dict of str to float
        Of the parameters as the sliders stand.
    made_of : object
        What the result was made from, so that it is made once.
    shown : list of callable
        Told of every move of a slider.
    waiting : bool
        Whether the engine is at work elsewhere, so that the fit is not made yet.
    """

    result: SpectrumResult | None = None
    values: dict[str, float] = field(default_factory=dict)
    made_of: object = None
    shown: list[Callable[[], None]] = field(default_factory=list)
    waiting: bool = False


def model_view(look: Look) -> None:
    """Build the view of the model."""
    bench = Bench()
    with ui.element("div").classes("board w-full"):
        with ui.column().classes("w-full gap-3"):
            _choice(look)
            _meanings(look)
        with ui.column().classes("w-full gap-3"):
            with ui.element("section").classes("panel"):
                _picture(look, bench)
            with ui.element("section").classes("panel"):
                parameter_panel(look, bench.values, bench.shown, lambda: bench.result)
                _buttons(look, bench)
            _judgement(look, bench)


def fitted(look: Look, bench: Bench) -> None:
    """Fit the current spectrum, where anything changed since it was fitted.

    While a thread has the engine, the fit waits: the server must not stand still.
    """
    desk = look.desk
    bench.waiting = False
    if not look.current:
        bench.result, bench.made_of = None, None
        return
    row = desk.row(look.current)
    made_of = (look.current, row.spectrum, desk.state, desk.sheet)
    if bench.made_of is not None and bench.made_of == made_of:
        return
    bench.made_of, bench.result = None, None
    if desk.sheet.settings.model and desk.busy:
        bench.waiting = True
        return
    bench.made_of = made_of
    if not desk.sheet.settings.model:
        return
    with told():
        bench.result = desk.single(look.current)
    fit = bench.result.fit if bench.result is not None else None
    bench.values.clear()
    if fit is not None:
        bench.values.update({name: e.value for name, e in fit.estimates.items()})


def _choice(look: Look) -> None:
    """Show which spectrum and which model, and what else might be tried."""
    with ui.element("section").classes("panel"):
        heading("Spectrum and model")
        spectrum = ui.select({}, label="Spectrum").classes("w-full").props("dense outlined")
        names = {name: f"{load_model(name).title} ({name})" for name in library()}
        known = ui.select(names, label="Model from the library", with_input=True, clearable=True)
        known.classes("w-full").props("dense outlined")
        typed = ui.input("or a circuit", placeholder="R0-p(R1,CPE1)-CPE2")
        typed.classes("w-full").props("dense outlined bottom-slots spellcheck=false")
        suggestions(look, lambda name: take(name))

    def take(text: str) -> None:
        trouble = _take_model(look, text)
        typed.props["error"] = bool(trouble)
        typed.props["error-message"] = trouble
        typed.update()

    def of_spectrum() -> None:
        if spectrum.value and spectrum.value != look.current:
            look.current = str(spectrum.value)
            look.changed()

    def draw() -> None:
        labels = {r.key: r.spectrum.label + (" (left out)" if r.reason else "")
                  for r in look.desk.rows}  # fmt: skip
        spectrum.set_options(labels, value=look.current or None)
        model = look.desk.sheet.settings.model or ""
        known.set_value(model if model in names else None)
        if not typed.props.get("error"):
            typed.set_value("" if model in names else model)

    def complete() -> None:
        """Offer the elements that begin like the last word."""
        text = typed.value or ""
        begun = text.rstrip(_LETTERS)
        typed.set_autocomplete([begun + symbol for symbol in _SYMBOLS])

    typed.on_value_change(complete)
    spectrum.on_value_change(of_spectrum)
    known.on_value_change(lambda: take(known.value) if known.value else None)
    typed.on("keydown.enter", lambda: take((typed.value or "").strip()))
    typed.on("blur", lambda: take((typed.value or "").strip()) if typed.value else None)
    look.redraw.append(draw)


def _take_model(look: Look, text: str) -> str:
    """Take another model, and say why where it makes no sense."""
    if text == (look.desk.sheet.settings.model or ""):
        return ""
    try:
        names = load_model(text).names if text else ()
    except EisfitError as error:
        return str(error)

    def change() -> None:
        desk = look.desk
        sheet = editing.with_value(desk.state.sheet, "model", text)
        settings = {n: s for n, s in desk.state.settings.items() if n in names}
        state = replace(desk.state, sheet=sheet, settings=settings)
        desk.change(f"model {text or 'none'}", state)

    changing(look, change)
    return ""


def _meanings(look: Look) -> None:
    """Show the circuit's drawing and what its processes mean."""
    with ui.element("section").classes("panel"):
        heading("Circuit")
        drawing = ui.element("div").classes("circuit w-full")
        table = ui.column().classes("w-full gap-1")
    drawn = {"model": ""}

    def draw() -> None:
        chosen = look.desk.sheet.settings.model or ""
        if drawn["model"] == chosen:
            return
        drawn["model"] = chosen
        drawing.clear()
        table.clear()
        try:
            model = look.desk.model()
        except EisfitError as error:
            with table:
                ui.label(str(error)).classes("text-sm")
            return
        with drawing:
            ui.html(circuit_drawing(model), sanitize=False)
        with table:
            ui.label(model.circuit).classes("text-sm font-mono").style("overflow-wrap: anywhere")
            for name, process in model.processes.items():
                ui.label(f"{in_words(name)}: {process.meaning}").classes("text-sm")

    look.redraw.append(draw)


def circuit_drawing(model: Model) -> str:
    """Return the circuit as SVG, with its words for those who cannot see it."""
    from eisfit.plots.circuit import circuit_figure
    from eisfit.plots.style import rendered

    svg = rendered(circuit_figure(model), "svg", crop=True).decode()
    return svg[svg.index("<svg") :].replace("<svg", '<svg role="img" aria-label="circuit"', 1)


def _picture(look: Look, bench: Bench) -> None:
    heading("Fit")
    made = chart(nyquist_plotly([]), "Nyquist figure of data and model, with residuals", "34rem")
    note = ui.label().classes("text-sm")
    again = ui.timer(_PATIENCE, lambda: None if look.desk.busy else look.changed(), active=False)
    drawn: dict[str, object] = {}

    def draw() -> None:
        fitted(look, bench)
        again.active = bench.waiting
        if drawn.get("of") is bench.made_of and bench.made_of is not None:
            return
        drawn["of"] = bench.made_of
        if not look.current:
            made.update_figure(nyquist_plotly([]))
            return
        spectrum = look.desk.row(look.current).spectrum
        fit = bench.result.fit if bench.result is not None else None
        kind = (look.current, spectrum.reasons, fit.model.circuit if fit is not None else "")
        if fit is None or drawn.get("kind") != kind:  # else the curves alone are others
            figure = fit_plotly(spectrum, fit)
            figure["layout"]["uirevision"] = look.current
            made.update_figure(figure)
        drawn["kind"] = kind
        for tell in bench.shown:
            tell()

    def slid() -> None:
        fit = bench.result.fit if bench.result is not None else None
        if fit is None:
            note.set_text("The engine is at work; the fit follows." if bench.waiting else "")
            return
        moved = with_values(fit, bench.values)
        note.set_text(f"misfit {mean_misfit(moved):.3g} % of |Z| on average")
        xs, ys = fit_coordinates(moved)
        move_curves(made, 2, xs, ys)

    bench.shown.append(slid)
    look.redraw.append(draw)


def _buttons(look: Look, bench: Bench) -> None:
    def from_here() -> None:
        """Fit with the sliders' values as start, and keep what is held and bounded."""
        old, fit = look.desk.state.settings, bench.result.fit if bench.result else None
        if fit is None:
            return
        settings = dict(old)
        for name, value in bench.values.items():
            if value != fit.estimates[name].value:
                settings[name] = replace(old.get(name, Setting(value)), value=value)
        state = replace(look.desk.state, settings=settings)
        bench.made_of = None
        changing(look, lambda: look.desk.change("fit from set values", state))

    def freely() -> None:
        bench.made_of = None
        state = replace(look.desk.state, settings={})
        changing(look, lambda: look.desk.change("fit without a guess", state))

    with ui.row().classes("gap-2 mt-2"):
        ui.button("Fit", on_click=from_here)
        ui.button("Fit anew, without a guess", on_click=freely).props("outline")


def _judgement(look: Look, bench: Bench) -> None:
    """Show what the processes are, with the evidence, and what was found."""
    with ui.element("section").classes("panel"):
        heading("Processes and findings")
        place = ui.column().classes("w-full gap-1")

    def draw() -> None:
        place.clear()
        result = bench.result
        with place:
            if bench.waiting:
                return
            if result is None:
                ui.label("Choose a model to fit it.").classes("text-sm")
                return
            for name, process in result.processes.items():
                values = [
                    f"R = {process.resistance:.2u} Ω" if process.resistance else "",
                    f"C = {process.capacitance:.2u} F" if process.capacitance else "",
                    f"σ = {process.conductivity:.2u} S/cm" if process.conductivity else "",
                ]
                words = ", ".join(v for v in values if v).replace("+/-", " ± ")
                ui.label(f"{in_words(name)}: {words or 'not determined'}").classes(
                    "font-bold text-sm"
                )
                for candidate in process.candidates[:2]:
                    ui.label(
                        f"{in_words(candidate.process)} ({candidate.score:.2f}): {candidate.why}"
                    ).classes("text-sm").style("overflow-wrap: anywhere")
            findings_list(result.findings)

    look.redraw.append(draw)


def with_values(fit: FitResult, values: Mapping[str, float]) -> FitResult:
    """Return a fit with other values: those of the sliders, which were not fitted."""
    estimates = {
        name: replace(e, value=values.get(name, e.value), stderr=None, ci95=None)
        for name, e in fit.estimates.items()
    }
    return replace(fit, estimates=estimates)


def mean_misfit(fit: FitResult) -> float:
    """Return the mean misfit in % of |Z|, of real and imaginary part each."""
    _, residual = fit.residuals
    return 100 * float(np.sqrt(np.mean(np.abs(residual) ** 2) / 2))
