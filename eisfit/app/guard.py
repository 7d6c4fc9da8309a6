"""Which requests the server answers: of this machine's browser, with the token, not too large.

A page of another origin cannot reach it: its Origin is refused, a name that was bound to this
machine (DNS rebinding) is refused by its Host, and without the token nothing is answered at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

LARGEST = 600 << 20
"""Bytes of one request, at most."""

_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


def new_token() -> str:
    """Return a token that cannot be guessed."""
    return secrets.token_urlsafe(32)


class TooLarge(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """More bytes come than one request may have."""


def protect(app: ASGIApp, port: int, token: str, largest: int = LARGEST) -> ASGIApp:
    """Return `app` behind the checks.

    Parameters
    ----------
    app : ASGI application
    port : int
        Where it listens; part of the Host and Origin that are let in.
    token : str
        The address ``/?token=…`` sets it as a cookie; every other request must bring that.
    largest : int
        Bytes of one request.
    """
    hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    cookie = f"eisfit_{port}"

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        answer = _refusal(request, hosts, largest)
        if answer is None:
            if _is_token(request.cookies.get(cookie, ""), token):
                with suppress(TooLarge):  # it was answered with an error already
                    await app(scope, _limited(receive, largest), _with_headers(send))
                return
            address = request.query_params.get("token", "") if scope["path"] == "/" else ""
            if scope["type"] == "http" and _is_token(address, token):
                answer = RedirectResponse("/", 303)  # so that no history holds the token
                answer.set_cookie(cookie, token, httponly=True, samesite="strict")
            else:
                answer = _refuse(403, "the token is missing: open the address that `eisfit app` "
                                      "printed")  # fmt: skip
        closing = WebSocketClose(code=1008) if scope["type"] == "websocket" else answer
        await closing(scope, receive, _with_headers(send))

    return guard


def _refusal(request: HTTPConnection, hosts: Iterable[str], largest: int) -> Response | None:
    """Return the answer to a request that is refused, None where it is allowed."""
    host, origins = request.headers.getlist("host"), request.headers.getlist("origin")
    if len(host) != 1 or host[0].lower() not in hosts:
        return _refuse(421, "this is not the address of the app")
    if any(origin.lower() not in {f"http://{h}" for h in hosts} for origin in origins):
        return _refuse(403, "pages of other sites may not use the app")
    if request.scope["type"] == "websocket" and not origins:
        return _refuse(403, "a connection without an origin is refused")
    for length in request.headers.getlist("content-length"):
        if not length.isdigit() or int(length) > largest:
            limit = f"more than {largest >> 20} MB at once"
            return _refuse(413, f"{limit}; open the files' folder instead")
    return None


def _refuse(status: int, text: str) -> Response:
    return PlainTextResponse(f"eisfit: {text}\n", status, headers={"connection": "close"})


def _is_token(text: str, token: str) -> bool:
    return secrets.compare_digest(text.encode("utf-8", "replace"), token.encode())


def _limited(receive: Receive, largest: int) -> Receive:
    """Count the bytes: a request without a stated length may be too long, too."""
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        if message["type"] == "http.request":
            received += len(message.get("body", b""))
            if received > largest:
                raise TooLarge(f"more than {largest} bytes in one request")
        return message

    return counting


def _with_headers(send: Send) -> Send:
    added = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *added]
        await send(message)

    return sending
