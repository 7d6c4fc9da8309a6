"""What a batch was made of, so that it can be gone on with and nothing else is mixed in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numba
import numpy
import pyarrow
import scipy

from eisfit import __version__
from eisfit.base.errors import OutputError
from eisfit.batch.job import Job, fingerprint
from eisfit.batch.plan import Plan, look
from eisfit.io.atomic import write_bytes

NAME = "manifest.json"
RESUME = "the chunks that are done are whole: make room and go on with --resume"


def manifest_of(job: Job, plan: Plan) -> dict[str, Any]:
    """Return the manifest: versions, model, settings, and every input with its checksum."""
    return {
        "schema_version": 1,
        "versions": {
            "eisfit": __version__,
            "numpy": numpy.__version__,
            "scipy": scipy.__version__,
            "numba": numba.__version__,
            "pyarrow": pyarrow.__version__,
        },
        "model": {
            "name": job.model.name,
            "circuit": job.model.circuit,
            "parameters": list(job.model.names),
            "fingerprint": fingerprint(job.model),
        },
        "settings": {
            "weighting": job.weighting,
            "validation": job.validation,
            "start": None if job.start is None else list(job.start),
            "rows of a table in a chunk": job.rows,
            "files in a chunk": job.files,
        },
        "chunks": len(plan.chunks),
        "inputs": [
            {"path": i.path, "size": i.size, "modified": i.modified, "sha256": i.sha256}
            for i in map(look, plan.inputs)
        ],
    }


def settled(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest, or make sure that the one that stands tells of the same batch.

    Raises
    ------
    OutputError
        Where it does not, with what has changed.
    """
    path = folder / NAME
    if not path.exists():
        text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
        write_bytes(path, f"{text}\n".encode(), advice=RESUME)
        return
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
        changes = _changes(before, manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        text = f"{path}: cannot be read ({error}); start anew in another folder"
        raise OutputError(text) from None
    if changes:
        told = "; ".join(changes[:5]) + (f"; and {len(changes) - 5} more" * (len(changes) > 5))
        raise OutputError(
            f"{folder}: this batch cannot be gone on with: {told}. Put back what was, or start "
            "anew in another folder"
        )


def _changes(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return a part of a sentence for everything that differs."""
    out = [
        f"it was made with {name} {before['versions'].get(name)}, and this is {version}"
        for name, version in now["versions"].items()
        if before["versions"].get(name) != version
    ]
    if before["model"] != now["model"]:
        old, new = before["model"], now["model"]
        same = old["circuit"] == new["circuit"]
        detail = "its bounds or meanings" if same else f"{old['circuit']}, now {new['circuit']}"
        out.append(f"the model has changed ({detail})")
    out += [
        f"{name} was {before['settings'].get(name)}, and now is {value}"
        for name, value in now["settings"].items()
        if before["settings"].get(name) != value
    ]
    return out + _input_changes(before["inputs"], now["inputs"])


def _input_changes(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[str]:
    old = {entry["path"]: entry for entry in before}
    new = {entry["path"]: entry for entry in now}
    out = [f"{path} is no longer among the inputs" for path in old if path not in new]
    out += [f"{path} was not among the inputs" for path in new if path not in old]
    out += [
        f"{path} has changed"
        for path, entry in new.items()
        # the time alone tells nothing: copies and back-ups change it
        if path in old and any(entry[key] != old[path][key] for key in ("size", "sha256"))
    ]
    if not out and list(old) != list(new):
        out.append("the inputs come in another order")
    return out
