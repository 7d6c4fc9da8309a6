"""The selected spectra as Nyquist, Bode and relaxation times, linked; a lasso leaves points out."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import events, ui

from eisfit.app import editing
from eisfit.app.parts import Look, asked_reason, changing, chart, heading, in_thread
from eisfit.app.trace import points_of, watch
from eisfit.base.errors import EisfitError
from eisfit.plots.plotly import ShownSpectrum, bode_plotly, drt_plotly, nyquist_plotly, places_of
from eisfit.quality.relaxation_times import Drt, drt

_LATER = 1.0  # s after the other figures, which come first
_DISTRIBUTIONS = 6  # drawn at most; each takes some 10 ms, with a blocking tail 60


def spectra_charts(look: Look, reasons: Sequence[str]) -> None:
    """Build the figures.

    Parameters
    ----------
    look : Look
    reasons : sequence of str
        Usual ones for leaving points out, offered where one is asked for.
    """
    made = _Charts(look, reasons)
    look.redraw.append(made.draw)


class _Charts:
    """Three figures of the same spectra."""

    def __init__(self, look: Look, reasons: Sequence[str]) -> None:
        self.look, self.reasons = look, reasons
        self.shown: list[ShownSpectrum] = []
        self.drawn: object = None
        with ui.element("section").classes("panel"):
            heading("Nyquist")
            label = "Nyquist figure of the selected spectra"
            self.nyquist = chart(nyquist_plotly([]), label, "26rem")
        with ui.element("div").classes("pair"):
            with ui.element("section").classes("panel"):
                heading("Bode")
                self.bode = chart(bode_plotly([]), "Bode figure of the selected spectra")
            with ui.element("section").classes("panel"):
                heading("Relaxation times")
                self.times = chart(drt_plotly([]), "Distribution of relaxation times")
                self.note = ui.label().classes("text-sm")
        watch([self.nyquist, self.bode], self.taken)

    def draw(self) -> None:
        """Draw the selected spectra, where they are others than before."""
        rows = self.look.rows
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
        found = await in_thread(lambda: [(s, _distribution(s)) for s in few])
        if shown is not self.shown:  # others were selected meanwhile
            return
        self.times.update_figure(drt_plotly([(s, d) for s, d in found or [] if d]))
        some = f"of {len(few)} of the {len(shown)} spectra" if len(few) < len(shown) else ""
        self.note.set_text(some)

    async def taken(self, event: events.GenericEventArguments) -> None:
        """Leave out the points that were marked, once a reason is given."""
        marked = points_of(event.args, self.shown)
        if not marked:
            return
        count = sum(int(points.sum()) for _, points in marked)
        of = "1 spectrum" if len(marked) == 1 else f"{len(marked)} spectra"
        reason = await asked_reason(f"Leave out {count} points of {of}", self.reasons)
        if not reason:
            return
        look = self.look

        def change(sheet: str) -> str:
            for shown, points in marked:
                sheet = editing.with_points_out(
                    sheet, look.desk.row(shown.key).file, shown.spectrum.provenance.sweep, points,
                    shown.spectrum.frequency, reason,
                )  # fmt: skip
            return sheet

        changing(look, lambda: look.desk.edit(f"{count} points left out", change))
        await in_thread(look.desk.test)
        look.changed()


def _distribution(shown: ShownSpectrum) -> Drt | None:
    try:
        return drt(shown.spectrum)
    except EisfitError:  # too few points; the verdict says so
        return None
