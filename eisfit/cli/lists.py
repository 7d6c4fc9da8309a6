"""``eisfit formats``, ``eisfit models``, ``eisfit references``: what the program knows."""

from __future__ import annotations

from typing import Annotated

import typer

from eisfit.cli.common import Json, print_json, print_table


def formats(json: Json = False) -> None:
    """List the file formats that can be read."""
    from eisfit.readers import formats as known

    if json:
        print_json([{"name": f.name, "title": f.title} for f in known()])
    else:
        print_table("", ["format", "what it is"], [[f.name, f.title] for f in known()])


def models(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="One model, in full.")] = "",
    json: Json = False,
) -> None:
    """List the models, or show one.

    Try:

      eisfit models llto_pellet
    """
    from eisfit.models import library, load_model

    if name:
        _show_model(name, json=json)
        return
    known = [load_model(n) for n in library()]
    if json:
        print_json([{"name": m.name, "title": m.title, "circuit": m.circuit} for m in known])
    else:
        print_table("", ["model", "what it is"], [[m.name, m.title] for m in known])


def _show_model(name: str, *, json: bool) -> None:
    from eisfit.models import load_model

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
        print_json({
            "name": model.name, "title": model.title, "circuit": model.circuit,
            "applies_to": model.applies_to, "sources": list(model.sources),
            "parameters": parameters, "processes": processes,
        })  # fmt: skip
        return
    typer.echo(f"{model.title}\n  {model.circuit}\n  {model.applies_to}")
    rows = [[p.name, p.meaning, p.source and f"doi:{p.source}"] for p in model.processes.values()]
    print_table("", ["process", "meaning", "source"], rows)
    rows = [[str(p["name"]), str(p["unit"]), str(p["meaning"])] for p in parameters]
    print_table("", ["parameter", "unit", "meaning"], rows)


def references(
    material: Annotated[str, typer.Argument(metavar="[MATERIAL]", help="Such as LLTO.")] = "",
    json: Json = False,
) -> None:
    """List literature values.

    Try:

      eisfit references LLTO
    """
    from eisfit.reference import references as known

    values = known(material)
    if json:
        print_json([v.to_dict() for v in values])
        return
    rows = [
        [
            v.id,
            v.source.composition,
            v.kind.replace("_", " "),
            v.text,
            v.temperature_text,
            v.source.doi,
        ]
        for v in values
    ]
    print_table("", ["id", "composition", "kind", "value", "at", "doi"], rows)
