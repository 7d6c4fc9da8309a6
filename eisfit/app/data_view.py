"""The data: files dropped, spectra seen together, points left out, the measurement sheet."""

from __future__ import annotations

from typing import Any

from nicegui import events, ui

from eisfit.app import editing
from eisfit.app.desk import Row
from eisfit.app.parts import (
    Look,
    asked_reason,
    changing,
    complain,
    findings_list,
    heading,
    in_thread,
)
from eisfit.app.sheet_form import sheet_form
from eisfit.app.spectra_charts import spectra_charts
from eisfit.app.storage import LARGEST
from eisfit.app.temperatures import set_temperature, temperature_text
from eisfit.base.errors import EisfitError
from eisfit.plots.plotly import MANY, hertz

_REASONS = ("resonance of the leads", "mains", "drift", "amplifier's range", "contact")
_COLUMNS: list[dict[str, Any]] = [
    {"name": "name", "label": "Spectrum", "field": "name", "align": "left", "sortable": True},
    {"name": "temperature", "label": "Temperature", "field": "temperature", "align": "left"},
    {"name": "range", "label": "Range", "field": "range", "align": "left"},
    {"name": "points", "label": "Points", "field": "points", "sortable": True},
    {"name": "verdict", "label": "Verdict", "field": "verdict", "align": "left", "sortable": True},
]
# a cell's parent is the scrolled list, not the table: what is written goes to the page, and a
# template sees the page's functions only by way of its document
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


def data_view(look: Look) -> None:
    """Build the view of the data."""
    with ui.element("div").classes("board w-full"):
        with ui.column().classes("w-full gap-3"):
            _files(look)
            with ui.element("section").classes("panel"):
                sheet_form(look)
            _left_out(look)
        with ui.column().classes("w-full gap-3"):
            spectra_charts(look, _REASONS)
            _findings(look)


def _files(look: Look) -> None:
    """Show where files are dropped, and the table of spectra."""
    with ui.element("section").classes("panel"):
        upload = ui.upload(
            multiple=True, auto_upload=True,
            max_file_size=LARGEST, on_multi_upload=lambda e: _dropped(look, e),
            on_rejected=lambda: complain(f"a file over {LARGEST >> 20} MB was not taken; open its "
                                         "folder instead: eisfit app FOLDER"),
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
            ui.button("All", on_click=lambda: _select(look, None)).props("outline dense")
            ui.button("None", on_click=lambda: _select(look, [])).props("outline dense")
            ui.button("Leave out", on_click=lambda: _leave_out(look)).props("outline dense")
            ui.button("Put back", on_click=lambda: _put_back(look)).props("outline dense")

    def selected() -> None:
        look.selected = tuple(row["key"] for row in table.selected)
        look.changed()

    def draw() -> None:
        rows = [_line(row) for row in look.desk.rows]
        if rows != table.rows:
            table.rows = rows
        chosen = set(look.selected)
        table.selected = [row for row in rows if row["key"] in chosen]

    def temperature(event: events.GenericEventArguments) -> None:
        key, text = event.args
        changing(look, lambda: set_temperature(look.desk, str(key), str(text).strip()))

    table.on("selection", selected)
    ui.on("temperature", temperature)
    look.redraw.append(draw)


def _line(row: Row) -> dict[str, Any]:
    """Return one line of the table."""
    frequency, _ = row.spectrum.kept
    verdict = "…" if row.validity is None else row.validity.verdict
    count = len(row.spectrum)
    points = f"{len(frequency)}" if len(frequency) == count else f"{len(frequency)} of {count}"
    return {
        "key": row.key, "name": row.spectrum.label, "temperature": temperature_text(row),
        "range": f"{hertz(frequency[-1])} – {hertz(frequency[0])}", "points": points,
        "verdict": f"left out: {row.reason}" if row.reason else verdict,
    }  # fmt: skip


async def _dropped(look: Look, event: events.MultiUploadEventArguments) -> None:
    """Keep dropped files, read the folder anew, and tell which could not be read."""
    desk, said = look.desk, []
    for file in event.files:
        data = await file.read()
        try:
            desk.drop(file.name, data)
        except EisfitError as error:
            said.append(str(error))
    before, known = {row.key for row in desk.rows}, set(desk.findings)
    await in_thread(desk.read)
    await in_thread(desk.test)
    new = [row.key for row in desk.rows if row.key not in before and not row.reason]
    look.selected = (*look.selected, *new)[:MANY] if len(look.selected) < MANY else look.selected
    unread = [f for f in desk.findings if f.code == "unreadable_file" and f not in known]
    for text in [*said, *(f.message for f in unread)]:
        complain(text)
    sender: Any = event.sender
    sender.reset()
    look.changed()


def _select(look: Look, keys: list[str] | None) -> None:
    look.selected = tuple(row.key for row in look.desk.rows) if keys is None else tuple(keys)
    look.changed()


async def _leave_out(look: Look) -> None:
    rows = [row for row in look.rows if not row.reason]
    if not rows:
        complain("select the spectra to be left out first")
        return
    names = rows[0].spectrum.label if len(rows) == 1 else f"{len(rows)} spectra"
    reason = await asked_reason(f"Leave out {names}", ("bad contact", "another sample", *_REASONS))
    if not reason:
        return

    def change(sheet: str) -> str:
        for row in rows:
            sweep = row.spectrum.provenance.sweep
            sheet = editing.left_out(sheet, row.file, sweep, row.sweeps, reason)
        return sheet

    changing(look, lambda: look.desk.edit(f"{names} left out", change))


def _put_back(look: Look) -> None:
    def change(sheet: str) -> str:
        for row in look.rows:
            sheet = editing.put_back(sheet, row.file, row.spectrum.provenance.sweep)
        return sheet

    changing(look, lambda: look.desk.edit("put back", change))


def _left_out(look: Look) -> None:
    """Show the rules by which points are left out, each with a way back."""
    with ui.element("section").classes("panel"):
        heading("Points left out")
        place = ui.column().classes("w-full gap-1")

    def draw() -> None:
        place.clear()
        with place:
            rules = [(file, n, rule) for file, entry in look.desk.sheet.files.items()
                     for n, rule in enumerate(entry.points)]  # fmt: skip
            for file, n, rule in rules:
                with ui.row().classes("items-center no-wrap w-full gap-2"):
                    ui.label(_words(file, rule)).classes("text-sm grow").style(
                        "overflow-wrap: anywhere"
                    )
                    ui.button("Put back", on_click=lambda f=file, i=n: _without(look, f, i)).props(
                        "flat dense"
                    )
            if not rules:
                ui.label(
                    "Drag a lasso or a box around points in a figure, then give the reason."
                ).classes("text-sm")

    look.redraw.append(draw)


def _without(look: Look, file: str, number: int) -> None:
    def change(sheet: str) -> str:
        return editing.without_rule(sheet, file, number)

    changing(look, lambda: look.desk.edit(f"points of {file} put back", change))


def _words(file: str, rule: Any) -> str:
    limits = [f"above {rule.above:.4g} Hz"] if rule.above is not None else []
    limits += [f"below {rule.below:.4g} Hz"] if rule.below is not None else []
    limits += [f"near {rule.near:.4g} Hz"] if rule.near is not None else []
    sweep = f" [{rule.sweep}]" if rule.sweep > 1 else ""
    return f"{file}{sweep}: {' and '.join(limits) or 'all of it'} – {rule.reason}"


def _findings(look: Look) -> None:
    with ui.element("section").classes("panel"):
        heading("What was found")
        place = ui.column().classes("w-full gap-1")

    def draw() -> None:
        place.clear()
        desk, chosen = look.desk, set(look.selected)
        of_data = [f for row in desk.rows if row.validity is not None and row.key in chosen
                   for f in (*row.spectrum.findings, *row.validity.findings)]  # fmt: skip
        said = [*desk.said, *desk.findings, *of_data]
        with place:
            findings_list(said)
            if not said:
                ui.label("Nothing speaks against these data.").classes("text-sm")

    async def test() -> None:
        await in_thread(look.desk.test)
        look.changed()

    ui.timer(0.05, test, once=True)
    look.redraw.append(draw)
