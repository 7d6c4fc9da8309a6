"""Which requests the server answers: of this machine's browser, with the token, not too large.

A page of another origin cannot reach it: its Origin is refused, a name that was bound to this
machine (DNS rebinding) is refused by its Host, and without the token nothing is answered at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeAlias
from urllib.parse import parse_qs

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Asgi: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST = 600 << 20
"""Bytes of one request, at most."""

_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def new_token() -> str:
    """Return a token that cannot be guessed."""
    return secrets.token_urlsafe(32)


class TooLarge(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """More bytes come than one request may have."""


def protect(app: Asgi, port: int, token: str, largest: int = LARGEST) -> Asgi:
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
        headers = _headers(scope)
        refusal = _refusal(scope["type"], headers, hosts, largest)
        if refusal:
            await _refuse(scope["type"], send, *refusal)
            return
        if _equal(_cookie(headers, cookie), token):
            with suppress(TooLarge):  # it was answered with an error already
                await app(scope, _limited(receive, largest), _with_headers(send))
        elif scope["type"] == "http" and _equal(_query_token(scope), token):
            await _set_cookie(send, cookie, token)
        else:
            text = "the token is missing: open the address that `eisfit app` printed"
            await _refuse(scope["type"], send, 403, text)

    return guard


def _refusal(
    kind: str, headers: dict[str, list[str]], hosts: Iterable[str], largest: int
) -> tuple[int, str] | None:
    """Return status and reason of a refusal, None where the request is allowed."""
    host = headers.get("host", [])
    if len(host) != 1 or host[0].lower() not in hosts:
        return 421, "this address is not the app's"
    origins = headers.get("origin", [])
    if any(origin.lower() not in {f"http://{h}" for h in hosts} for origin in origins):
        return 403, "pages of other origins may not use the app"
    if kind == "websocket" and not origins:
        return 403, "a connection without an origin is refused"
    for length in headers.get("content-length", []):
        if not length.isdigit() or int(length) > largest:
            return 413, f"more than {largest >> 20} MB at once; open the files' folder instead"
    return None


def _headers(scope: Scope) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        out.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return out


def _cookie(headers: dict[str, list[str]], name: str) -> str:
    for text in headers.get("cookie", []):
        try:
            cookie = SimpleCookie(text).get(name)
        except CookieError:
            continue
        if cookie is not None:
            return str(cookie.value)
    return ""


def _query_token(scope: Scope) -> str:
    """Return the token in the address, empty where there is none."""
    if scope["path"] != "/":
        return ""
    query: bytes = scope.get("query_string", b"")
    return parse_qs(query.decode("latin-1")).get("token", [""])[0]


def _equal(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode())


async def _set_cookie(send: Send, cookie: str, token: str) -> None:
    """Set the cookie and lead on, so that the token stands in no address and no history."""
    value = f"{cookie}={token}; Path=/; HttpOnly; SameSite=Strict"
    headers = [(b"location", b"/"), (b"set-cookie", value.encode()), *_HEADERS]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(kind: str, send: Send, status: int, text: str) -> None:
    if kind == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *_HEADERS]})
    await send({"type": "http.response.body", "body": f"eisfit: {text}\n".encode()})


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
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS]
        await send(message)

    return sending
