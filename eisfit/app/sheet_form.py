"""The measurement sheet as a form: what the raw files do not tell."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from eisfit.app import editing
from eisfit.app.parts import Look, changing, heading
from eisfit.data.series import UNITS

_FIELDS = (
    ("sample", "Sample", "LLTO pellet 7"),
    ("material", "Material", "LLTO"),
    ("thickness", "Thickness", "1.2 mm"),
    ("diameter", "Diameter", "10 mm"),
    ("area", "or area", "0.785 cm2"),
    ("lead_resistance", "Lead resistance", "1.5 ohm"),
    ("temperature_error", "Error of temperatures", "1 K"),
)
_HALF = "the geometry needs the thickness and either the diameter or the area"
_TOGETHER = {"thickness", "diameter", "area"}


def sheet_form(look: Look) -> None:
    """Build the form; every field that is left is written into series.toml."""
    heading("Measurement sheet")
    form = _Form(look)
    look.redraw.append(form.draw)


class _Form:
    """The fields, and what they do."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.fields: dict[str, Any] = {}
        with ui.element("div").classes("pair").style("gap: 8px 10px; margin-top: 6px"):
            for key, label, hint in _FIELDS:
                field = ui.input(label, placeholder=hint).props("dense outlined")
                field.on("blur", lambda k=key: self.take(k))
                field.on("keydown.enter", lambda k=key: self.take(k))
                self.fields[key] = field
            self.along = ui.select(list(UNITS), label="Series along").props("dense outlined")
        self.along.on_value_change(self.take_along)
        self.note = ui.label().classes("text-sm").style("color: #a3190e")

    def _known(self) -> dict[str, str]:
        return editing.values(self.look.desk.state.sheet, [*self.fields, "along"])

    def _said(self, key: str) -> str:
        return (self.fields[key].value or "").strip()

    def take(self, key: str) -> None:
        """Write a field into the sheet; the geometry once it is whole."""
        new = self._said(key)
        if new == self._known().get(key, ""):
            return
        changes = {k: self._said(k) for k in _TOGETHER} if key in _TOGETHER else {key: new}
        whole = key not in _TOGETHER or _complete(changes)
        self.note.set_text("" if whole else _HALF)
        if whole:
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

        changing(self.look, lambda: self.look.desk.edit(what, change))

    def draw(self) -> None:
        """Show what the sheet says; a geometry that waits for its other half stays."""
        known = self._known()
        for key, field in self.fields.items():
            if not (self.note.text and key in _TOGETHER):
                field.set_value(known.get(key, ""))
        self.along.set_value(known.get("along", "temperature"))


def _complete(geometry: dict[str, str]) -> bool:
    """Tell whether a geometry is whole, or empty."""
    others = bool(geometry["diameter"]) + bool(geometry["area"])
    return not any(geometry.values()) or (bool(geometry["thickness"]) and others == 1)
