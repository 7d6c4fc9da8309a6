"""The model: chosen, drawn, suggested; its parameters moved by hand, fitted, judged."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from nicegui import ui

from eisfit.app import editing
from eisfit.app.parameter_panel import FitPanelState, parameter_panel
from eisfit.app.state import Setting
from eisfit.app.widgets import (
    ViewState,
    board,
    button,
    chart,
    findings_list,
    move_curves,
    run_in_thread,
    section,
    select,
    show_errors,
    small_text,
    svg_markup,
)
from eisfit.base.errors import EisfitError
from eisfit.base.words import process_words
from eisfit.circuit.elements import ELEMENTS
from eisfit.circuit.models import Model, library, load_model
from eisfit.fitting.result import FitResult
from eisfit.plots import circuit_figure
from eisfit.plots.plotly import fit_coordinates, fit_plotly, nyquist_plotly
from eisfit.processes.model_choice import ModelChoice, compare_models
from eisfit.report.document import Value
from eisfit.report.series_document import candidate_texts, derived_texts, process_table

_LETTERS = string.ascii_letters
_CHECK_EVERY = 0.3  # seconds between two checks whether the engine is free
_SYMBOLS = (*sorted(ELEMENTS), "CPE", "p(")


def model_view(view: ViewState) -> None:
    """Build the view of the model."""
    panel = FitPanelState()
    right = [partial(build, panel=panel) for build in (_picture, _parameters, _processes)]
    board(view, [_choice, _meanings], right)


def _parameters(view: ViewState, panel: FitPanelState) -> None:
    with section("Parameters"):
        parameter_panel(view, panel)
        _buttons(view, panel)


def update_fit(view: ViewState, panel: FitPanelState) -> None:
    """Fit the current spectrum, where anything changed since it was fitted.

    While a thread has the engine, the fit waits: the server must not be blocked.
    """
    session, key = view.session, view.current
    panel.waiting = False
    fit_input = (key, session.row(key).spectrum, session.state, session.sheet) if key else None
    if fit_input is not None and panel.fit_input == fit_input:
        return
    panel.fit_input, panel.result = None, None
    can_fit = bool(key and session.sheet.settings.model)
    if can_fit and session.busy:
        panel.waiting = True
        return
    panel.fit_input = fit_input
    if can_fit:
        with show_errors():
            panel.result = session.fit_spectrum(key)
        estimates = panel.fit.estimates if panel.fit is not None else {}
        panel.values = {name: estimate.value for name, estimate in estimates.items()}


def _choice(view: ViewState) -> None:
    """Show which spectrum and which model, and which others are suggested."""
    with section("Spectrum and model"):
        spectrum = select({}, "Spectrum")
        names = {name: f"{load_model(name).title} ({name})" for name in library()}
        known = select(names, "Model from the library", with_input=True, clearable=True)
        typed = ui.input("or a circuit", placeholder="R0-p(R1,CPE1)-CPE2")
        typed.classes("w-full").props("dense outlined bottom-slots spellcheck=false")
        suggestions(view, lambda name: take(name))

    def take(text: str) -> None:
        trouble = _take_model(view, text)
        typed.props["error"] = bool(trouble)
        typed.props["error-message"] = trouble
        typed.update()

    def of_spectrum() -> None:
        if spectrum.value and spectrum.value != view.current:
            view.current = str(spectrum.value)
            view.changed()

    def draw() -> None:
        labels = {r.key: r.spectrum.label + (" (left out)" if r.reason else "")
                  for r in view.session.rows}  # fmt: skip
        spectrum.set_options(labels, value=view.current or None)
        model = view.session.sheet.settings.model or ""
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
    view.redraw.append(draw)


def _take_model(view: ViewState, text: str) -> str:
    """Set another model; return why it makes no sense, empty where it does."""
    if text == (view.session.sheet.settings.model or ""):
        return ""
    try:
        names = load_model(text).names if text else ()
    except EisfitError as error:
        return str(error)

    state = view.session.state
    sheet = editing.with_value(state.sheet, "model", text)
    settings = {n: s for n, s in state.settings.items() if n in names}
    view.change(f"model {text or 'none'}", replace(state, sheet=sheet, settings=settings))
    return ""


def _meanings(view: ViewState) -> None:
    """Show the circuit's drawing and what its processes mean."""

    def build() -> None:
        try:
            model = view.session.model()
        except EisfitError as error:
            small_text(str(error))
            return
        with ui.element("div").classes("circuit w-full"):
            ui.html(circuit_drawing(model), sanitize=False)
        ui.label(model.circuit).classes("text-sm font-mono").style("overflow-wrap: anywhere")
        for name, process in model.processes.items():
            small_text(f"{process_words(name)}: {process.meaning}")

    with section("Circuit"):
        view.add_part(build, lambda: view.session.sheet.settings.model)


def circuit_drawing(model: Model) -> str:
    """Return the circuit as SVG, with a label for those who cannot see it."""
    return svg_markup(circuit_figure(model), "circuit")


def _picture(view: ViewState, panel: FitPanelState) -> None:
    with section("Fit"):
        label = "Nyquist figure of data and model, with residuals"
        figure = chart(nyquist_plotly([]), label, "34rem")
        note = small_text()
    again = ui.timer(
        _CHECK_EVERY, lambda: None if view.session.busy else view.changed(), active=False
    )
    drawn: dict[str, object] = {}

    def draw() -> None:
        update_fit(view, panel)
        again.active = panel.waiting
        if drawn.get("of") is panel.fit_input and panel.fit_input is not None:
            return
        drawn["of"] = panel.fit_input
        if not view.current:
            figure.update_figure(nyquist_plotly([]))
            return
        spectrum = view.session.row(view.current).spectrum
        fit = panel.fit
        kind = (view.current, spectrum.reasons, fit.model.circuit if fit is not None else "")
        if fit is None or drawn.get("kind") != kind:  # else the curves alone are others
            data = fit_plotly(spectrum, fit)
            data["layout"]["uirevision"] = view.current
            figure.update_figure(data)
        drawn["kind"] = kind
        for listener in panel.listeners:
            listener()

    def move_fit() -> None:
        fit = panel.fit
        if fit is None:
            note.set_text("The fit is running." if panel.waiting else "")
            return
        moved = with_values(fit, panel.values)
        note.set_text(f"misfit {mean_misfit(moved):.3g} % of |Z| on average")
        xs, ys = fit_coordinates(moved)
        move_curves(figure, 2, xs, ys)

    panel.listeners.append(move_fit)
    view.redraw.append(draw)


def _buttons(view: ViewState, panel: FitPanelState) -> None:
    def fit_from_sliders() -> None:
        """Fit with the sliders' values as start, and keep what is held and bounded."""
        old, fit = view.session.state.settings, panel.fit
        if fit is None:
            return
        moved = {n: v for n, v in panel.values.items() if v != fit.estimates[n].value}
        settings = {n: replace(old.get(n, Setting(v)), value=v) for n, v in moved.items()}
        fit_again("fit from set values", {**old, **settings})

    def fit_again(what: str, settings: Mapping[str, Setting]) -> None:
        panel.fit_input = None
        view.change(what, replace(view.session.state, settings=settings))

    with ui.row().classes("gap-2 mt-2"):
        button("Fit", fit_from_sliders, "")
        button("Fit anew, without a guess", lambda: fit_again("fit without a guess", {}), "outline")


def _processes(view: ViewState, panel: FitPanelState) -> None:
    """Show what the processes are, with the evidence, and the findings."""

    def build() -> None:
        result = panel.result
        if panel.waiting:
            return
        if result is None:
            small_text("Choose a model to fit it.")
            return
        table = process_table(result)
        for process, row in zip(result.processes.values(), table.rows, strict=True):
            values = [
                f"{name} = {cell}"
                for name, cell in zip(table.heading[1:], row[1:], strict=True)
                if isinstance(cell, Value) and cell.number is not None
            ]
            small_text(f"{row[0]}: {', '.join(values) or 'not determined'}").classes("font-bold")
            for text in (*candidate_texts(process)[:2], *derived_texts(process)):
                small_text(text).style("overflow-wrap: anywhere")
        findings_list(result.findings)

    with section("Processes and findings"):
        view.add_part(build)


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


_MOST = 6


def suggestions(view: ViewState, take: Callable[[str], None]) -> None:
    """Show a button that suggests circuits, and the circuits.

    Parameters
    ----------
    view : ViewState
    take : callable
        Called with the circuit that is clicked.
    """
    place = ui.column().classes("w-full gap-1")

    async def suggest() -> None:
        if not view.current:
            return
        spectrum = view.session.row(view.current).spectrum
        place.clear()
        with place:
            small_text("Trying circuits …")
        choice = await run_in_thread(lambda: compare_models(spectrum, geometry=spectrum.geometry))
        place.clear()
        with place:
            if choice is not None:
                _list(choice, take)

    button("Suggest circuits", suggest, "outline dense icon=lightbulb")


def _list(choice: ModelChoice, take: Callable[[str], None]) -> None:
    """Show the best circuit, those that are as good, and the next ones."""
    tied = {tie.trial.model.circuit for tie in choice.ties}
    for trial in choice.trials[:_MOST]:
        circuit = trial.model.circuit
        rank = "best" if trial is choice.best else "as good" if circuit in tied else "worse"
        button = ui.button(on_click=lambda c=circuit: take(c))
        button.props("flat no-caps align=left dense")
        with button.classes("w-full suggestion"), ui.column().classes("gap-0 items-start"):
            small_text(f"{rank}: {trial.title}").classes("font-bold")
            ui.label(circuit).classes("text-xs font-mono").style("overflow-wrap: anywhere")
            score = trial.score - choice.best.score
            words = f"score {score:+.1f}, misfit {trial.misfit_percent:.2g} %"
            ui.label(words).classes("text-xs")
    for finding in choice.findings:
        small_text(finding.message)
