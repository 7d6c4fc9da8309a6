"""The server of the app and its page: on the loopback address alone, behind the guard."""

from __future__ import annotations

import socket
import threading
import time
import webbrowser
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response
from nicegui import ui

from eisfit.analysis.pipeline import analyze_spectrum
from eisfit.app.data_view import data_view
from eisfit.app.guard import new_token, protect
from eisfit.app.model_view import circuit_drawing, model_view
from eisfit.app.save_view import save_view
from eisfit.app.series_view import series_view
from eisfit.app.session import Session
from eisfit.app.storage import inside
from eisfit.app.widgets import ViewState, apply_change, load_plotly
from eisfit.base.errors import OutputError
from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import simulate
from eisfit.quality.relaxation_times import drt

VIEWS = ("Data", "Model", "Series", "Save")
_CSS = Path(__file__).with_name("style.css")


def build_page(session: Session) -> None:
    """Build the page of one browser window."""
    view = ViewState(session)
    rows = [row for row in session.rows if not row.reason]
    step = max(1, -(-len(rows) // 24))
    view.selected = tuple(row.key for row in rows[::step])
    ui.page_title(f"{session.folder.name} · eisfit")
    ui.colors(primary="#00558c", negative="#a3190e", positive="#00664b", warning="#8a4b00")
    ui.add_css(_CSS.read_text(encoding="utf-8"))
    with ui.header().classes("items-center gap-3 px-4 py-1 no-wrap"):
        with ui.element("h1").classes("text-lg m-0 leading-8 name"):
            ui.label(f"eisfit · {session.folder.name}")
        ui.space()
        undo = ui.button(icon="undo", on_click=lambda: apply_change(view, session.undo))
        redo = ui.button(icon="redo", on_click=lambda: apply_change(view, session.redo))
        for button, word in ((undo, "Undo"), (redo, "Redo")):
            button.props(f'flat round color=white aria-label="{word}"')
    with ui.tabs().classes("w-full bar").props('align=left aria-label="Views"') as tabs:
        for name in VIEWS:
            ui.tab(name)
    with ui.tab_panels(tabs, value=VIEWS[0], animated=False, keep_alive=True).classes("w-full"):
        for name, build in zip(VIEWS, (data_view, model_view, series_view, save_view), strict=True):
            with ui.tab_panel(name).classes("p-3"):
                build(view)

    def steps() -> None:
        past, future = session.history.past, session.history.future
        undo.set_enabled(bool(past))
        redo.set_enabled(bool(future))
        undo.tooltip(f"Undo: {past[-1][0]}" if past else "Nothing to undo")

    view.redraw.append(steps)
    tabs.on_value_change(view.changed)
    load_plotly()
    view.changed()


LOOPBACK = "127.0.0.1"
_SHOWN = {".html", ".pdf", ".csv", ".json", ".svg", ".png", ".xlsx", ".tex", ".md", ".bib", ".py",
          ".toml"}  # fmt: skip


def free_port(requested: int = 0) -> int:
    """Return the requested port, or a free one for 0.

    Raises
    ------
    OutputError
        Where the requested port is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, requested))
        except OSError as trouble:
            raise OutputError(
                f"port {requested} is in use ({trouble.strerror}); give another port, or no "
                "port to use a free one"
            ) from trouble
        return int(probe.getsockname()[1])


def serve(folder: Path, port: int, say: Callable[[str], None], open_page: Callable[[str], None]) \
        -> None:  # fmt: skip
    """Serve the app until it is stopped.

    Parameters
    ----------
    folder : Path
        What it may read and write.
    port : int
        0 for a free one.
    say : callable
        Called with the address once it can be opened.
    open_page : callable
        Opens the address; `open_browser`, or something that does not.

    Raises
    ------
    EisfitError
        Where the folder's sheet makes no sense, or the port is taken.
    """
    port, token = free_port(port), new_token()
    session = Session(folder)
    session.read()
    address = f"http://{LOOPBACK}:{port}/?token={token}"
    api = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @api.get("/written/{name:path}")
    def written(name: str) -> Response:
        return _written(session.folder, name)

    ui.run_with(
        api, root=lambda: build_page(session), title="eisfit", language="en-US", dark=False,
        show_welcome_message=False, reconnect_timeout=30.0, favicon="🔬",
    )  # fmt: skip
    settings = uvicorn.Config(
        protect(api, port, token), host=LOOPBACK, port=port, log_level="error", lifespan="on",
        server_header=False, ws_max_size=1 << 24,
    )  # fmt: skip
    server = uvicorn.Server(settings)
    threading.Thread(target=_load_engine, args=(session,), daemon=True).start()
    say(address)
    open_page(address)
    server.run()


def open_browser(address: str) -> None:
    """Open the address in the user's browser once the server answers."""

    def later() -> None:
        time.sleep(1.0)
        webbrowser.open(address)

    threading.Thread(target=later, daemon=True).start()


def _load_engine(session: Session) -> None:
    """Load the fit engine (and compile it, the first time) while the user reads the page."""
    with session.working:
        spectrum = simulate("randles")
        result = analyze_spectrum(spectrum, "randles")
        if result.fit is not None:
            analyze_spectrum(spectrum, "randles", params=result.fit.params)
        circuit_drawing(load_model("randles"))
        drt(spectrum)


def _written(folder: Path, name: str) -> Response:
    """Return a file that the app wrote below its folder."""
    try:
        place = inside(folder, name)
    except OutputError as error:
        return PlainTextResponse(str(error), status_code=404)
    if not place.is_file() or place.suffix.lower() not in _SHOWN:
        return PlainTextResponse(f"{name!r} is no file that the app wrote", status_code=404)
    return FileResponse(place)
