"""``eisfit formats``, ``eisfit models``, ``eisfit references``: what can be listed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from eisfit.cli import terminal
from eisfit.cli.options import Json

if TYPE_CHECKING:
    from eisfit.literature import ReferenceValue

ReferencesFolder: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--references", metavar="DIR", help="Folder of TOML files with your own literature values."
    ),
]


def formats(json: Json = False) -> None:
    """List the file formats that can be read."""
    from eisfit.readers import formats as known

    if json:
        terminal.print_json([
            {"name": f.name, "title": f.title, "suffixes": list(f.suffixes), "note": f.note}
            for f in known()
        ])  # fmt: skip
    else:
        rows = [[f.name, f.title, " ".join(f.suffixes), f.note] for f in known()]
        terminal.print_table("", ["format", "what it is", "files", "limitations"], rows)


def models(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="One model, in full.")] = "",
    json: Json = False,
) -> None:
    """List the models, or show one.

    Try:

      eisfit models llto_pellet
    """
    from eisfit.circuit.models import library, load_model

    if name:
        _show_model(name, json=json)
        return
    known = [load_model(n) for n in library()]
    if json:
        terminal.print_json(
            [{"name": m.name, "title": m.title, "circuit": m.circuit} for m in known]
        )
    else:
        terminal.print_table("", ["model", "what it is"], [[m.name, m.title] for m in known])


def _show_model(name: str, *, json: bool) -> None:
    from eisfit.circuit.models import load_model

    model = load_model(name)
    parameters = [
        {"name": p.name, "unit": p.unit, "meaning": p.meaning, "bounds": list(p.bounds)}
        for p in model.parameters
    ]
    if json:
        processes = [
            {"name": p.name, "meaning": p.meaning, "place": p.place, "source": p.source}
            for p in model.processes.values()
        ]
        terminal.print_json({
            "name": model.name, "title": model.title, "circuit": model.circuit,
            "applies_to": model.applies_to, "sources": list(model.sources),
            "parameters": parameters, "processes": processes,
        })  # fmt: skip
        return
    typer.echo(f"{model.title}\n  {model.circuit}\n  {model.applies_to}")
    rows = [[p.name, p.meaning, p.source and f"doi:{p.source}"] for p in model.processes.values()]
    terminal.print_table("", ["process", "meaning", "source"], rows)
    rows = [[str(p["name"]), str(p["unit"]), str(p["meaning"])] for p in parameters]
    terminal.print_table("", ["parameter", "unit", "meaning"], rows)


def references(
    material: Annotated[
        str,
        typer.Argument(
            metavar="[MATERIAL]", help="Material family, composition, elements or id, such as LLTO."
        ),
    ] = "",
    kind: Annotated[
        str, typer.Option(metavar="KIND", help="bulk, grain_boundary, total, interface …")
    ] = "",
    quantity: Annotated[
        str,
        typer.Option(
            metavar="QUANTITY",
            help="conductivity, activation_energy, area_resistance or thickness.",
        ),
    ] = "",
    between: Annotated[
        tuple[float, float] | None,
        typer.Option(metavar="LOW HIGH", help="Range of values, in S/cm, eV, ohm cm2 or m."),
    ] = None,
    at: Annotated[
        float | None,
        typer.Option(
            metavar="CELSIUS", help="Temperature in °C; lists values published within 5 °C of it."
        ),
    ] = None,
    references: ReferencesFolder = None,
    json: Json = False,
) -> None:
    """List literature values, by material, kind, range and temperature.

    If sources give different values, all are listed. Try:

      eisfit references LLTO

      eisfit references "LLZO Ta" --kind bulk

      eisfit references "Li La Zr" --kind total --quantity conductivity --between 1e-4 1e-3 --at 25

      eisfit references --quantity area_resistance --between 0 10
    """
    from eisfit.base.constants import ZERO_CELSIUS
    from eisfit.literature import plugin_errors
    from eisfit.literature import references as search

    low, high = between or (None, None)
    temperature = None if at is None else at + ZERO_CELSIUS
    values = search(
        material, kind=kind, quantity=quantity, low=low, high=high, temperature=temperature,
        extra=references,
    )  # fmt: skip
    for error in plugin_errors():
        terminal.print_message(error)
    if not values:
        like = search(material, kind=kind, quantity=quantity, extra=references)
        terminal.print_message(
            _nothing(like or search(material, extra=references), bool(like), between, temperature)
        )
    if json:
        terminal.print_json([v.to_dict() for v in values])
    elif values:
        columns = ["id", "composition", "kind", "value", "at", "source"]
        terminal.print_table("", columns, [_reference_row(v) for v in values])
        typer.echo("")
        for line in _sources(values):
            typer.echo(line)


def _nothing(
    known: Sequence[ReferenceValue],
    is_like: bool,
    between: tuple[float, float] | None,
    temperature: float | None,
) -> str:
    """Return what to print where nothing fits: the nearest values of the kind, else the kinds."""
    from eisfit.literature import nearest

    if is_like:
        low, high = between or (None, None)
        near = nearest(known, low, high, temperature)
        texts = [f"{v.kind.replace('_', ' ')} {v.text}, {_at(v)} ({v.id})" for v in near]
        return f"no value matches; the nearest are: {', '.join(texts)}"
    kinds = dict.fromkeys(
        f"{v.kind} {v.quantity.removesuffix(_unit_of(v))}".replace("_", " ") for v in known
    )
    return f"no value matches; available are: {', '.join(kinds)}"


def _unit_of(value: ReferenceValue) -> str:
    return "_" + value.unit.replace("/", "_").replace(" ", "_")


def _at(value: ReferenceValue) -> str:
    """Return the temperature of a value in °C, or the form of an activation energy."""
    from eisfit.base.constants import ZERO_CELSIUS

    if value.temperature is None or value.temperature_range is not None:
        return value.temperature_text or value.form_text
    celsius = f"{value.temperature - ZERO_CELSIUS:.4g} °C"
    return f"room, as {celsius}" if value.room_temperature else celsius


def _reference_row(value: ReferenceValue) -> list[str]:
    source = value.source
    phase = f" ({source.variant})" if source.variant else ""
    return [
        value.id, source.composition + phase, value.kind.replace("_", " "), value.text,
        _at(value), value.verification,
    ]  # fmt: skip


def _sources(values: Sequence[ReferenceValue]) -> list[str]:
    """Return the publications, each with what is doubtful about its values."""
    out: dict[str, list[str]] = {}
    for value in values:
        source = value.source
        where = f"doi:{source.doi}" if source.doi else source.doi_note
        lines = out.setdefault(value.id, [f"{value.id}: {source.citation}, {where}"])
        if value.caution:
            lines.append(f"  {value.text}: {value.caution}")
    return [line for lines in out.values() for line in lines]
