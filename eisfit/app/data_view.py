"""The data: files dropped, spectra drawn together, points left out, the measurement sheet."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from nicegui import events, ui

from eisfit.app import editing
from eisfit.app.session import Row, set_temperature, temperature_text
from eisfit.app.spectra_charts import REASONS, spectra_charts
from eisfit.app.storage import LARGEST
from eisfit.app.widgets import (
    ViewState,
    apply_change,
    ask_reason,
    board,
    button,
    findings_list,
    on_leave,
    run_in_thread,
    section,
    show_error,
    small_text,
)
from eisfit.base.errors import EisfitError
from eisfit.base.words import format_frequency
from eisfit.data.series import COORDINATES
from eisfit.plots.plotly import MANY

_SORTABLE = {"name", "points", "verdict"}
_COLUMNS: list[dict[str, Any]] = [
    {"name": key, "label": label, "field": key, "sortable": key in _SORTABLE,
     "align": "right" if key == "points" else "left"}
    for key, label in (("name", "Spectrum"), ("temperature", "Temperature"), ("range", "Range"),
                       ("points", "Points"), ("verdict", "Verdict"))
]  # fmt: skip
# a cell's parent is the scrolled list, not the table: the new text is sent to the page, whose
# functions a template reaches only through its document
_TEMPERATURE = """
<q-td :props="props"><input class="cell" style="width: 4.8rem" :value="props.row.temperature"
 :aria-label="'Temperature of ' + props.row.name" placeholder="25 °C"
 @change="(event) => event.target.ownerDocument.defaultView.emitEvent('temperature',
 [props.row.key, event.target.value])"></q-td>
"""
_NAME = """
<q-td :props="props"><span style="white-space: normal; overflow-wrap: anywhere">
{{ props.row.name }}</span></q-td>
"""
_ALL = '<q-checkbox v-model="props.selected" dense aria-label="Select all spectra" />'
_ONE = """<q-checkbox v-model="props.selected" dense :aria-label="'Select ' + props.row.name" />"""
_DROP = """
<label class="drop"><span>Drop raw files or a zip here, or choose them</span>
<input type="file" multiple aria-label="Choose files"
 @change="(event) => { props.addFiles(event.target.files); event.target.value = ''; }"></label>
"""


def data_view(view: ViewState) -> None:
    """Build the view of the data."""
    board(view, [_files, _sheet_form, _left_out], [spectra_charts, _findings])


def _files(view: ViewState) -> None:
    """Show where files are dropped, and the table of spectra."""
    with ui.element("section").classes("panel"):
        upload = ui.upload(
            multiple=True, auto_upload=True,
            max_file_size=LARGEST, on_multi_upload=lambda e: _receive_files(view, e),
            on_rejected=lambda: show_error(f"files over {LARGEST >> 20} MB cannot be dropped; open "
                                           "their folder instead: eisfit app FOLDER"),
        ).props("flat bordered")  # fmt: skip
        upload.add_slot("header", _DROP)
        table = ui.table(columns=_COLUMNS, rows=[], row_key="key", selection="multiple",
                         pagination=0)  # fmt: skip
        table.classes("w-full").style("max-height: 24rem")
        table.props('virtual-scroll flat dense hide-pagination aria-label="Spectra"')
        table.add_slot("body-cell-temperature", _TEMPERATURE)
        table.add_slot("body-cell-name", _NAME)
        table.add_slot("header-selection", _ALL)
        table.add_slot("body-selection", _ONE)
        with ui.row().classes("gap-2 mt-2"):
            button("All", lambda: select(row.key for row in view.session.rows))
            button("None", lambda: select(()))
            button("Leave out", lambda: _leave_out(view))
            button("Put back", lambda: _put_back(view))

    def select(keys: Iterable[str]) -> None:
        view.selected = tuple(keys)
        view.changed()

    def draw() -> None:
        rows = [_line(row) for row in view.session.rows]
        if rows != table.rows:
            table.rows = rows
        chosen = set(view.selected)
        table.selected = [row for row in rows if row["key"] in chosen]

    def temperature(event: events.GenericEventArguments) -> None:
        key, text = event.args
        apply_change(view, lambda: set_temperature(view.session, str(key), str(text).strip()))

    table.on("selection", lambda: select(row["key"] for row in table.selected))
    ui.on("temperature", temperature)
    view.redraw.append(draw)


def _line(row: Row) -> dict[str, Any]:
    """Return one line of the table."""
    frequency, _ = row.spectrum.kept
    verdict = "…" if row.validity is None else row.validity.verdict
    count = len(row.spectrum)
    points = f"{len(frequency)}" if len(frequency) == count else f"{len(frequency)} of {count}"
    return {
        "key": row.key, "name": row.spectrum.label, "temperature": temperature_text(row),
        "range": " – ".join(map(format_frequency, frequency[[-1, 0]])), "points": points,
        "verdict": f"left out: {row.reason}" if row.reason else verdict,
    }  # fmt: skip


async def _receive_files(view: ViewState, event: events.MultiUploadEventArguments) -> None:
    """Keep dropped files, read the folder again, and show which could not be read."""
    session, errors = view.session, []
    for file in event.files:
        data = await file.read()
        try:
            session.drop(file.name, data)
        except EisfitError as error:
            errors.append(str(error))
    before = {row.key for row in session.rows}
    known = {outcome.path for outcome in session.outcomes if outcome.error}
    await run_in_thread(session.read)
    await run_in_thread(session.validate_spectra)
    new = [row.key for row in session.rows if row.key not in before and not row.reason]
    view.selected = (*view.selected, *new)[:MANY] if len(view.selected) < MANY else view.selected
    errors += [str(o.error) for o in session.outcomes if o.error and o.path not in known]
    for text in errors:
        show_error(text)
    sender: Any = event.sender
    sender.reset()
    view.changed()


async def _leave_out(view: ViewState) -> None:
    rows = [row for row in view.rows if not row.reason]
    if not rows:
        show_error("select the spectra to be left out first")
        return
    names = rows[0].spectrum.label if len(rows) == 1 else f"{len(rows)} spectra"
    suggestions = ("bad contact", "another sample", *REASONS)
    reason = await ask_reason(f"Leave out {names}", suggestions)
    if not reason:
        return

    def change(sheet: str) -> str:
        for row in rows:
            sweep = row.spectrum.provenance.sweep
            sheet = editing.leave_out_spectrum(sheet, row.file, sweep, row.sweeps, reason)
        return sheet

    view.edit(f"{names} left out", change)


def _put_back(view: ViewState) -> None:
    def change(sheet: str) -> str:
        for row in view.rows:
            sheet = editing.put_back(sheet, row.file, row.spectrum.provenance.sweep)
        return sheet

    view.edit("put back", change)


def _left_out(view: ViewState) -> None:
    """Show the rules by which points are left out, each with a button to put them back."""

    def build() -> None:
        rules = [(file, n, rule) for file, entry in view.session.sheet.files.items()
                 for n, rule in enumerate(entry.points)]  # fmt: skip
        for file, number, rule in rules:
            with ui.row().classes("items-center no-wrap w-full gap-2"):
                words = ui.label(_describe_rule(file, rule)).classes("text-sm grow")
                words.style("overflow-wrap: anywhere")
                button("Put back", partial(put_back, file, number), "flat dense")
        if not rules:
            small_text("Drag a lasso or a box around points in a figure, then give the reason.")

    def put_back(file: str, number: int) -> None:
        view.edit(f"points of {file} put back",
                  lambda sheet: editing.without_rule(sheet, file, number))  # fmt: skip

    with section("Points left out"):
        view.add_part(build)


def _describe_rule(file: str, rule: Any) -> str:
    given = {word: getattr(rule, word) for word in ("above", "below", "near")}
    limits = [f"{word} {limit:.4g} Hz" for word, limit in given.items() if limit is not None]
    sweep = f" [{rule.sweep}]" if rule.sweep > 1 else ""
    return f"{file}{sweep}: {' and '.join(limits) or 'all of it'} – {rule.reason}"


def _findings(view: ViewState) -> None:
    def build() -> None:
        session, chosen = view.session, set(view.selected)
        of_data = [f for row in session.rows if row.validity is not None and row.key in chosen
                   for f in (*row.spectrum.findings, *row.validity.findings)]  # fmt: skip
        findings = [*session.opening_findings, *session.findings, *of_data]
        findings_list(findings)
        if not findings:
            small_text("No findings for these data.")

    async def validate() -> None:
        await run_in_thread(view.session.validate_spectra)
        view.changed()

    with section("Findings"):
        view.add_part(build)
    ui.timer(0.05, validate, once=True)


_FIELDS = (
    ("sample", "Sample", "LLTO pellet 7"),
    ("material", "Material", "LLTO"),
    ("thickness", "Thickness", "1.2 mm"),
    ("diameter", "Diameter", "10 mm"),
    ("area", "or area", "0.785 cm2"),
    ("lead_resistance", "Lead resistance", "1.5 ohm"),
    ("temperature_error", "Error of temperatures", "1 K"),
)
_INCOMPLETE = "the geometry needs the thickness and either the diameter or the area"
_GEOMETRY = {"thickness", "diameter", "area"}


def _sheet_form(view: ViewState) -> None:
    with section("Measurement sheet"):
        form = _Form(view)
    view.redraw.append(form.draw)


class _Form:
    """The measurement sheet as a form; every field that is left is written into series.toml."""

    def __init__(self, view: ViewState) -> None:
        self.view = view
        self.fields: dict[str, Any] = {}
        with ui.element("div").classes("pair").style("gap: 8px 10px; margin-top: 6px"):
            for key, label, hint in _FIELDS:
                field = ui.input(label, placeholder=hint).props("dense outlined")
                on_leave(field, partial(self.take, key))
                self.fields[key] = field
            self.along = ui.select(list(COORDINATES), label="Series along").props("dense outlined")
        self.along.on_value_change(self.take_along)
        self.note = small_text().style("color: #a3190e")

    def _known(self) -> dict[str, str]:
        return editing.values(self.view.session.state.sheet, [*self.fields, "along"])

    def _field_text(self, key: str) -> str:
        return (self.fields[key].value or "").strip()

    def take(self, key: str) -> None:
        """Write a field into the sheet; the geometry once it is complete."""
        new = self._field_text(key)
        if new == self._known().get(key, ""):
            return
        changes = {k: self._field_text(k) for k in _GEOMETRY} if key in _GEOMETRY else {key: new}
        complete = key not in _GEOMETRY or _is_complete(changes)
        self.note.set_text("" if complete else _INCOMPLETE)
        if complete:
            self._change(f"{key.replace('_', ' ')}: {new or 'none'}", changes)

    def take_along(self) -> None:
        """Write what the series is along."""
        new = str(self.along.value or "temperature")
        if new != self._known().get("along", "temperature"):
            self._change(f"series along {new}", {"along": new})

    def _change(self, what: str, changes: dict[str, str]) -> None:
        def change(sheet: str) -> str:
            for name, value in changes.items():
                sheet = editing.with_value(sheet, name, value)
            return sheet

        self.view.edit(what, change)

    def draw(self) -> None:
        """Show the sheet's values; an incomplete geometry stays as typed."""
        known = self._known()
        for key, field in self.fields.items():
            if not (self.note.text and key in _GEOMETRY):
                field.set_value(known.get(key, ""))
        self.along.set_value(known.get("along", "temperature"))


def _is_complete(geometry: dict[str, str]) -> bool:
    """Return whether a geometry is complete, or empty."""
    others = bool(geometry["diameter"]) + bool(geometry["area"])
    return not any(geometry.values()) or (bool(geometry["thickness"]) and others == 1)
