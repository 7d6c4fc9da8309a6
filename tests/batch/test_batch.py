"""Batches give the numbers of single fits, however they are cut and whatever stands beside."""

import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made import MODEL, TRUTH, lists, spectra, table_of, write_bad_files, write_folder

import eisfit
from eisfit.base.errors import FitError, ModelError, OutputError, ReadError
from eisfit.batch.job import make_job
from eisfit.batch.plan import make_plan, read_input
from eisfit.processes import assign

NUMBERS = ["R0", "R0_stderr", "R1", "R1_stderr", "Q1", "Q1_stderr", "n1", "n1_stderr"]


def dataset(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((folder / "results").iterdir())}


def numbers(folder: Path) -> dict[str, list]:
    columns = ["id", *NUMBERS, "reduced_chi_square", "noise", "process_1_capacitance_F"]
    return pq.read_table(folder / "results", columns=columns).to_pydict()


@pytest.fixture(scope="module")
def done(table, tmp_path_factory):
    place = tmp_path_factory.mktemp("done") / "out"
    result = eisfit.run_batch(
        table, MODEL, place, validation="none", start=TRUTH, jobs=1, chunk_size=512
    )
    return result, place


def test_a_table_gives_the_numbers_of_fit_many_and_the_truth(done) -> None:
    result, place = done
    f, Z, values = spectra(1800)
    alone = eisfit.fit_many(f, Z, MODEL, start=TRUTH)
    found = pq.read_table(place / "results")
    for i, name in enumerate(alone.names):
        assert np.array_equal(found[name].to_numpy(), alone.values[:, i])
        assert np.array_equal(found[f"{name}_stderr"].to_numpy(), alone.stderr[:, i])
    pull = (alone["R1"] - values[:, 1]) / found["R1_stderr"].to_numpy()
    # 1800 standard normal numbers: mean within 4 standard errors of 0, spread within 4 of 1
    assert abs(pull.mean()) < 4 / 1800**0.5
    assert abs(pull.std() - 1) < 4 / (2 * 1800) ** 0.5
    assert result.spectra == result.fitted == result.converged == 1800
    assert result.usable
    assert found["findings"].null_count == 1800


def test_columns_of_a_table_are_kept_beside_the_results(done) -> None:
    found = pq.read_table(done[1] / "results")
    _, _, values = spectra(1800)
    assert found["cycle"].to_pylist() == list(range(1800))
    assert np.array_equal(found["input_R1"].to_numpy(), values[:, 1])
    assert found["id"][1799].as_py() == "s1799"
    assert found["temperature_K"][1799].as_py() == 2099.0


@pytest.mark.parametrize(("jobs", "chunk_size"), [(2, 512), (1, 1024), (2, 4096), (2, 700)])
def test_numbers_do_not_depend_on_threads_or_chunks(done, table, tmp_path, jobs, chunk_size):
    eisfit.run_batch(
        table, MODEL, tmp_path / "out", validation="none", start=TRUTH, jobs=jobs,
        chunk_size=chunk_size,
    )  # fmt: skip
    assert numbers(tmp_path / "out") == numbers(done[1])
    if chunk_size == 512:
        assert dataset(tmp_path / "out") == dataset(done[1])


def test_summary_and_overview_tell_of_every_spectrum(done) -> None:
    place = done[1]
    lines = (place / "summary.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1801
    head = [h.strip('"') for h in lines[0].split(",")]
    first = dict(zip(head, lines[1].split(","), strict=True))
    exact = pq.read_table(place / "results")["R1"][0].as_py()
    assert float(first["R1"]) == pytest.approx(exact, rel=1e-6)
    page = (place / "overview.html").read_text(encoding="utf-8")
    assert "1800 fitted, 1800 of them converged" in page
    assert "http://" not in page
    assert "src=" not in page


def test_files_with_validation_agree_with_single_fits(tmp_path) -> None:
    (tmp_path / "data").mkdir()
    files = write_folder(tmp_path / "data", 20)
    result = eisfit.run_batch(tmp_path / "data", MODEL, tmp_path / "out", jobs=1)
    found = {r["file"]: r for r in pq.read_table(tmp_path / "out/results").to_pylist()}
    assert len(found) == 20
    assert result.spectra == 20
    for path in files[:6]:
        spectrum = eisfit.read(path)[0]
        alone, row = eisfit.fit(spectrum, MODEL), found[str(path)]
        for name, estimate in alone.estimates.items():
            assert row[name] == pytest.approx(estimate.value, rel=1e-9)
            assert row[f"{name}_stderr"] == pytest.approx(estimate.stderr, rel=1e-6)
        process = assign(alone).processes["process_1"]
        assert row["process_1_resistance_ohm"] == pytest.approx(process.resistance.n, rel=1e-9)
        assert row["process_1_capacitance_F"] == pytest.approx(process.capacitance.n, rel=1e-8)
        assert row["process_1_time_constant_s"] == pytest.approx(process.time_constant.n, rel=1e-8)
        assert row["sha256"] == spectrum.provenance.sha256
        assert np.array_equal(row["frequency"], spectrum.frequency)
        assert 0.001 < row["noise"] < 0.006  # 0.003 was put in; 25 points or more tell it


def test_processes_of_many_are_those_of_one(tmp_path) -> None:
    model = eisfit.load_model("llto_pellet")
    made = [eisfit.simulate(model, seed=i, temperature=300) for i in range(3)]
    from eisfit.io.convert import convert

    convert(made, tmp_path / "t.parquet")
    eisfit.run_batch(tmp_path / "t.parquet", model, tmp_path / "out", jobs=1, validation="none")
    for row, spectrum in zip(
        pq.read_table(tmp_path / "out/results").to_pylist(), made, strict=True
    ):
        for name, process in assign(eisfit.fit(spectrum, model)).processes.items():
            for quantity, value in (
                ("resistance_ohm", process.resistance),
                ("capacitance_F", process.capacitance),
                ("time_constant_s", process.time_constant),
            ):
                found = row[f"{name}_{quantity}"]
                assert (found is None) == (value is None)
                assert value is None or found == pytest.approx(value.n, rel=1e-6)


def test_files_in_processes_and_any_chunks_give_the_same_numbers(tmp_path) -> None:
    (tmp_path / "data").mkdir()
    write_folder(tmp_path / "data", 132)
    write_bad_files(tmp_path / "data")
    found = []
    for i, (jobs, size) in enumerate([(1, 256), (2, 16)]):
        place = tmp_path / f"out{i}"
        eisfit.run_batch(tmp_path / "data", MODEL, place, jobs=jobs, chunk_size=size)
        found.append(numbers(place))
    assert len(found[0]["id"]) == 140
    assert found[0] == found[1]


def test_bad_files_are_listed_with_their_reasons_and_stop_nothing(tmp_path) -> None:
    (tmp_path / "data").mkdir()
    write_folder(tmp_path / "data", 72)
    bad = write_bad_files(tmp_path / "data")
    result = eisfit.run_batch(
        tmp_path / "data", MODEL, tmp_path / "out", jobs=1, validation="screening"
    )
    assert result.fitted == 72
    assert len(result.failures) == len(bad)
    for name in bad:
        assert sum(name in f.id and name in f.reason for f in result.failures) == 1, name
    assert all(len(f.reason) > 20 for f in result.failures)
    assert sum(result.reasons.values()) == len(bad)
    assert not any(name in why for name in bad for why in result.reasons)
    assert not result.usable
    page = (tmp_path / "out/overview.html").read_text(encoding="utf-8")
    assert "x_empty.DTA" in page
    assert "alert(1)</script>" not in page


def test_an_archive_is_many_files(tmp_path) -> None:
    files = write_folder(tmp_path / "data", 6)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in files:
            archive.write(path, path.name)
        archive.writestr("broken.DTA", "EXPLAIN\nTAG\tEISPOT\n")
    packed = eisfit.run_batch(tmp_path / "all.zip", MODEL, tmp_path / "a", jobs=1)
    plain = eisfit.run_batch(files, MODEL, tmp_path / "b", jobs=1)
    assert (packed.fitted, packed.failed) == (6, 1)
    for name in ("R1", "R1_stderr"):
        found = [pq.read_table(r.dataset)[name].drop_null() for r in (packed, plain)]
        assert sorted(found[0].to_pylist()) == pytest.approx(sorted(found[1].to_pylist()), 1e-12)


def test_texts_of_files_are_escaped_in_the_overview(tmp_path) -> None:
    f, Z, _ = spectra(3)
    Z[1] = np.nan
    named = table_of(f, Z).set_column(0, "id", [["a", "<img src=x onerror=alert(1)>", "c"]])
    pq.write_table(named, tmp_path / "t.parquet")
    result = eisfit.run_batch(tmp_path / "t.parquet", MODEL, tmp_path / "out", jobs=1)
    assert result.failures[0].id == "<img src=x onerror=alert(1)>"
    page = (tmp_path / "out/overview.html").read_text(encoding="utf-8")
    assert "<img" not in page
    assert "&lt;img src=x" in page


def test_rows_that_are_no_spectra_fail_alone(tmp_path) -> None:
    f, Z, _ = spectra(8)
    real, imag, frequency = list(Z.real), list(Z.imag), [f] * 8
    real[1] = real[1][:-2]  # lists of different lengths
    frequency[2], real[2], imag[2] = [], [], []
    real[3] = np.where(np.arange(len(f)) == 4, np.nan, real[3])  # one point missing
    frequency[4] = np.where(np.arange(len(f)) == 0, -1.0, f)
    real[5], imag[5] = 0 * f, 0 * f
    frequency[6] = f * 1.0001  # a grid of its own
    data = pa.table({"frequency": lists(frequency), "z_real": lists(real), "z_imag": lists(imag)})
    pq.write_table(data, tmp_path / "t.parquet")
    eisfit.run_batch(tmp_path / "t.parquet", MODEL, tmp_path / "out", jobs=1, validation="none")
    rows = pq.read_table(tmp_path / "out/results").to_pylist()
    assert [r["converged"] for r in rows] == [True, None, None, True, True, None, True, True]
    assert "must be equal" in rows[1]["error"]
    assert rows[1]["error"] == f"{rows[1]['id']}: {rows[1]['reason']}"
    assert rows[0]["reason"] is None
    assert rows[3]["points"] == len(f) - 1
    assert [x["code"] for x in rows[3]["findings"]] == ["points_left_out"]
    assert rows[0]["id"] == f"{tmp_path / 't.parquet'}#1"
    use = np.arange(len(f)) != 4
    alone = eisfit.fit(eisfit.Spectrum(f[use], Z[3][use]), MODEL)
    assert rows[3]["R1"] == pytest.approx(alone.estimates["R1"].value, rel=1e-9)
    assert rows[3]["verdict"] == "usable"
    assert rows[1]["verdict"] == "unusable"


def test_absurd_numbers_stop_nothing(tmp_path) -> None:
    f, Z, _ = spectra(8)
    Z[1] *= 1e304
    Z[2] *= 1e-306
    Z[3] = Z[3].real * (1 + 0j)
    Z[4] = np.random.default_rng(0).standard_normal(len(f)) * (1e300 + 1e-300j)
    Z[5] = -Z[5]
    pq.write_table(table_of(f, Z), tmp_path / "t.parquet")
    for validation in ("kramers_kronig", "none"):
        place = tmp_path / validation
        eisfit.run_batch(tmp_path / "t.parquet", MODEL, place, jobs=1, validation=validation)
        rows = pq.read_table(place / "results").to_pylist()
        assert len(rows) == 8
        assert all(rows[i]["converged"] for i in (0, 6, 7))


def test_a_table_with_a_column_twice_is_refused(tmp_path) -> None:
    f, Z, _ = spectra(3)
    data = table_of(f, Z)
    pq.write_table(data.append_column("z_real", data["z_real"]), tmp_path / "t.parquet")
    result = eisfit.run_batch(tmp_path / "t.parquet", MODEL, tmp_path / "out", jobs=1)
    assert "the column z_real occurs twice" in result.failures[0].reason


def test_a_damaged_table_loses_only_what_is_damaged(tmp_path) -> None:
    f, Z, _ = spectra(2000)
    path, other = tmp_path / "bad.parquet", tmp_path / "good.parquet"
    pq.write_table(table_of(f, Z), path, row_group_size=500, compression="zstd")
    pq.write_table(table_of(f, Z[:20]), other)
    group = pq.read_metadata(path).row_group(2).column(2)
    data = bytearray(path.read_bytes())
    at = group.dictionary_page_offset or group.data_page_offset
    data[at + 20 : at + 2000] = b"\x55" * 1980
    path.write_bytes(bytes(data))
    result = eisfit.run_batch(
        [path, other], MODEL, tmp_path / "out", jobs=2, validation="none", chunk_size=512
    )
    rows = pq.read_table(tmp_path / "out/results", columns=["file", "converged"]).to_pylist()
    assert sum(r["file"] == str(other) and r["converged"] for r in rows) == 20
    assert sum(r["file"] == str(path) and bool(r["converged"]) for r in rows) == 512
    assert any("rows 513 to" in f.reason for f in result.failures)


@pytest.mark.parametrize("kind", ["arrow", "large", "fixed", "float32"])
def test_tables_of_other_kinds_of_lists_are_read(tmp_path, kind) -> None:
    f, Z, _ = spectra(5)
    data = table_of(f, Z)
    names = ["frequency", "z_real", "z_imag"]
    if kind == "arrow":
        with pa.ipc.new_file(tmp_path / "t.arrow", data.schema) as writer:
            writer.write_table(data)
    else:
        to = {
            "large": pa.large_list(pa.float64()),
            "fixed": pa.list_(pa.float64(), len(f)),
            "float32": pa.list_(pa.float32()),
        }[kind]
        for name in names:
            place = data.column_names.index(name)
            data = data.set_column(place, name, data[name].cast(to))
        pq.write_table(data, tmp_path / "t.parquet")
    (path,) = tmp_path.iterdir()
    result = eisfit.run_batch(path, MODEL, tmp_path / "out", jobs=1, validation="none")
    alone = eisfit.fit_many(f, Z, MODEL)
    found = pq.read_table(tmp_path / "out/results")["R1"].to_numpy()
    assert result.fitted == 5
    assert np.allclose(found, alone["R1"], rtol=1e-4 if kind == "float32" else 1e-13)


def test_a_short_circuit_is_not_fitted_where_spectra_are_screened(tmp_path) -> None:
    f, Z, _ = spectra(4)
    Z[2] = 0.02 + 2j * np.pi * f * 1e-7
    pq.write_table(table_of(f, Z), tmp_path / "t.parquet")
    result = eisfit.run_batch(
        tmp_path / "t.parquet", MODEL, tmp_path / "out", jobs=1, validation="screening"
    )
    assert [f.id for f in result.failures] == ["s2"]
    assert ("short_circuit", "error") in result.findings


def test_a_poor_fit_is_found_and_stands_among_the_worst(tmp_path) -> None:
    f, Z, _ = spectra(6)
    omega = 2 * np.pi * f
    Z[4] = 10 + 100 / (1 + 1j * omega * 1e-5) + 100 / (1 + 1j * omega * 1e-2)
    pq.write_table(table_of(f, Z), tmp_path / "t.parquet")
    result = eisfit.run_batch(
        tmp_path / "t.parquet", MODEL, tmp_path / "out", jobs=1, validation="none"
    )
    assert result.worst[0][0] == "s4"
    assert result.findings[("poor_fit", "warning")] == 1
    assert not result.usable


def test_the_manifest_tells_what_the_batch_was_made_of(done, table) -> None:
    told = json.loads((done[1] / "manifest.json").read_text(encoding="utf-8"))
    assert told["inputs"][0]["path"] == str(table)
    assert told["inputs"][0]["size"] == table.stat().st_size
    assert told["model"]["circuit"] == eisfit.load_model(MODEL).circuit
    assert told["versions"]["eisfit"] == eisfit.__version__
    assert told["settings"]["start"] == list(TRUTH.values())


def test_settings_that_make_no_sense_are_refused(table, tmp_path) -> None:
    out = tmp_path / "out"
    with pytest.raises(FitError, match="validation must be one of"):
        eisfit.run_batch(table, MODEL, out, validation="some")
    with pytest.raises(FitError, match="weighting must be one of"):
        eisfit.run_batch(table, MODEL, out, weighting="some")
    with pytest.raises(FitError, match="missing for Q1, n1"):
        eisfit.run_batch(table, MODEL, out, start={"R0": 1, "R1": 2})
    with pytest.raises(ModelError, match="no parameter 'R9'"):
        eisfit.run_batch(table, MODEL, out, start={**TRUTH, "R9": 1})
    with pytest.raises(FitError, match="1 job or more"):
        eisfit.run_batch(table, MODEL, out, jobs=0)
    with pytest.raises(ReadError, match="no file matches"):
        eisfit.run_batch(tmp_path / "*.none", MODEL, out)
    assert not out.exists()


def test_a_batch_that_stands_is_not_overwritten(done, table) -> None:
    before = dataset(done[1])
    with pytest.raises(OutputError, match="holds a batch already"):
        eisfit.run_batch(table, MODEL, done[1], validation="none")
    assert dataset(done[1]) == before


def test_what_lies_in_the_output_folder_is_no_input_not_even_by_a_link(tmp_path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    out.mkdir()
    data.mkdir()
    (good,) = write_folder(data, 1)
    (out / "old.csv").write_bytes(good.read_bytes())
    (data / "linked.csv").symlink_to(out / "old.csv")
    (tmp_path / "same").symlink_to(out)
    plan = make_plan([data, out, tmp_path / "same"], make_job(MODEL), out)
    assert plan.inputs == (str(good),)


@pytest.mark.parametrize("size", [0, 1000, 1 << 20])
def test_inputs_are_known_by_size_and_checksum(tmp_path, size) -> None:
    (tmp_path / "x").write_bytes(b"7" * size)
    found = read_input(str(tmp_path / "x"))
    assert (found.size, found.sha256) == (size, hashlib.sha256(b"7" * size).hexdigest())
    assert found.modified == (tmp_path / "x").stat().st_mtime_ns
    assert read_input(str(tmp_path / "gone")).size == -1
