"""The doctor says what is there, and what is not."""

import json
import sys

from typer.testing import CliRunner

import eisfit
from eisfit.cli import app


def test_all_is_well_where_the_tests_run():
    told = CliRunner().invoke(app, ["doctor", "--json"])
    assert told.exit_code == 0, told.output
    found = {check["what"]: check for check in json.loads(told.stdout)}
    assert found["eisfit"]["found"] == eisfit.__version__
    assert "correct" in found["first fit"]["found"]
    assert {"numpy", "numba", "cores", "fit engine", "library"} <= set(found)
    assert "everything works" in CliRunner().invoke(app, ["doctor"]).output


def test_what_is_missing_is_named_with_what_to_do(monkeypatch):
    monkeypatch.setattr(
        sys.modules["eisfit.cli.doctor"], "required_packages", lambda: ["numpy", "no-such-package"]
    )
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 1
    assert "pip install no-such-package" in told.output


def test_a_broken_plugin_is_told(monkeypatch):
    monkeypatch.setattr("eisfit.readers.plugin_errors", lambda: ["the plugin 'x' cannot be used"])
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 1
    assert "the plugin 'x' cannot be used" in " ".join(told.output.split())


def test_shells_can_complete():
    told = CliRunner().invoke(app, ["--help"])
    assert "--install-completion" in told.output
