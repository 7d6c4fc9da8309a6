"""Spreadsheets: where tables stand in sheets, and what a damaged or malicious file may do."""

from __future__ import annotations

import base64
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from eisfit.base.errors import ReadError, UnknownFormat
from eisfit.readers.conformance import check_reader
from eisfit.readers.tables.spreadsheet import ODS, XLS, XLSX

INSTRUMENTS = Path(__file__).parents[3].parent / "shared" / "data" / "instruments"
F = np.logspace(5, 1, 13)
Z = 20 + 500 / (1 + (2j * np.pi * F * 500 * 1e-6) ** 0.9)
HEADING = ["freq / Hz", "Z' / Ohm", "-Z'' / Ohm"]
ROWS = [[float(f), float(z.real), float(-z.imag)] for f, z in zip(F, Z, strict=True)]

# a sheet "25C" with a title and its date, the table with a column of dates, and a sheet "notes",
# as xlwt writes them; packed by zlib
OLD_WORKBOOK = zlib.decompress(base64.b85decode(
    'c-rll4@{J09LIm}dw;lty94C7CMsQQfs!}#56Pdwy%}^if}orV;p&KUpxl8Rw$K8CXiH_9Z7v<HP-&w!Ot(^^Hd}wh'
    'B4vt2CJtm;)2(H*MH9K6-|v0ylIv}gt=Oph-QM5(Jm2SeKF{+$f8TriPe%{8AC4P=Aj<+3O!)Mmy-gF?rT0gofTjC<'
    '81&zD?DB<dMwwp622!hm9%Ek^jv<cs2#D~W`V-~>F0rcwsv*D1<FZbpt)MnI1#Cm6pk{MVgf@1WU^caD7Wrq$$B;in'
    'c|RgAk<v;&ljR*2is7_9KRK1p<F#S}rJ0x);3$<jPs(D5g<hP;4Z8$6uLd5hsc=@#u!MNE0S*EiQisdqs=;_Hbl{>b'
    'VrI+Bvt?&n%gfW<?qM*qK|ct;`m6vq{Hy!8HKb3kE&$WVChK8;qwCmE2J5ehYJf)YJuTprZh;6WP-BV;mZUt?0!C;H'
    '$EXH8RkbefI26)S*UH<r*XgdVbXk|P-F<zHYm;@6b>$W&7bmgMW94pE(pH?rBTTQYaJyK<YXERN%UssdI%~PpQ-&4D'
    '`$^QK{lrMC%)opZL{d1K)>;&+dc5=cnY_{h`%|Pe(itM3H22~Ife&8960ESvf9x>Blw>M#ANeMt&Y^G|c{6)bc26vb'
    '<$;HrDbGukn#k%|N_N(sbX#~n3%6V=JQm+FYG1&@U5=40=B{t;?U2AuzA{!Gf6cH^SSak<i`H%T-vz!W4UwPym;Fg6'
    '%54|H$B)xUxCJyQtUqX|=oyjIY#VHP#CAo(G9o?i<T4_a!CsPM{vMTMB8#a4F%^rcdHt#&R=pTbS~N7pX{mk{u`chu'
    'D?VxSGD%jDXFl3|awK2N6;)6h)j?d$r6%s2QM-G*^NJ)Z$SzrMN?Un-8CQ^9VCl-}f55^OWaoN+4zM)}Yz?u^t~Zui'
    '!p}*vg6!Nke>?HJFNG_}K7L?v%!Zgmt{~got!wtPwF>>ACH9Ioc|5el?Tlaj-5GDHBrC{`|7Cr_hu@@d1-U~L)&Mt5'
    'q0M2$J@kIx$9wKMBFPG}*P2%EJkXKF6=YZEW`6bQx*V<`yCXX-z}6|Sb;N#W-r=1W2i}ro1=)?pvCq7{4z3{EQI|Hi'
    '?a@_SLAGaGVSuey=np-y_eaY8p(pOMZ}+`^ZR;9IR**YZcXjvOy-uzmcX@wBfE%vR=5XRhz2Z2zO?*L;6=e5Zd|rEY'
    'u$(K%&Ky0_x~`&vE6Dc6HU-!b3hW4C*Dw0<^8G(;kYokfEhWA7ub<n@6=aJ=n{FmPQNa~t_ddBVz&0rKhk@9;1-U;A'
    '#GOB+`P_43t0XJP4eRMX=h*M$3UYU~9|>@c3T-wL*PEU;kdY#fn333h$@NQePt|h;+1s1WUr4pA;tH~he)uxLHYu=8'
    '#CGj?xv+S<JZDYBe)aof7gi27a0S_xfmCybHHRz6POyyz*pUkT5lQT1zJEm$S3U3D^h<LaC0Rjk&ljx?>3dSRg50Y$'
    'H;J1i&Vmnc^I~spf7*1MC1N0brk*8&;#s2MIfS4b8c|0Yo*dNcpw#Oj3t7niFDCGPP{rS>HGH29<KJ~|v1=mqndCof'
    'k3$vv)v`a6IpAUU8mODn{IP&W@Uw(FEaU%Ph_;5+UIQDUl-jXz%JY|<lfv!KbH@dv{<$SI)%qu<($0Um{yzX>2iLg'
))  # fmt: skip

Cells = list[list[object]]


def workbook(write_only: bool = False, **sheets: Cells) -> bytes:
    """Return a workbook of some sheets."""
    book = openpyxl.Workbook(write_only=write_only)
    for sheet in book.worksheets:
        book.remove(sheet)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def beside(*blocks: Cells) -> Cells:
    """Return blocks of cells side by side, an empty column between."""
    longest = max(map(len, blocks))
    padded = [[*block, *[[""] * len(block[0])] * (longest - len(block))] for block in blocks]
    return [[c for row in rows for c in (*row, None)] for rows in zip(*padded, strict=True)]


def scaled(factor: float, n: int = 13) -> Cells:
    return [[f, factor * a, factor * b] for f, a, b in ROWS[:n]]


def changed(content: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return an archive with one member changed."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == member else data)
    return out.getvalue()


def assert_is(spectrum, factor: float = 1, n: int = 13) -> None:
    np.testing.assert_allclose(spectrum.frequency, F[:n], rtol=1e-14)
    np.testing.assert_allclose(spectrum.impedance, factor * Z[:n], rtol=1e-14)


@pytest.mark.parametrize("write_only", [False, True], ids=["with dimensions", "without"])
def test_a_sheet_is_read_with_and_without_its_dimensions(
    write: Callable[..., Path], write_only: bool
) -> None:
    path = write(workbook(write_only, Sheet1=[HEADING, *ROWS]), "a.xlsx")
    (spectrum,) = XLSX.read(path)
    assert_is(spectrum)
    assert spectrum.provenance.columns == tuple(HEADING)
    assert spectrum.provenance.sign_convention == "-Im Z"
    assert spectrum.provenance.technique == "sheet Sheet1"
    assert spectrum.findings == ()


def test_units_below_the_heading_text_above_and_notes_beside(write: Callable[..., Path]) -> None:
    kilo = [[None, f / 1e3, a / 1e3, b / 1e3, "ok" if i % 2 else None] for i, (f, a, b)
            in enumerate(ROWS)]  # fmt: skip
    head = [["pellet 7"], ["Temperature: 60 °C"], [], [None, "f", "Z'", "-Z''", "note", "by hand"],
            [None, "kHz", "kOhm", "(kOhm)"]]  # fmt: skip
    (spectrum,) = XLSX.read(write(workbook(a=[*head, *kilo]), "a.xlsx"))
    np.testing.assert_allclose(spectrum.frequency, F, rtol=1e-14)
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-14)
    assert spectrum.temperature == pytest.approx(333.15)
    assert not any(spectrum.reasons)


def test_tables_side_by_side_each_at_the_temperature_above_it(write: Callable[..., Path]) -> None:
    blocks = [[[title, None, None], HEADING, *scaled(k, n)] for title, k, n in
              (("25 °C", 1, 13), ("-20C", 8, 10), ("sintered at 1000 °C", 2, 7))]  # fmt: skip
    spectra = XLSX.read(write(workbook(a=beside(*blocks)), "a.xlsx"))
    for spectrum, factor, n in zip(spectra, (1, 8, 2), (13, 10, 7), strict=True):
        assert_is(spectrum, factor, n)
        assert spectrum.findings == ()
    assert [s.temperature for s in spectra] == [298.15, 253.15, None]
    assert [s.provenance.sweep for s in spectra] == [1, 2, 3]


def test_tables_with_a_leading_column_and_headings_at_different_heights(
    write: Callable[..., Path],
) -> None:
    first = [["time / s", *HEADING], *([float(i), *row] for i, row in enumerate(scaled(1)))]
    second = [["note"] * 3, ["other note"] * 3, HEADING, *scaled(3)]
    third = [["time / s", *HEADING], *([float(i), *row] for i, row in enumerate(scaled(2)))]
    cells = [a + b for a, b in zip(beside(first, third), [[]] * 14, strict=True)]
    spectra = XLSX.read(write(workbook(a=cells), "a.xlsx"))
    assert [s.provenance.conditions["start_s"] for s in spectra] == [0.0, 0.0]
    for spectrum, factor in zip(spectra, (1, 2), strict=True):
        assert_is(spectrum, factor)
    spectra = XLSX.read(write(workbook(a=beside(first, second)), "a.xlsx"))
    for spectrum, factor in zip(spectra, (1, 3), strict=True):
        assert_is(spectrum, factor)


def test_tables_one_below_the_other(write: Callable[..., Path]) -> None:
    polar = [[f, abs(z), np.degrees(np.angle(z))] for f, z in zip(F.tolist(), Z, strict=True)]
    cells = [HEADING, *scaled(1), [], ["second run"], HEADING, *scaled(2), []]
    cells += [["f", "|Z|", "phase (deg)"], *polar]
    spectra = XLSX.read(write(workbook(a=cells), "a.xlsx"))
    for spectrum, factor in zip(spectra, (1, 2, 1), strict=True):
        np.testing.assert_allclose(spectrum.impedance, factor * Z, rtol=1e-12)


def test_sheets_give_temperatures_and_those_without_a_spectrum_are_named(
    write: Callable[..., Path],
) -> None:
    summary = [["R", "Q", "n"], [5.0, 1e-6, 0.9], [6.0, 1e-6, 0.9], [7.0, 1e-6, 0.9]]
    content = workbook(**{"25C": [HEADING, *scaled(1)], "fits": summary, "empty": [],
                          "m10C": [HEADING, *scaled(2)], "45": [HEADING, *scaled(3)]})  # fmt: skip
    spectra = XLSX.read(write(content, "run.xlsx"))
    assert [s.temperature for s in spectra] == pytest.approx([298.15, 263.15, 318.15])
    for spectrum, factor in zip(spectra, (1, 2, 3), strict=True):
        assert_is(spectrum, factor)
    said = spectra[0].findings[-1]
    assert said.code == "sheet_without_spectrum"
    assert "'fits' (" in said.message
    assert "'empty' (" in said.message
    (guessed,) = spectra[2].findings
    assert guessed.code == "temperature_from_bare_number"
    assert guessed.message.startswith("run.xlsx: sheet 45:")


def test_a_text_pasted_into_one_column_and_decimal_commas(write: Callable[..., Path]) -> None:
    pasted = [[";".join(HEADING)], *[[f"{f!r};{a!r};{b!r}".replace(".", ",")] for f, a, b in ROWS]]
    commas = [HEADING, *[[repr(x).replace(".", ",") for x in row] for row in ROWS]]
    for cells in (pasted, commas):
        (spectrum,) = XLSX.read(write(workbook(a=cells), "a.xlsx"))
        assert_is(spectrum)


def test_bare_columns_count_only_where_no_sheet_has_a_heading(write: Callable[..., Path]) -> None:
    bare = [[f, a, -b] for f, a, b in ROWS]
    (spectrum,) = XLSX.read(write(workbook(a=bare), "a.xlsx"))
    assert_is(spectrum)
    spectra = XLSX.read(write(workbook(a=bare, b=[HEADING, *scaled(2)]), "a.xlsx"))
    assert len(spectra) == 1
    assert_is(spectra[0], 2)
    with pytest.raises(ReadError, match="three columns without a heading"):
        XLSX.read(write(workbook(a=[[-f, -a, b] for f, a, b in ROWS]), "a.xlsx"))


def test_a_cell_without_a_number_leaves_its_point_out(write: Callable[..., Path]) -> None:
    cells = [HEADING, *scaled(1)]
    cells[4] = [ROWS[3][0], "over", 1.0]
    cells[6] = [ROWS[5][0], "#N/A", 1.0]
    (spectrum,) = XLSX.read(write(workbook(a=cells), "a.xlsx"))
    assert spectrum.reasons[3] == "row 5: 'over' is not a number"
    assert spectrum.reasons[5].startswith("row 7: ")
    assert sum(map(bool, spectrum.reasons)) == 2


def test_what_excel_writes_in_other_ways_is_read_the_same(write: Callable[..., Path]) -> None:
    cells = "".join(
        f'<row><c><v>{f!r}</v></c><c t="str"><f>A1*2</f><v>{a!r}</v></c>'
        f'<c t="inlineStr"><is><t>{b!r}</t></is></c></row>'
        for f, a, b in ROWS
    )
    head = "".join(
        f'<c t="inlineStr"><is><r><t>{h[:2]}</t></r><r><t>{h[2:]}</t></r>'
        "<rPh><t>spoken</t></rPh></is></c>"
        for h in HEADING
    )
    sheet = f'<x:worksheet xmlns:x="urn:x"><sheetData><row>{head}</row>{cells}</sheetData>'
    content = changed(workbook(a=[HEADING]), "xl/worksheets/sheet1.xml",
                      lambda _: (sheet + "</x:worksheet>").encode())  # fmt: skip
    (spectrum,) = XLSX.read(write(content, "a.xlsx"))
    assert_is(spectrum)


def document(rows: str) -> bytes:
    """Return an OpenDocument spreadsheet."""
    spaces = " ".join(f'xmlns:{n}="urn:oasis:{n}"' for n in ("table", "office", "text"))
    out = BytesIO()
    with zipfile.ZipFile(out, "w", 8) as archive:
        mark = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr(zipfile.ZipInfo("mimetype"), mark)
        archive.writestr("content.xml", f"<office:d {spaces}><table:table table:name='60C'>{rows}"
                         "</table:table></office:d>")  # fmt: skip
    return out.getvalue()


def open_row(*cells: object, times: int = 1) -> str:
    inner = "".join(
        f"<table:table-cell office:value='{c!r}'><text:p>rounded</text:p></table:table-cell>"
        if isinstance(c, float)
        else f"<table:table-cell>{c}</table:table-cell>"
        for c in cells
    )
    return f"<table:table-row table:number-rows-repeated='{times}'>{inner}</table:table-row>"


def test_an_open_document_with_remarks_and_repeats(write: Callable[..., Path]) -> None:
    remark = "<office:annotation><text:p>Z is new</text:p></office:annotation>"
    heading = open_row(*(f"{remark}<text:p>{h}</text:p>" for h in HEADING))
    rows = "".join(open_row(*row) for row in ROWS)
    empty = "<table:table-cell table:number-columns-repeated='16384'/>"
    content = document(open_row(empty, times=3) + heading + rows + open_row(empty, times=1 << 20))
    (spectrum,) = ODS.read(write(content, "a.ods"))
    assert_is(spectrum)
    assert spectrum.temperature == pytest.approx(333.15)


def bombs() -> dict[str, bytes]:
    good = workbook(a=[HEADING, *ROWS])
    sheet = "xl/worksheets/sheet1.xml"
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    cell = b'<c r="XFD1" t="s"><v>0</v></c>'
    rows = b"".join(b'<row r="%d">%s</row>' % (i, cell) for i in range(1, 40_000))
    return {
        "unpack to": changed(good, sheet, lambda _: b" " * 100_000_000),
        "declares a document type": changed(good, sheet, lambda _: entities),
        "no sheet holds a spectrum": changed(
            good, sheet, lambda _: b"<x><row r='1048576'><c r='XFD1'><v>1</v></c></row></x>"
        ),
        "no sheet holds": changed(good, sheet, lambda _: b"<x>" + rows + b"</x>"),
        "repeated cells": document(open_row(*[1.0] * 4000, times=999_999_999)),
        "repeated": document(
            "<table:table-row table:number-rows-repeated='99999999'><table:table-cell "
            "table:number-columns-repeated='99999' office:value='1.5'/></table:table-row>"
        ),
    }


@pytest.mark.parametrize("said", sorted(bombs()))
def test_small_files_that_would_grow_are_refused_in_bounds(
    write: Callable[..., Path], said: str
) -> None:
    path = write(bombs()[said], "bomb")
    tracemalloc.start()
    started = time.perf_counter()
    with pytest.raises(ReadError, match=said):
        (ODS.read if "repeated" in said else XLSX.read)(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40e6
    assert time.perf_counter() - started < 8  # tracing slows it down several times


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (changed(workbook(a=[]), "xl/workbook.xml", lambda _: b"<x>"), "cannot be opened"),
        (b"PK\x03\x04 xl/ damaged", "cannot be opened"),
        (workbook(a=[["R", "C"], [1, 2]]), "no sheet holds a spectrum: 'a' "),
        (workbook(a=[HEADING[:2], *ROWS]), "no column for Z''"),
    ],
)
def test_what_is_no_spectrum_is_refused(
    write: Callable[..., Path], content: bytes, said: str
) -> None:
    path = write(content, "a.xlsx")
    with pytest.raises(ReadError, match="^" + str(path)) as caught:
        XLSX.read(path)
    assert said in str(caught.value)


@pytest.mark.parametrize(("inner", "said"), [("xl/workbook.bin", "binary workbook"),
                                             ("word/document.xml", "no spreadsheet")])  # fmt: skip
def test_other_office_files_are_refused(write: Callable[..., Path], inner: str, said: str) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr(inner, "x")
    assert XLSX.recognises(out.getvalue())
    with pytest.raises(ReadError, match=said):
        XLSX.read(write(out.getvalue(), "a.xlsb"))


def test_a_long_sheet_is_read_in_seconds(write: Callable[..., Path]) -> None:
    cells = [HEADING, *(row for _ in range(500) for row in ROWS)]
    path = write(workbook(a=cells), "long.xlsx")
    started = time.perf_counter()
    assert len(XLSX.read(path)) == 500
    assert time.perf_counter() - started < 5


def test_they_keep_what_is_asked_of_every_reader() -> None:
    content = workbook(a=beside([HEADING, *ROWS], [HEADING, *scaled(2)]))
    check_reader(XLSX, content, "series.xlsx", F, Z, cuts=100, damages=200)
    rows = open_row(*(f"<text:p>{h}</text:p>" for h in HEADING))
    content = document(rows + "".join(open_row(*row) for row in ROWS))
    check_reader(ODS, content, "series.ods", F, Z, cuts=100, damages=200)


@pytest.mark.skipif(not INSTRUMENTS.is_dir(), reason="files from real instruments are not here")
def test_an_mfia_table_has_its_phase_in_radians_and_its_bias() -> None:
    path = INSTRUMENTS / "zurich_mfia" / "mfia_rc_sweep.xlsx"
    (spectrum,) = XLSX.read(path)
    sheet = openpyxl.load_workbook(path)["-0.7"]
    names, *rows = sheet.iter_rows(values_only=True)
    column = {name: np.array(values, float) for name, *values in zip(names, *rows, strict=True)
              if name}  # fmt: skip
    np.testing.assert_array_equal(spectrum.frequency, column["frequency"])
    np.testing.assert_array_equal(spectrum.impedance.imag, column["imagz"])
    # means over time of |Z| and phase are not quite those of the means of Z' and Z''
    np.testing.assert_allclose(np.angle(spectrum.impedance), column["phasez"], rtol=1e-4)
    np.testing.assert_allclose(abs(spectrum.impedance), column["absz"], rtol=1e-4)
    assert len(spectrum) == 100
    assert spectrum.provenance.conditions["dc_potential_V"] == pytest.approx(-0.7, abs=1e-4)
    assert spectrum.temperature is None


@pytest.mark.skipif(not INSTRUMENTS.is_dir(), reason="files from real instruments are not here")
def test_the_sheets_of_a_real_workbook_hold_one_spectrum_under_four_headings() -> None:
    first, *others = XLSX.read(INSTRUMENTS / "generic_xlsx" / "data.xlsx")
    assert len(first) == 29
    assert (first.frequency[0], first.frequency[-1]) == (10000, 1)
    for spectrum in others:
        np.testing.assert_allclose(spectrum.frequency, first.frequency, rtol=1e-12)
        np.testing.assert_allclose(spectrum.impedance, first.impedance, rtol=1e-6)


def test_an_old_workbook_is_read_and_its_dates_are_no_numbers(write: Callable[..., Path]) -> None:
    (spectrum,) = XLS.read(write(OLD_WORKBOOK, "run.xls"))
    assert_is(spectrum)
    assert spectrum.temperature == pytest.approx(298.15)
    assert spectrum.provenance.columns == (*HEADING, "time / s")
    assert "start_s" not in spectrum.provenance.conditions
    assert "'notes' (" in spectrum.findings[-1].message


def test_a_damaged_old_workbook_is_refused_in_a_sentence(write: Callable[..., Path]) -> None:
    check_reader(XLS, OLD_WORKBOOK, "run.xls", F, Z, cuts=100, damages=200)


def test_another_old_office_document_is_of_unknown_format(write: Callable[..., Path]) -> None:
    document = OLD_WORKBOOK.replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le"))
    with pytest.raises(UnknownFormat, match=r"no workbook of Excel .* save its table as"):
        XLS.read(write(document, "letter.doc"))
