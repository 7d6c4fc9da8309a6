from pathlib import Path

import numpy as np
import pytest

from eisfit.circuit import evaluate
from eisfit.errors import ModelError
from eisfit.models import library, load_model

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
