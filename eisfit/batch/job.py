"""The job of a batch: the model, the start values, the weights and the tests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from eisfit.base.errors import FitError
from eisfit.circuit.models import Model, load_model
from eisfit.fitting.fit import start_vector
from eisfit.fitting.problem import Weighting

Validation: TypeAlias = Literal["kramers_kronig", "screening", "none"]
"""How spectra are tested before they are fitted."""

TABLE_BLOCK = 512
"""Rows of a table that are fitted together; a chunk is a whole number of them."""

FILE_BLOCK = 128
"""Files whose spectra are fitted together."""

_ROWS: Mapping[Validation, int] = MappingProxyType(
    {"kramers_kronig": 1024, "screening": 4096, "none": 4096}
)
_FILES = 128  # in a chunk: about half a second of work, as the rows are


@dataclass(frozen=True, slots=True)
class Job:
    """What is done to every spectrum of a batch.

    Parameters
    ----------
    model : Model
    start : tuple of float, optional
        Start values in the circuit's order, SI units; from the data where left out.
    weighting : {"modulus", "unit", "proportional", "structure"}
    validation : {"kramers_kronig", "screening", "none"}
    rows : int
        Of a table in one chunk, a multiple of `TABLE_BLOCK`.
    files : int
        In one chunk, a multiple of `FILE_BLOCK`.
    """

    model: Model
    start: tuple[float, ...] | None
    weighting: Weighting
    validation: Validation
    rows: int
    files: int


def make_job(
    model: str | Model,
    start: Mapping[str, float] | ArrayLike | None = None,
    weighting: Weighting = "modulus",
    validation: Validation = "kramers_kronig",
    chunk_size: int | None = None,
) -> Job:
    """Return a job whose settings make sense.

    Raises
    ------
    ModelError
        Where the model or a name makes no sense.
    FitError
        Where another setting makes none.

    Examples
    --------
    >>> make_job("R0-p(R1,CPE1)", chunk_size=1000).rows
    1024
    """
    loaded = load_model(model)
    for value, known, what in (
        (weighting, get_args(Weighting), "weighting"),
        (validation, get_args(Validation), "validation"),
    ):
        if value not in known:
            raise FitError(f"{what} must be one of {', '.join(known)} (got {value!r})")
    if chunk_size is not None and chunk_size < 1:
        raise FitError(f"a chunk needs 1 spectrum or more (got {chunk_size})")
    vector = None if start is None else start_vector(loaded, start)
    if vector is not None and not np.all(np.isfinite(vector)):
        raise FitError("every start value must be a finite number")
    return Job(
        loaded,
        None if vector is None else tuple(float(v) for v in vector),
        weighting,
        validation,
        _whole(chunk_size or _ROWS[validation], TABLE_BLOCK),
        _whole(chunk_size or _FILES, FILE_BLOCK),
    )


def _whole(count: int, block: int) -> int:
    """Return `count` rounded up to whole blocks: what is fitted together is the same for any."""
    return -(-count // block) * block


def fingerprint(model: Model) -> str:
    """Return a checksum of all in a model that a result depends on."""
    processes = [
        (p.name, p.place, p.ionic, p.interfaces, p.capacitance, p.activation_energy)
        for p in model.processes.values()
    ]
    content = repr((model.circuit, model.parameters, processes))
    return hashlib.sha256(content.encode()).hexdigest()
