"""The coordinate of a series (temperature, time, bias …) and its unit."""

from __future__ import annotations

from eisfit.base.arrays import FloatArray
from eisfit.base.constants import ZERO_CELSIUS
from eisfit.data.series import Series

_AXES = {
    "temperature": ("Temperature (°C)", 1.0, -ZERO_CELSIUS),
    "bias": ("Bias (V)", 1.0, 0.0),
    "state_of_charge": ("State of charge (%)", 100.0, 0.0),
    "pressure": ("Pressure (MPa)", 1e-6, 0.0),
    "thickness": ("Thickness (mm)", 1e3, 0.0),
}
_TIMES = ((432000.0, 86400.0, "d"), (7200.0, 3600.0, "h"), (120.0, 60.0, "min"))
"""From which longest time on, in s, and the unit with its seconds."""


def time_unit(longest: float) -> tuple[float, str]:
    """Return the seconds of the unit in which `longest` s reads well, and its name.

    Examples
    --------
    >>> time_unit(90.0), time_unit(5400.0), time_unit(86400.0), time_unit(30 * 86400.0)
    ((1.0, 's'), (60.0, 'min'), (3600.0, 'h'), (86400.0, 'd'))
    """
    for least, seconds, name in _TIMES:
        if longest > least:
            return seconds, name
    return 1.0, "s"


def coordinate_of(series: Series) -> tuple[str, FloatArray]:
    """Return the name of a series' coordinate with its unit, and its values in that unit."""
    values = series.values
    if series.coordinate == "time":
        seconds, unit = time_unit(float(values.max()))
        return f"Time ({unit})", values / seconds
    words = series.coordinate.replace("_", " ").capitalize()
    label, factor, offset = _AXES.get(series.coordinate, (words, 1.0, 0.0))
    return label, values * factor + offset
