"""Who may speak to the server, by the guard alone and by the server itself."""

import asyncio
import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from eisfit.app.guard import new_token, protect

PORT, TOKEN = 4321, "the-token"
HOST = [(b"host", b"127.0.0.1:4321")]
COOKIE = [(b"cookie", b"eisfit_4321=the-token")]


def answer(headers: list[tuple[bytes, bytes]], path: str = "/", query: bytes = b"",
           kind: str = "http", body: tuple[bytes, ...] = (b"",)) -> tuple[Any, bool]:  # fmt: skip
    """Return the first message that comes back, and whether the app was reached."""
    reached: list[bytes] = []
    sent: list[Any] = []
    parts = list(body)

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        while parts:
            reached.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": kind, "path": path, "query_string": query, "headers": headers}
    talk = protect(inner, PORT, TOKEN, largest=1000)(scope, receive, send)
    with ThreadPoolExecutor(1) as pool:  # a browser's tests leave a loop in this thread
        pool.submit(asyncio.run, talk).result()
    return (sent[0] if sent else None), bool(reached)


def test_with_the_cookie_the_app_answers_with_safe_headers() -> None:
    said, reached = answer([*HOST, *COOKIE])
    assert reached
    assert said["status"] == 200
    headers = dict(said["headers"])
    assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]
    assert headers[b"x-content-type-options"] == b"nosniff"


def test_the_token_in_the_address_becomes_a_cookie_that_no_script_reads() -> None:
    said, reached = answer(HOST, query=b"token=the-token")
    assert (said["status"], reached) == (303, False)
    cookie = dict(said["headers"])[b"set-cookie"]
    assert b"HttpOnly" in cookie
    assert b"samesite=strict" in cookie.lower()
    assert dict(said["headers"])[b"location"] == b"/"


@pytest.mark.parametrize(
    ("headers", "query", "path", "status"),
    [
        (HOST, b"", "/", 403),
        (HOST, b"token=wrong", "/", 403),
        (HOST, b"token=", "/", 403),
        (HOST, b"token=the-token", "/written/report.html", 403),
        ([*HOST, (b"cookie", b"eisfit_4321=wrong")], b"", "/", 403),
        ([*HOST, (b"cookie", b"eisfit_1=the-token")], b"", "/", 403),
        ([*HOST, (b"cookie", b"\xff\xfe;;;=;")], b"", "/", 403),
        ([(b"host", b"evil.example"), *COOKIE], b"", "/", 421),
        ([(b"host", b"evil.example:4321"), *COOKIE], b"", "/", 421),
        ([(b"host", b"127.0.0.1:99"), *COOKIE], b"", "/", 421),
        ([*HOST, *HOST, *COOKIE], b"", "/", 421),
        (COOKIE, b"", "/", 421),
        ([*HOST, *COOKIE, (b"origin", b"http://evil.example")], b"", "/", 403),
        ([*HOST, *COOKIE, (b"origin", b"null")], b"", "/", 403),
        ([*HOST, *COOKIE, (b"origin", b"http://127.0.0.1:4322")], b"", "/", 403),
        ([*HOST, *COOKIE, (b"content-length", b"2147483648")], b"", "/", 413),
        ([*HOST, *COOKIE, (b"content-length", b"-1")], b"", "/", 413),
    ],
)
def test_everything_else_is_refused(headers: Any, query: bytes, path: str, status: int) -> None:
    said, reached = answer(headers, path, query)
    assert (said["status"], reached) == (status, False)


@pytest.mark.parametrize(
    "headers",
    [HOST, [*HOST, *COOKIE], [*HOST, *COOKIE, (b"origin", b"http://evil.example")],
     [*HOST, (b"origin", b"http://127.0.0.1:4321")]],
)  # fmt: skip
def test_a_socket_needs_the_cookie_and_the_origin(headers: Any) -> None:
    said, reached = answer(headers, kind="websocket")
    assert (said["type"], reached) == ("websocket.close", False)


def test_a_request_that_hides_its_length_is_cut_off() -> None:
    said, _ = answer([*HOST, *COOKIE], body=(b"x" * 600, b"x" * 600, b""))
    assert said is None


def test_tokens_differ() -> None:
    assert len({new_token() for _ in range(100)}) == 100


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str, Path]]:
    """A running app: port, token, folder."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "secret.toml").write_text("x = 1")
    (folder.parent / "outside.html").write_text("outside")
    (folder / "report").mkdir()
    (folder / "report/report.html").write_text("the report")
    (folder / "report/link.html").symlink_to(folder.parent / "outside.html")
    run = [sys.executable, "-m", "eisfit.cli", "app", str(folder), "--no-open"]
    process = subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r":(\d+)/\?token=(\S+)", line)
    assert found is not None, process.communicate()
    port = int(found.group(1))
    for _ in range(200):
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield port, found.group(2), folder
    process.terminate()
    _, said = process.communicate(timeout=30)
    assert "Traceback" not in said


def ask(server: tuple[int, str, Path], path: str, method: str = "GET", body: Any = None,
        **headers: str) -> tuple[int, bytes]:  # fmt: skip
    port, token, _ = server
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    said = {"cookie": f"eisfit_{port}={token}", "host": f"127.0.0.1:{port}"} | headers
    line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in said.items():
        line.putheader(name, value)
    line.endheaders()
    if body is not None:
        line.send(body)
    with closing(line), line.getresponse() as reply:
        return reply.status, reply.read()


def test_the_server_gives_what_it_wrote_and_nothing_else(server: Any) -> None:
    assert ask(server, "/written/report/report.html") == (200, b"the report")
    for path in (
        "../outside.html",
        "%2e%2e/outside.html",
        "..%2foutside.html",
        "report/link.html",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "report",
        "nothing.html",
        "report/%00.html",
    ):
        status, text = ask(server, f"/written/{path}")
        assert status in {404, 400, 307}, path
        assert b"outside" not in text.replace(b"outside.html", b"")
        assert b"root:" not in text


def test_the_server_refuses_strangers(server: Any) -> None:
    port, _, _ = server
    assert ask(server, "/", cookie="")[0] == 403
    assert ask(server, "/", host="evil.example")[0] == 421
    assert ask(server, "/", origin="http://evil.example")[0] == 403
    status, text = ask(server, "/", method="POST", **{"content-length": str(2 << 30)})
    assert status == 413
    assert b"open the files' folder" in text
    assert ask(server, "/written/report/report.html")[0] == 200
    with socket.socket() as other:  # listens on this machine's own address alone
        name = socket.gethostbyname(socket.gethostname())
        if not name.startswith("127."):
            other.settimeout(1)
            assert other.connect_ex((name, port)) != 0
