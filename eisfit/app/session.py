"""The session: one folder with its spectra, the choices, and what was computed from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

import numpy as np

from eisfit.analysis.pipeline import Analysis, SpectrumResult, analyze_series, analyze_spectrum
from eisfit.app import editing, storage
from eisfit.app.state import History, State, add_step, redo, undo
from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.errors import EisfitError, ModelError, ReadError, SheetError, SpectrumError
from eisfit.base.findings import Finding
from eisfit.base.progress import Progress
from eisfit.circuit.models import Model, load_model
from eisfit.data.series import Series
from eisfit.data.spectrum import Spectrum
from eisfit.io.inputs import Inputs, build_inputs, build_series, is_fixture_file
from eisfit.io.sheet import FILE_NAME, Sheet, parse_sheet
from eisfit.quality import Validity, validate
from eisfit.readers import ReadOutcome, read_each
from eisfit.temperature.energies import TemperatureOptions


@dataclass(frozen=True, slots=True)
class Row:
    """One spectrum of the folder.

    Parameters
    ----------
    key : str
        File name and sweep: unique in the folder.
    spectrum : Spectrum
        With the entries of the sheet.
    reason : str
        Why it is left out; empty where it is not.
    sweeps : int
        How many its file holds.
    validity : Validity, optional
        None until it is validated.
    """

    key: str
    spectrum: Spectrum
    reason: str = ""
    sweeps: int = 1
    validity: Validity | None = None

    @property
    def file(self) -> str:
        """Name of the file in the folder, as the sheet names it."""
        return self.key.rsplit("#", 1)[0]


@dataclass(frozen=True, slots=True)
class AnalysisRun:
    """An analysis of the series with the state that it was computed from."""

    state: State
    analysis: Analysis


class Session:
    """One folder, opened. All that changes is kept here; its parts are frozen.

    Parameters
    ----------
    folder : Path
        It is there, or will be once a file is dropped.

    Raises
    ------
    SheetError
        Where its sheet cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.history: History
        self.history, self.opening_findings = storage.load_history(folder)
        self.sheet = self._sheet(self.history.now.sheet)
        self.outcomes: tuple[ReadOutcome, ...] = ()
        self.rows: tuple[Row, ...] = ()
        self.findings: tuple[Finding, ...] = ()
        self.analysis_run: AnalysisRun | None = None
        self.working = Lock()  # two threads must not load or compile the engine at once
        self._validities: dict[tuple[str, tuple[str, ...], str], Validity] = {}
        self._inputs: Inputs | None = None

    @property
    def busy(self) -> bool:
        """Whether a thread is at work with the engine, or loads it."""
        return self.working.locked()

    @property
    def state(self) -> State:
        """The choices so far."""
        return self.history.now

    def read(self) -> None:
        """Read the folder again: for files that came or went."""
        try:
            self.outcomes = tuple(read_each(self.folder)) if self.folder.is_dir() else ()
        except ReadError:  # no file that may hold data: an empty session
            self.outcomes = ()
        self._build_rows()

    def drop(self, name: str, data: bytes) -> None:
        """Keep a dropped file; `read` reads it with the others.

        A measurement sheet is kept where the folder has none.

        Raises
        ------
        EisfitError
            Where it is refused.
        """
        if storage.safe_name(name) == FILE_NAME:
            if self.state.sheet:
                raise SheetError("there is a measurement sheet already; it was not replaced")
            text = data.decode("utf-8-sig", errors="replace")
            self.change("measurement sheet dropped", replace(self.state, sheet=text))
        else:
            storage.keep_file(self.folder, name, data)

    def change(self, what: str, state: State) -> None:
        """Take a new state, keep it on disk, and build the rows again.

        Raises
        ------
        SheetError
            Where the sheet would make no sense; nothing is changed then.
        """
        self._set_history(add_step(self.history, what, state))

    def edit(self, what: str, change: Callable[[str], str]) -> None:
        """Change the text of the sheet; see `eisfit.app.editing`."""
        self.change(what, replace(self.state, sheet=change(self.state.sheet)))

    def undo(self) -> None:
        """Go one step back."""
        self._set_history(undo(self.history))

    def redo(self) -> None:
        """Go one step forward again."""
        self._set_history(redo(self.history))

    def row(self, key: str) -> Row:
        """Return the row of that key.

        Raises
        ------
        ReadError
            Where there is none (any more).
        """
        row = next((row for row in self.rows if row.key == key), None)
        if row is None:
            raise ReadError(key, "this spectrum is not in the folder any more")
        return row

    def model(self) -> Model:
        """Return the chosen model.

        Raises
        ------
        ModelError
            Where none is chosen, or it makes no sense.
        """
        if not self.sheet.settings.model:
            raise ModelError("no model is chosen yet")
        return load_model(self.sheet.settings.model)

    def series(self) -> Series:
        """Return the spectra as a series.

        Raises
        ------
        EisfitError
            Where they are none.
        """
        if self._inputs is None or not self.rows:
            raise SpectrumError("there is no spectrum yet; drop files first")
        return build_series(self._inputs)

    def fit_spectrum(self, key: str) -> SpectrumResult:
        """Fit one spectrum as the settings say.

        Raises
        ------
        EisfitError
            Where it cannot be fitted.
        """
        spectrum, model = self.row(key).spectrum, self.model()
        settings = {n: s for n, s in self.state.settings.items() if n in model.names}
        with self.working:
            result = analyze_spectrum(spectrum, model)
            if not settings or result.fit is None:
                return result
            params = result.fit.params
            for name, setting in settings.items():
                bounds = {"min": setting.low, "max": setting.high}
                given = {key: bound for key, bound in bounds.items() if bound is not None}
                params[name].set(value=setting.value, vary=not setting.fixed, **given)
            return analyze_spectrum(spectrum, model, params=params)

    def analyze(self, progress: Progress) -> AnalysisRun:
        """Return the analysis of the series with the state that it was computed from.

        Raises
        ------
        EisfitError
            Where nothing can be fitted.
        """
        state, options = self.state, TemperatureOptions(self.state.method)
        series, model = self.series(), self.model()
        with self.working:
            analysis = analyze_series(series, model, progress=progress, temperatures=options)
        return AnalysisRun(state, analysis)

    def validate_spectra(self) -> None:
        """Validate the spectra that are not validated yet; to be run in a thread."""
        for row in self.rows:
            key = self._validity_key(row)
            if key not in self._validities:
                with self.working:
                    self._validities[key] = validate(row.spectrum)
        self.rows = tuple(self._with_validity(row) for row in self.rows)

    def _set_history(self, history: History) -> None:
        if history == self.history:
            return
        sheet = self._sheet(history.now.sheet)
        storage.save(self.folder, history)
        self.history, self.sheet = history, sheet
        self._build_rows()

    def _sheet(self, text: str) -> Sheet:
        return parse_sheet(text, self.folder / FILE_NAME) if text else Sheet()

    def _build_rows(self) -> None:
        """Make the rows from what was read and the sheet."""
        settings = self.sheet.settings
        used = [o for o in self.outcomes if not is_fixture_file(o.path, settings)]
        self.findings = ()
        try:
            for file in (settings.short, settings.open):
                storage.inside(self.folder, file or "")
            self._inputs = build_inputs(used, self.sheet, settings)
        except EisfitError as error:  # the fixture's file: the spectra stay as measured
            as_measured = replace(settings, short=None, open=None)
            self._inputs = build_inputs(used, self.sheet, as_measured)
            text = f"the fixture is not subtracted: {error}"
            self.findings = (Finding("fixture_not_read", "warning", text),)
        sweeps = Counter(s.provenance.file for outcome in used for s in outcome.spectra)
        kept = [(s, "") for s in self._inputs.spectra]
        rows = [Row(self._key(s), s, reason, max(sweeps[s.provenance.file], 1))
                for s, reason in [*kept, *self._inputs.left_out]]  # fmt: skip
        order = {self._key(s): i for i, o in enumerate(used) for s in o.spectra}
        rows.sort(key=lambda r: (r.spectrum.temperature or np.inf, order.get(r.key, 0)))
        self.rows = tuple(self._with_validity(row) for row in rows)
        self.findings = (*self.findings, *self._inputs.findings)

    def _key(self, spectrum: Spectrum) -> str:
        place, source = Path(spectrum.provenance.file), spectrum.provenance
        inside = place.is_relative_to(self.folder)
        name = (place.relative_to(self.folder) if inside else Path(place.name)).as_posix()
        return f"{name}#{source.sweep}"

    def _validity_key(self, row: Row) -> tuple[str, tuple[str, ...], str]:
        settings = self.sheet.settings
        return row.key, row.spectrum.reasons, f"{settings.short} {settings.open}"

    def _with_validity(self, row: Row) -> Row:
        return replace(row, validity=self._validities.get(self._validity_key(row)))


def temperature_text(row: Row) -> str:
    """Return the temperature of a row as the sheet writes it; empty where it is not known."""
    kelvin = row.spectrum.temperature
    return "" if kelvin is None else f"{kelvin - ZERO_CELSIUS:.6g} °C"


def set_temperature(session: Session, key: str, text: str) -> None:
    """Write the temperature of one spectrum into the sheet.

    Raises
    ------
    EisfitError
        Where the text is no temperature.
    """
    row = session.row(key)
    sweeps = [r for r in session.rows if r.file == row.file]
    sweeps.sort(key=lambda r: r.spectrum.provenance.sweep)
    known = [temperature_text(r) for r in sweeps]
    sweep = row.spectrum.provenance.sweep

    def change(sheet: str) -> str:
        return editing.with_condition(sheet, row.file, "temperature", text, sweep, known)

    session.edit(f"temperature of {row.spectrum.label}", change)
