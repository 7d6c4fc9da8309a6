"""What the documentation says: its code runs, its commands and links exist, codes are told."""

import ast
import importlib.util
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
import typer

import eisfit
from eisfit.cli import app

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def _functions(tree: ast.Module) -> list[ast.AST]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]


def _strings(node: ast.AST) -> set[str]:
    """Return the texts that an expression may be, an f-string with '*' for what it fills in."""
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=a, orelse=b):
            return _strings(a) | _strings(b)
        case ast.JoinedStr(values=parts):
            return {"".join(p.value if isinstance(p, ast.Constant) else "*" for p in parts)}
    return set()


def _bound_to(name: str, function: ast.AST) -> set[str]:
    """Return the texts that a function may bind a name to, by assignment or by a loop."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and [ast.unparse(t) for t in node.targets] == [name]:
            found |= _strings(node.value)
        if isinstance(node, ast.For) and isinstance(node.target, ast.Tuple):
            names = [ast.unparse(t) for t in node.target.elts]
            if name in names and isinstance(node.iter, ast.Tuple):
                for row in node.iter.elts:
                    found |= _strings(row.elts[names.index(name)])
    return found


HANDED_ON = {"add_error", "finding", "read_sweeps"}  # these take a code as an argument


def _code_of(call: ast.Call) -> ast.expr | None:
    """Return the argument that is the code of a finding, None of another call."""
    name = ast.unparse(call.func).split(".")[-1]
    given = [k.value for k in call.keywords if k.arg == "code" and name in HANDED_ON]
    first = {"Finding": 0, "finding": 0, "add_error": 1}.get(name)
    arguments = [*given, *([] if first is None else call.args[first:])]
    return arguments[0] if arguments else None  # none where a finding is read again


def emitted_codes() -> set[str]:
    """Return the codes of all findings made in eisfit/; '*' stands for what is filled in."""
    codes = {"sweep_too_short"}  # the default of an argument, eisfit/readers/parts.py
    for path in sorted((ROOT / "eisfit").rglob("*.py")):
        for function in _functions(ast.parse(path.read_text(encoding="utf-8"))):
            for call in ast.walk(function):
                if not isinstance(call, ast.Call):
                    continue
                argument = _code_of(call)
                if argument is None:
                    continue
                if isinstance(argument, ast.Attribute) or (
                    function.name in HANDED_ON and ast.unparse(argument) == "code"
                ):
                    continue  # handed on: it was made elsewhere
                found = _strings(argument) or _bound_to(ast.unparse(argument), function)
                assert found, f"{path}:{call.lineno}: which code is {ast.unparse(argument)}?"
                codes |= found
    return codes


PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "CONTRIBUTING.md"])
FINDINGS = (DOCS / "howto/troubleshooting.md").read_text(encoding="utf-8")


def blocks(page: Path, *kinds: str) -> list[str]:
    """Return the code of a page's fenced blocks of some kinds."""
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```(?:{'|'.join(kinds)})\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


WITH_PYTHON = [page for page in PAGES if blocks(page, "python")]
# what a cell writes to stderr; on a new machine the engine tells that it is being compiled
WARNED = re.compile(
    r'data-mime-type="application/vnd\.jupyter\.stderr"[^>]*>\s*<pre>(?!eisfit: compiling)'
)
NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.py"))


@pytest.mark.parametrize("page", WITH_PYTHON, ids=_name)
def test_the_python_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch) -> None:
    """The blocks of a page are one script, from its first to its last."""
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "page"}
    for code in blocks(page, "python"):
        exec(compile(code, _name(page), "exec"), names)  # noqa: S102 - the pages are ours


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=_name)
def test_a_notebook_runs_as_a_script(notebook: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(notebook.parent)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code = compile(notebook.read_text(encoding="utf-8"), _name(notebook), "exec")
    exec(code, {"__name__": "notebook"})  # noqa: S102 - the notebooks are ours


def commands() -> list[tuple[str, str]]:
    """Return page and text of every command of eisfit in the documentation."""
    found = []
    for page in [*PAGES, ROOT / "README.md"]:
        text = page.read_text(encoding="utf-8")
        lines = "\n".join(blocks(page, "bash", "console")).splitlines()
        lines += re.findall(r"`((?:eisfit) [^`\n]+)`", text)
        lines += (
            re.findall(r"^    .*?(eisfit .*)$", text, re.MULTILINE)
            if page.name == "README.md"
            else []
        )
        found += [(_name(page), line.removeprefix("$ ")) for line in lines]
    return [(page, line) for page, line in found if line.startswith("eisfit ")]


def mistake_in(line: str) -> str:
    """Return what is wrong with a command line, empty where it can be given."""
    words = [w for w in shlex.split(line, comments=True) if w != "…"]
    group = typer.main.get_command(app)
    if words[1].startswith("-"):
        return "" if any(words[1] in p.opts for p in group.params) else f"no option {words[1]}"
    command = group.commands.get(words[1])
    if command is None:
        return f"no command {words[1]}"
    known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
    given = {w.split("=")[0] for w in words[2:] if re.match(r"--?[a-z]", w)}
    return "" if given <= known else f"no option {sorted(given - known)}"


def test_there_are_commands_and_a_wrong_one_is_noticed() -> None:
    assert len(commands()) > 40
    assert mistake_in("eisfit serious pellet/") == "no command serious"
    assert mistake_in("eisfit series pellet/ --ouput x") == "no option ['--ouput']"


@pytest.mark.parametrize(("page", "line"), sorted(set(commands())))
def test_a_command_and_its_options_exist(page: str, line: str) -> None:
    assert mistake_in(line) == ""


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, given ones and those made of their words."""
    text = re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    found = set()
    for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        given = re.search(r"\{ *#([\w-]+) *\}", heading)
        words = re.sub(r"[^\w\s-]", "", heading.encode("ascii", "ignore").decode()).strip().lower()
        found.add(given[1] if given else re.sub(r"[\s-]+", "-", words))
    return found


def links(page: Path) -> list[str]:
    text = re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    return re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]+`", "", text))


@pytest.mark.parametrize("page", [*PAGES, *NOTEBOOKS], ids=_name)
def test_links_within_the_documentation_resolve(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        assert not path.startswith(("http:", "https:")) or not anchor, link
        if path.startswith(("http:", "https:")):
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), f"{_name(page)}: {link}"
        assert not anchor or anchor in anchors(target), f"{_name(page)}: {link}"


def test_every_page_and_picture_is_reached() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = {p.relative_to(DOCS).as_posix() for p in (*DOCS.rglob("*.md"), *NOTEBOOKS)}
    assert pages == set(re.findall(r": ([\w/]+\.(?:md|py))$", nav, re.MULTILINE))
    shown = {link for page in PAGES for link in links(page)}
    for picture in (DOCS / "gallery").iterdir():
        assert any(link.endswith(f"gallery/{picture.name}") for link in shown), picture.name
    assert sum(p.stat().st_size for p in DOCS.rglob("*") if p.is_file()) < 2_000_000


def test_nothing_is_loaded_from_elsewhere() -> None:
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "font: false" in settings
    assert "http" not in settings
    for page in DOCS.rglob("*.md"):
        assert not re.search(
            r"<(?:script|iframe|link)\b|!\[[^]]*\]\(https?:", page.read_text("utf-8")
        )


def test_every_finding_code_is_explained() -> None:
    """Codes that are made of names stand for one row a name, or for one with <name> in it."""
    rows = [line.split("|")[1] for line in FINDINGS.splitlines() if line.startswith("| `")]
    told = {code for row in rows for code in re.findall(r"`([^`]+)`", row)} - {
        "info",
        "warning",
        "error",
    }
    codes = emitted_codes()
    assert len(codes) > 100
    made = {code for code in codes if "*" in code}
    assert codes - made <= told, f"not explained: {sorted(codes - made - told)}"
    for pattern in made:
        assert any(fnmatch(re.sub("<.*>", "x", code), pattern) for code in told), pattern
    for code in told - codes:
        as_made = re.sub("<.*>", "x", code)
        assert any(fnmatch(as_made, pattern) for pattern in made), f"no such code: {code}"


def test_every_coordinate_of_a_series_has_its_code() -> None:
    from eisfit.data.series import COORDINATES

    for coordinate in COORDINATES:
        assert f"| `no_{coordinate}` |" in FINDINGS


def test_the_public_names_and_elements_stand_in_the_reference() -> None:
    from eisfit.circuit import ELEMENTS

    reference = (DOCS / "reference.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^::: eisfit\.(\w+)$", reference, re.MULTILINE)) == set(eisfit.__all__)
    for symbol in ELEMENTS:
        assert f"| `{symbol}`" in reference, symbol


def test_the_citation_can_be_read() -> None:
    yaml = pytest.importorskip("yaml", reason="pyyaml is not installed")
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= cited.keys()
    assert cited["authors"] == [{"name": "The eisfit developers"}]
    assert cited["version"] == eisfit.__version__
    assert cited["license"] == "MIT"


def test_the_pages_can_be_built(tmp_path: Path) -> None:
    for needed in ("mkdocs", "material", "mkdocstrings", "mkdocs_jupyter"):
        pytest.importorskip(needed, reason=f"{needed} is not installed: pip install '.[docs]'")
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--site-dir",
        str(tmp_path / "site"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for page in (tmp_path / "site").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"""(?:src|href)="https?://[^"]+\.(?:js|css|woff2?)\b""", text), page
        assert ".. math::" not in text, page
        assert not WARNED.search(text), f"{page}: a cell warns"
    for notebook in NOTEBOOKS:
        page = (tmp_path / "site/notebooks" / notebook.name).with_suffix(".html")
        code, text = notebook.read_text(encoding="utf-8"), page.read_text(encoding="utf-8")
        drawn = len(re.findall(r"^(?:figure$|plots\.\w+_figure\()", code, re.MULTILINE))
        assert text.count('<img alt="The figure that the code above draws"') == drawn > 1
        for link in re.findall(r'href="([\w./-]+\.(?:html|md|py))[#"]', text):
            assert (page.parent / link).is_file(), f"{page}: {link}"


def test_the_toml_of_the_pages_is_accepted(tmp_path: Path) -> None:
    from eisfit.circuit.models import read_model
    from eisfit.io.sheet import read_sheet
    from eisfit.literature.reading import read_material

    model = tmp_path / "my_model.toml"
    model.write_text(blocks(DOCS / "howto/model.md", "toml")[0], encoding="utf-8")
    assert list(read_model(model).processes) == ["lead", "electrolyte", "electrode"]
    values = read_material(blocks(DOCS / "howto/references.md", "toml")[0], "mine.toml")
    assert [v.quantity for v in values] == ["conductivity_S_cm", "activation_energy_eV"]
    sheet = tmp_path / "series.toml"
    sheet.write_text(blocks(DOCS / "howto/sheet.md", "toml")[0], encoding="utf-8")
    read = read_sheet(sheet)
    assert read is not None
    assert len(read.files["pellet_a.mpt"].points) == 2
    for page in PAGES:
        for text in blocks(page, "toml"):
            tomllib.loads(text)


def test_formulas_of_docstrings_become_plain_signs() -> None:
    spec = importlib.util.spec_from_file_location("formulas", DOCS / "formulas.py")
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    made = hook.on_page_content(
        "<p>.. math:: Z = \\frac{1}{Q (j\\omega)^n}\n    + R</p>\n<p>so</p>"
    )
    assert made.startswith('<p class="formula">Z = 1/(Q (jω)^n) + R</p>')
    with pytest.raises(ValueError, match=r"does not know \\beth"):
        hook.plain(r"\beth")
