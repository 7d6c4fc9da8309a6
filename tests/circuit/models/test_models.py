import importlib.metadata
from collections.abc import Callable, Iterator
from pathlib import Path

import eisfit.circuits
import numpy as np
import pytest

from eisfit.base.errors import ModelError
from eisfit.circuit import ELEMENTS, evaluate
from eisfit.circuit.models import library, load_model
from eisfit.circuit.models.library import _installed, plugin_errors

GOOD = """
schema = 1
title = "A test"
circuit = "bulk"
[process.bulk]
meaning = "transport"
place = "through_thickness"
circuit = "R | Q"
[process.bulk.parameters]
R = { unit = "ohm", start = 10.0, meaning = "resistance" }
"""


@pytest.mark.parametrize("name", library())
def test_every_model_loads_and_is_passive(name: str) -> None:
    model = load_model(name)
    assert model.title
    assert model.sources
    values = np.array([p.start for p in model.parameters])
    for parameter, value in zip(model.parameters, values, strict=True):
        assert parameter.bounds[0] <= value <= parameter.bounds[1]
        assert parameter.meaning
    Z = evaluate(model.tape, 2 * np.pi * np.logspace(8, -3, 60), values)
    assert np.all(Z.real > 0)


def test_a_users_own_file_is_a_model(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    assert load_model(str(path)).names == ("R_bulk", "Q_bulk", "n_bulk")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("schema = 1", "schema = 2", "schema must be 1"),
        ('title = "A test"', "", "'title' is missing"),
        ('meaning = "transport"', 'meening = "transport"', "'meaning' is missing"),
        ("through_thickness", "thru_thickness", "did you mean 'through_thickness'"),
        ('unit = "ohm"', 'unit = "kohm"', "must be 'ohm'"),
        ("start = 10.0", 'start = "10"', "must be a float"),
        ("start = 10.0", "start = 10.0, bounds = [20, 30]", "outside bounds"),
        ("start = 10.0", "start = 10.0, bounds = [30, 20]", "low < high"),
        ('circuit = "R | Q"', 'circuit = "R | X"', "no element 'X'"),
        ('circuit = "bulk"', 'circuit = "bulk + blk"', "no element 'blk'"),
        ("schema = 1", "schema = ", "mine.toml"),
    ],
)
def test_a_mistake_in_a_file_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(ModelError) as error:
        load_model(str(path))
    assert said in str(error.value)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ModelError, match="did you mean 'llto_pellet'"):
        load_model("lto_pellet")


class _Entry:
    def __init__(self, name: str, loaded: object) -> None:
        self.name, self._loaded = name, loaded

    def load(self) -> object:
        if isinstance(self._loaded, Exception):
            raise self._loaded
        return self._loaded


@pytest.fixture(autouse=True)
def _forget_plugins() -> Iterator[None]:
    _installed.cache_clear()
    yield
    _installed.cache_clear()


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def put(**loaded: object) -> None:
        entries = [_Entry(name, item) for name, item in loaded.items()]
        by_group = {"eisfit.circuits": entries}
        monkeypatch.setattr(
            importlib.metadata, "entry_points", lambda group: by_group.get(group, [])
        )

    return put


def test_installed_models_are_found_by_name(tmp_path: Path, install: Callable[..., None]) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("folder/mine", "folder/other", "third", "fourth"):
        (tmp_path / f"{name}.toml").write_text(GOOD)
    install(
        a=tmp_path / "folder", b=str(tmp_path / "third.toml"), c=lambda: tmp_path / "fourth.toml"
    )
    assert list(library())[-4:] == ["mine", "other", "third", "fourth"]
    for name in ("mine", "third", "fourth"):
        assert load_model(name).names == ("R_bulk", "Q_bulk", "n_bulk")
    with pytest.raises(ModelError, match="did you mean 'mine'"):
        load_model("minee")


def test_a_broken_package_does_not_take_others_down(
    tmp_path: Path, install: Callable[..., None]
) -> None:
    for name in ("mine", "llto_pellet", "two-words"):
        (tmp_path / f"{name}.toml").write_text(GOOD)
    install(broken=ImportError("oops"), empty=str(tmp_path / "nothing"), folder=tmp_path)
    before = load_model("llto_pellet").title
    assert load_model("mine").title == "A test"
    assert load_model("llto_pellet").title == before != "A test"
    said = plugin_errors()
    assert "'broken' cannot be used (eisfit.circuits): oops" in said[0]
    assert "'empty' cannot be used (eisfit.circuits): there is no model file" in said[1]
    assert [w for s in said[2:] for w in ("'llto_pellet'", "'two-words'") if w in s] == [
        "'llto_pellet'", "'two-words'",
    ]  # fmt: skip
    with pytest.raises(ModelError, match=r"no model 'unknown'.*'broken' cannot be used .*: oops"):
        load_model("unknown")


def test_a_package_of_model_files_is_a_place_too(install: Callable[..., None]) -> None:
    install(again=eisfit.circuits)
    assert "a model cannot be named 'llto_pellet'" in " ".join(plugin_errors())


@pytest.mark.parametrize("symbol", ELEMENTS)
def test_a_single_element_is_a_circuit(symbol: str) -> None:
    assert load_model(f"{symbol}_1").circuit == f"{symbol}_1"
