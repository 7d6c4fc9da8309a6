"""The selected spectra as Nyquist, Bode and relaxation times, linked; a lasso leaves points out."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import events, ui

from eisfit.app import editing
from eisfit.app.widgets import (
    ViewState,
    ask_reason,
    chart,
    link_charts,
    run_in_thread,
    section,
    selected_points,
    small_text,
)
from eisfit.base.errors import EisfitError
from eisfit.plots.plotly import ShownSpectrum, bode_plotly, drt_plotly, nyquist_plotly, places_of
from eisfit.quality.relaxation_times import Drt, drt

REASONS = ("resonance of the leads", "mains", "drift", "amplifier's range", "contact")
"""Usual reasons for leaving points out, offered in the question."""

_LATER = 1.0  # s after the other figures, which come first
_DISTRIBUTIONS = 6  # drawn at most; each takes some 10 ms, with a blocking tail 60


def spectra_charts(view: ViewState) -> None:
    """Build the figures."""
    view.redraw.append(_Charts(view).draw)


class _Charts:
    """Three figures of the same spectra."""

    def __init__(self, view: ViewState) -> None:
        self.view = view
        self.shown: list[ShownSpectrum] = []
        self.drawn: object = None
        with section("Nyquist"):
            label = "Nyquist figure of the selected spectra"
            self.nyquist = chart(nyquist_plotly([]), label, "26rem")
        with ui.element("div").classes("pair"):
            with section("Bode"):
                self.bode = chart(bode_plotly([]), "Bode figure of the selected spectra")
            with section("Relaxation times"):
                self.times = chart(drt_plotly([]), "Distribution of relaxation times")
                self.note = small_text()
        link_charts([self.nyquist, self.bode], self.leave_out_points)

    def draw(self) -> None:
        """Draw the selected spectra where the selection has changed."""
        rows = self.view.rows
        at = places_of([row.spectrum.temperature for row in rows])
        shown = [ShownSpectrum(r.key, r.spectrum.label, r.spectrum, p)
                 for r, p in zip(rows, at, strict=True)]  # fmt: skip
        now = [(s.key, s.spectrum.reasons, s.place) for s in shown]
        if self.drawn == now:
            return
        self.drawn, self.shown = now, shown
        self.nyquist.update_figure(nyquist_plotly(shown))
        self.bode.update_figure(bode_plotly(shown))
        self.note.set_text("…" if shown else "")
        ui.timer(_LATER, lambda: self.draw_times(shown), once=True)

    async def draw_times(self, shown: Sequence[ShownSpectrum]) -> None:
        """Draw the relaxation times of a few of the spectra, which take longer."""
        few = shown[:: max(1, -(-len(shown) // _DISTRIBUTIONS))]
        results = await run_in_thread(lambda: [(s, _distribution(s)) for s in few])
        if shown is not self.shown:  # others were selected meanwhile
            return
        self.times.update_figure(drt_plotly([(s, d) for s, d in results or [] if d]))
        some = f"of {len(few)} of the {len(shown)} spectra" if len(few) < len(shown) else ""
        self.note.set_text(some)

    async def leave_out_points(self, event: events.GenericEventArguments) -> None:
        """Leave out the selected points, once a reason is given."""
        selected = selected_points(event.args, self.shown)
        if not selected:
            return
        count = sum(int(points.sum()) for _, points in selected)
        of = "1 spectrum" if len(selected) == 1 else f"{len(selected)} spectra"
        reason = await ask_reason(f"Leave out {count} points of {of}", REASONS)
        if not reason:
            return
        view = self.view

        def change(sheet: str) -> str:
            for shown, points in selected:
                file, spectrum = view.session.row(shown.key).file, shown.spectrum
                sweep = spectrum.provenance.sweep
                sheet = editing.with_points_out(
                    sheet, file, sweep, points, spectrum.frequency, reason
                )
            return sheet

        view.edit(f"{count} points left out", change)
        await run_in_thread(view.session.validate_spectra)
        view.changed()


def _distribution(shown: ShownSpectrum) -> Drt | None:
    try:
        return drt(shown.spectrum)
    except EisfitError:  # too few points; the verdict shows it
        return None
