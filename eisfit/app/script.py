"""The Python script and the command line that give the numbers of the app."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from eisfit.app.state import Setting, State
from eisfit.data.series import Series
from eisfit.data.spectrum import Spectrum
from eisfit.io.sheet import Sheet

SCRIPT_NAME = "analysis.py"


def command(folder: Path, state: State) -> str:
    """Return the command that writes the same report.

    Examples
    --------
    >>> command(Path("my pellet"), State(method="separate"))
    "eisfit series 'my pellet' -o 'my pellet/report' --method separate"
    """
    words = ["eisfit", "series", str(folder), "-o", str(folder / "report")]
    if state.method != "joint":
        words += ["--method", state.method]
    return shlex.join(words)


def script(sheet: Sheet, state: State, shown: Spectrum | None, series: Series | None) -> str:
    """Return a script that analyses the folder that holds it as the app does.

    Parameters
    ----------
    sheet : Sheet
        Of the folder; the script reads it.
    state : State
    shown : Spectrum, optional
        The spectrum of the single fit.
    series : Series, optional
        None where the spectra are none.
    """
    lines = [
        '"""The analysis chosen in `eisfit app`; run it in its folder: python analysis.py."""',
        "",
        "from pathlib import Path",
        "",
        "import eisfit",
        "",
        "folder = Path(__file__).resolve().parent  # of the raw files and series.toml",
    ]
    model = sheet.settings.model
    if not model:
        return "\n".join([*lines, "print(eisfit.read(folder))  # no model was chosen", ""])
    if shown is not None:
        lines += ["", *_single(model, state.settings, shown)]
    if series is not None:
        lines += ["", *_series(state)]
    return "\n".join([*lines, ""])


def _single(model: str, settings: Mapping[str, Setting], shown: Spectrum) -> list[str]:
    """Return the lines that fit the spectrum shown."""
    source = shown.provenance
    name = source.file.replace("\\", "/").rsplit("/", 1)[-1]
    lines = [
        "# one spectrum, with the entries of series.toml",
        "from eisfit.io.inputs import read_inputs",
        "",
        "spectrum = next(",
        "    s for s in read_inputs([str(folder)]).spectra",
        f"    if Path(s.provenance.file).name == {name!r} and s.provenance.sweep == {source.sweep}",
        ")",
        f"result = eisfit.analyze_spectrum(spectrum, {model!r})",
    ]
    if settings:
        lines.append("params = result.fit.params")
        lines += [_set(name, s) for name, s in settings.items()]
        lines.append(f"result = eisfit.analyze_spectrum(spectrum, {model!r}, params=params)")
    return [*lines, "print(result.fit)"]


def _set(name: str, setting: Setting) -> str:
    words = [f"value={setting.value!r}", f"vary={not setting.fixed}"]
    words += [f"min={setting.low!r}"] if setting.low is not None else []
    words += [f"max={setting.high!r}"] if setting.high is not None else []
    return f"params[{name!r}].set({', '.join(words)})"


def _series(state: State) -> list[str]:
    """Return the lines that analyse the series and write its report."""
    return [
        "# the series, with model, material and so on of series.toml",
        "analysis = eisfit.analyze_series(",
        "    eisfit.load_series(folder),",
        f"    temperatures=eisfit.TemperatureOptions(method={state.method!r}),",
        ")",
        'eisfit.write_report(analysis, folder / "report")',
        "for process, line in analysis.arrhenius.items():",
        '    print(f"{process}: E_a = {line.activation_energy} eV")',
    ]
