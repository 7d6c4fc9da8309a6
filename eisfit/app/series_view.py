"""The series: all spectra fitted, the Arrhenius lines, a spectrum behind every point."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from nicegui import events, ui

from eisfit.analysis.pipeline import Analysis
from eisfit.app import editing
from eisfit.app.desk import Made
from eisfit.app.parts import (
    Look,
    asked_reason,
    changing,
    chart,
    findings_list,
    heading,
    in_thread,
)
from eisfit.app.sample_view import samples
from eisfit.fitting.result import with_error
from eisfit.plots.plotly import arrhenius_plotly, fit_plotly, nyquist_plotly
from eisfit.plots.style import in_words

_CLICKED = "(event) => emit(event.points[0] ? event.points[0].customdata : null)"
_QUANTITIES = {
    "conductivity_S_cm": "σ / (S/cm)", "activation_energy_eV": "E_a / eV",
    "area_resistance_ohm_cm2": "R A / (Ω cm²)", "thickness_m": "thickness / m",
}  # fmt: skip
_METHODS = {"joint": "joint fit over all temperatures", "separate": "lines through single fits"}


@dataclass(slots=True)
class Progress:
    """How far an analysis is: what, done, of how many."""

    what: str = ""
    share: float = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Take a step."""
        self.what, self.share = what, done / max(total, 1)


def series_view(look: Look) -> None:
    """Build the view of the series."""
    with ui.element("div").classes("board w-full"):
        with ui.column().classes("w-full gap-3"):
            with ui.element("section").classes("panel"):
                _start(look)
            _answers(look)
            samples(look)
        with ui.column().classes("w-full gap-3"):
            _pictures(look)
            _found(look)


def _start(look: Look) -> None:
    heading("Fit the series")
    desk, progress = look.desk, Progress()
    method = ui.select(_METHODS, label="Method", value=desk.state.method)
    method.classes("w-full").props("dense outlined")
    with ui.row().classes("items-center gap-3 w-full mt-2"):
        button = ui.button("Fit all")
        note = ui.label().classes("text-sm")
    bar = ui.linear_progress(value=0.0, show_value=False).props('aria-label="Progress"')
    bar.set_visibility(False)

    async def fit_all() -> None:
        button.disable()
        bar.set_visibility(True)
        timer = ui.timer(
            0.15, lambda: (bar.set_value(progress.share), note.set_text(progress.what))
        )
        made = await in_thread(desk.analyse, progress)
        timer.cancel()
        bar.set_visibility(False)
        button.enable()
        if isinstance(made, Made):
            desk.made = made
        look.changed()

    def draw() -> None:
        method.set_value(desk.state.method)
        if desk.made is None:
            note.set_text(f"{sum(not r.reason for r in desk.rows)} spectra, not fitted yet")
        elif desk.made.state != desk.state:
            note.set_text("something was changed since: fit again")
        else:
            note.set_text(f"{len(desk.made.analysis.spectra)} spectra fitted")

    def take() -> None:
        state = replace(desk.state, method=str(method.value))
        changing(look, lambda: desk.change(f"{method.value} fit", state))

    button.on_click(fit_all)
    method.on_value_change(take)
    look.redraw.append(draw)


def _answers(look: Look) -> None:
    """Show activation energies, conductivities and the comparison with the literature."""
    with ui.element("section").classes("panel"):
        heading("Results")
        place = ui.column().classes("w-full gap-2")
    drawn: dict[str, object] = {}

    def draw() -> None:
        made = look.desk.made
        if drawn.get("made") is made and made is not None:
            return
        drawn["made"] = made
        place.clear()
        with place:
            if made is None:
                ui.label("Fit the series to see them.").classes("text-sm")
            else:
                _tables(made.analysis)

    look.redraw.append(draw)


def _tables(analysis: Analysis) -> None:
    rows = []
    for name, line in analysis.arrhenius.items():
        energy = line.activation_energy
        sigma, error = line.conductivity_at(298.15)
        unit = "S/cm" if line.has_geometry else "S"
        beyond = ", extrapolated" if line.extrapolates_to(298.15) else ""
        rows.append({
            "process": in_words(name),
            "energy": f"{with_error(energy.nominal_value, energy.std_dev)} eV",
            "sigma": f"{with_error(float(sigma), float(error))} {unit}{beyond}",
        })  # fmt: skip
    if rows:
        _table(rows, {"process": "Process", "energy": "E_a (ln σT)", "sigma": "σ at 25 °C"},
               "Activation energies")  # fmt: skip
    else:
        ui.label("no activation energy: see what was found").classes("text-sm")
    compared = [
        {"what": f"{in_words(c.process)}, {_QUANTITIES.get(c.quantity, c.quantity)}",
         "value": f"{c.reference_value:g}", "verdict": c.verdict.replace("_", " "),
         "source": c.citation or c.reference_id}
        for c in analysis.comparison if c.verdict != "not_comparable"
    ]  # fmt: skip
    if compared:
        _table(compared, {"what": "Compared", "value": "Literature", "verdict": "Verdict",
                          "source": "Source"}, "Comparison with the literature")  # fmt: skip


def _table(rows: list[dict[str, Any]], columns: dict[str, str], label: str) -> None:
    said = [{"name": k, "label": v, "field": k, "align": "left"} for k, v in columns.items()]
    table = ui.table(columns=said, rows=rows, pagination=0).classes("w-full")
    table.props(f'flat dense wrap-cells hide-pagination aria-label="{label}"')


def _pictures(look: Look) -> None:
    """Show the lines, and the spectrum behind the point that was clicked."""
    with ui.element("section").classes("panel"):
        heading("Arrhenius")
        lines = chart(nyquist_plotly([]), "Arrhenius figure of all processes", "26rem")
        ui.label("Click a point to see its spectrum.").classes("text-sm")
    with ui.element("section").classes("panel"):
        name = ui.label("Spectrum").classes("text-base font-bold")
        one = chart(nyquist_plotly([]), "The spectrum behind the point, with its fit", "30rem")
        button = ui.button("Leave this spectrum out").props("outline dense")
        button.disable()
    drawn: dict[str, Any] = {"key": ""}

    def draw() -> None:
        made = look.desk.made
        if drawn.get("made") is made:
            return
        drawn["made"] = made
        if made is not None and made.analysis.arrhenius:
            lines.update_figure(arrhenius_plotly(made.analysis.arrhenius, made.analysis.comparison))

    def clicked(event: events.GenericEventArguments) -> None:
        made = look.desk.made
        if made is None or not isinstance(event.args, int | float):
            return
        near = min(made.analysis.spectra,
                   key=lambda s: abs((s.spectrum.temperature or 0.0) - event.args))  # fmt: skip
        source = near.spectrum.provenance
        keys = [r.key for r in look.desk.rows
                if r.spectrum.provenance.file == source.file
                and r.spectrum.provenance.sweep == source.sweep]  # fmt: skip
        drawn["key"] = keys[0] if keys else ""
        name.set_text(f"{near.spectrum.label}, {near.spectrum.temperature:.5g} K")
        button.set_enabled(bool(keys))
        one.update_figure(fit_plotly(near.spectrum, near.fit))

    async def leave_out() -> None:
        if drawn["key"] and await _leave_out(look, drawn["key"]):
            button.disable()

    lines.on("plotly_click", clicked, js_handler=_CLICKED)
    button.on_click(leave_out)
    look.redraw.append(draw)


async def _leave_out(look: Look, key: str) -> bool:
    """Leave a spectrum out with a reason; tell whether it was done."""
    row = look.desk.row(key)
    label, sweep = row.spectrum.label, row.spectrum.provenance.sweep
    reason = await asked_reason(f"Leave out {label}", ("off the line", "bad contact"))
    if not reason:
        return False

    def change(sheet: str) -> str:
        return editing.left_out(sheet, row.file, sweep, row.sweeps, reason)

    changing(look, lambda: look.desk.edit(f"{label} left out", change))
    ui.notify(f"{label} is left out: fit the series again", type="info")
    return True


def _found(look: Look) -> None:
    with ui.element("section").classes("panel"):
        heading("What was found")
        place = ui.column().classes("w-full gap-1")

    def draw() -> None:
        place.clear()
        made = look.desk.made
        with place:
            if made is not None:
                of_spectra = [f for s in made.analysis.spectra for f in s.findings]
                findings_list([*made.analysis.findings, *of_spectra])

    look.redraw.append(draw)
