"""Models by name, from a TOML file, or from a circuit's text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from eisfit.base.errors import ModelError, did_you_mean
from eisfit.base.plugins import load_plugins
from eisfit.circuit.element_kind import ElementKind
from eisfit.circuit.models.build import from_circuit, read_model
from eisfit.circuit.models.model import Model

GROUP = "eisfit.circuits"
"""Entry points of installed packages; each loads the place of TOML models, or a function of it."""


def library() -> dict[str, Path]:
    """Return the model files by name: those of eisfit, then those of installed packages."""
    return {**_built_in(), **_installed()[0]}


def plugin_errors() -> list[str]:
    """Return a sentence for every installed model that cannot be used."""
    return list(_installed()[1])


@cache
def _built_in() -> Mapping[str, Path]:
    try:
        place: Any = files("eisfit.circuits")
    except ModuleNotFoundError:  # Python was started in a checkout that is not installed from there
        place = Path(__file__).parents[3] / "circuits"
    return MappingProxyType(_models_of(place))


@cache  # asking what is installed takes as long as reading a model
def _installed() -> tuple[dict[str, Path], list[str]]:
    """Return the models of installed packages, and a sentence for each that cannot be used."""
    models: dict[str, Path] = {}
    errors: list[str] = []

    def add(plugin: str, loaded: Any) -> None:
        for name, path in _models_of(loaded() if callable(loaded) else loaded).items():
            if name in _built_in() or name in models or not name.isidentifier():
                errors.append(
                    f"the plugin {plugin!r}: a model cannot be named {name!r}; the name is in "
                    "use, or it is not one word of letters, digits and _"
                )
            else:
                models[name] = path

    return models, [*load_plugins(GROUP, add), *errors]


def _models_of(place: Any) -> dict[str, Path]:
    """Return the models at a place: a TOML file, a folder of them, or a package that is one."""
    if isinstance(place, ModuleType):
        place = files(place)
    elif isinstance(place, str):
        place = Path(place)
    entries = place.iterdir() if place.is_dir() else [place]
    paths = sorted(Path(str(entry)) for entry in entries if entry.name.endswith(".toml"))
    if not paths or not paths[0].is_file():
        raise ModelError(f"there is no model file (.toml) at {place}")
    return {path.stem: path for path in paths}


def load_model(model: str | Path | Model, *, elements: Sequence[ElementKind] = ()) -> Model:
    """Return a model: by its name in the library, from a TOML file, or from a circuit's text.

    Parameters
    ----------
    model : str, Path or Model
    elements : sequence of ElementKind
        User-defined elements that the circuit may name, as `eisfit.circuit.element` makes them.

    Raises
    ------
    ModelError
        Where the name is unknown, or the file or the circuit makes no sense.

    Examples
    --------
    >>> load_model("R0-p(R1,CPE1)").names
    ('R0', 'R1', 'Q1', 'n1')
    >>> list(load_model("llto_pellet").processes)
    ['lead', 'bulk', 'grain_boundary', 'electrode']
    """
    if isinstance(model, Model):
        return model
    text = str(model)
    if text in _built_in():
        return read_model(_built_in()[text], elements=elements)
    if text.endswith(".toml"):
        return read_model(Path(text), elements=elements)
    if not text.strip():
        return from_circuit(text)  # raises the error that it is empty
    if any(sign in text for sign in "+|([-") or text.startswith(tuple(e.symbol for e in elements)):
        return from_circuit(text, elements=elements)
    installed, errors = _installed()
    if text in installed:
        return read_model(installed[text], elements=elements)
    if text[:1].isupper():
        return from_circuit(text, elements=elements)
    near = did_you_mean(text, library())
    raise ModelError(
        "; ".join([f"no model {text!r}{near} (`eisfit models` lists them all)", *errors])
    )
