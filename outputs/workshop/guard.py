"""What protects the browsers and the server: headers on every reply, and who may speak to it."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
WRONG_ORIGIN = 1008
"""How a WebSocket is closed that another site's page opened."""


class Guard:
    """Puts security headers on every reply and refuses what other sites send.

    Args:
        application: What it guards.
        hosts: Names and addresses under which it may be asked; any where there are none.
    """

    def __init__(self, application: ASGIApp, hosts: tuple[str, ...] = ()) -> None:
        self.application = application
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.application(scope, receive, send)
        elif self._is_ours(HTTPConnection(scope)):
            await self.application(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": WRONG_ORIGIN})
        else:
            refusal = PlainTextResponse("This address is not one of the workshop's.", status_code=421)
            await refusal(scope, receive, _with_headers(send))

    def _is_ours(self, connection: HTTPConnection) -> bool:
        """Say whether a request names this server, and comes from one of its own pages if it can change anything."""
        host = connection.headers.get("host", "")
        if self.hosts and _name(f"//{host}") not in self.hosts:
            return False
        origin = connection.headers.get("origin")
        changes = connection.scope["type"] == "websocket" or connection.scope["method"] not in ("GET", "HEAD")
        return not changes or origin is None or urlsplit(origin).netloc == host


def _name(address: str) -> str:
    """Return the host of an address, or nothing where it cannot be read."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
