"""Start values from the data alone: the best shapes of the terms, then their parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray, IndexArray
from eisfit.circuit.models import Model
from eisfit.circuit.tree import Series
from eisfit.fitting.engine.compiled_search import make_workspace, search_rows
from eisfit.fitting.engine.jit import compilation_notice
from eisfit.fitting.shapes import COARSE, FINE, Dictionary, Term, dictionary, find_roles


@dataclass(frozen=True, slots=True)
class Effort:
    """How widely start values are searched for.

    Parameters
    ----------
    beam : int
        Combinations of shapes that go on from term to term, for a circuit of four terms; in
        proportion for others.
    starts : int
        Starts for each spectrum.
    exponents : tuple of float
        Those of a lone CPE that are tried.
    """

    beam: int
    starts: int
    exponents: tuple[float, ...] = COARSE


QUICK = Effort(beam=6, starts=1)
THOROUGH = Effort(beam=60, starts=8, exponents=FINE)
WIDEST = Effort(beam=120, starts=32, exponents=FINE)
"""For circuits of many terms, where a thorough search leaves residuals that are not random."""

_POINTS = 32  # frequencies that a search uses, at most: more do not improve it
_LONGEST_MOVE = (0.8, 0.12)  # along a tangent: in ln(time constant), in an exponent
_SMALL_SIZE = 1e-3  # size, relative to |Z|, of a term that the search did not use


def start_values(
    model: Model, omega: FloatArray, impedance: ComplexArray, used: IndexArray, effort: Effort
) -> FloatArray:
    """Return c start vectors for each spectrum, best first, shape (m, c, p), SI units.

    Parameters
    ----------
    model : Model
    omega : ndarray, shape (m, k)
        rad/s, by falling frequency.
    impedance : ndarray of complex, shape (m, k)
        Ω.
    used : ndarray of int, shape (m,)
        How many of the k points each spectrum has.
    effort : Effort
    """
    out = np.empty((len(omega), effort.starts, len(model.parameters)))
    for rows in _alike(omega, used):
        k = int(used[rows[0]])
        out[rows] = _starts(model, omega[rows[0], :k], impedance[rows, :k], effort)
    return out


def terms(model: Model) -> int:
    """Return how many terms in series a circuit has."""
    return len(model.tree.parts) if isinstance(model.tree, Series) else 1


def _alike(omega: FloatArray, used: IndexArray) -> list[IndexArray]:
    """Return the rows of spectra that were taken at the same frequencies, together."""
    if omega.strides[0] == 0 and np.all(used == used[0]):
        return [np.arange(len(omega))]
    groups: dict[bytes, list[int]] = {}
    for i, n in enumerate(used):
        groups.setdefault(omega[i, :n].tobytes(), []).append(i)
    return [np.array(rows) for rows in groups.values()]


def _starts(model: Model, omega: FloatArray, impedance: ComplexArray, effort: Effort) -> FloatArray:
    """Return start vectors, shape (m, c, p), for spectra at the same frequencies."""
    stride = -(-len(omega) // _POINTS)
    omega, Z = omega[::stride], impedance[:, ::stride]
    words = dictionary(model, omega, effort.exponents)
    searched = [t for t in words.terms if t.given is None]
    for term in words.terms:
        if term.given is not None:
            Z = Z - term.given * words.columns[term.first]
    weight = 1 / np.abs(impedance[:, ::stride])
    m, c, t = len(Z), effort.starts, len(searched)
    picks = np.zeros((m, c, t), dtype=np.int64)
    sizes, moves, counts = np.zeros((m, c, t)), np.zeros((m, c, t, 2)), np.zeros(m, dtype=np.int64)
    kinds = {kind: i for i, kind in enumerate(dict.fromkeys(s.kind for s in searched))}
    group = np.array([kinds[s.kind] if s.timed else -1 for s in searched], dtype=np.int64)
    count = np.array([s.count for s in searched], dtype=np.int64)
    if t:
        shapes = np.concatenate([words.columns.real, words.columns.imag], axis=1)
        every, n = shapes.shape
        beam = -(-effort.beam * t // 4)
        with compilation_notice():
            search_rows(
                shapes, words.tangent,
                np.array([s.first for s in searched], dtype=np.int64), count,
                np.argsort(count, kind="stable"), group, words.times,
                np.ascontiguousarray(Z, dtype=np.complex128),
                np.ascontiguousarray(np.stack([weight, weight], axis=1)), 0, m,
                beam, picks, sizes, moves, counts,
                make_workspace(every, n, len(words.tangent), t, beam),
            )  # fmt: skip
        # where fewer were found, the best one again
        which = np.where(np.arange(c) < counts[:, None], np.arange(c), 0)
        rows = np.arange(m)[:, None]
        picks, sizes, moves = picks[rows, which], sizes[rows, which], moves[rows, which]
    typical = np.median(np.abs(impedance), axis=1)
    values = np.empty((m, c, len(model.parameters)))
    for i, term in enumerate(searched):
        _enter(values, words, term, picks[..., i], sizes[..., i], moves[..., i, :], typical)
    for term in words.terms:
        if term.given is not None:
            values[..., term.start] = term.given
    bounds = np.array([p.bounds for p in model.parameters])
    clipped: FloatArray = np.clip(values, bounds[:, 0], bounds[:, 1])
    return clipped


def _enter(
    values: FloatArray,
    words: Dictionary,
    term: Term,
    picks: IndexArray,
    sizes: FloatArray,
    moves: FloatArray,
    typical: FloatArray,
) -> None:
    """Write a term's parameters into `values`; one of no size gets a small one."""
    roles = find_roles(term.parameters)
    has_size = sizes > 0
    least = 0.0 if term.parameters[0].unit == "H" and len(roles) == 1 else _SMALL_SIZE
    size = np.where(has_size, sizes, least * typical[:, None])
    move = np.where(has_size[..., None], moves / np.where(has_size, sizes, 1.0)[..., None], 0.0)
    move = np.clip(move, -np.array(_LONGEST_MOVE), _LONGEST_MOVE)
    moved = words.tangent[term.first] >= 0
    shape = words.values[picks]
    tau = words.times[picks] * np.exp(move[..., 0])
    n = np.ones_like(tau)
    if "exponent" in roles:
        i = roles.index("exponent")
        low, high = term.parameters[i].bounds
        n = np.clip(shape[..., i] + (move[..., 1] if moved[1] else 0.0), low, high)
    for i, (role, parameter) in enumerate(zip(roles, term.parameters, strict=True)):
        value = shape[..., i]
        if moved[0] and role == "charge":
            value = tau**n
        elif moved[0] and role == "time":
            value = tau
        elif moved[1] and role == "exponent":
            value = n
        values[..., term.start + i] = value * size**parameter.power if parameter.power else value
