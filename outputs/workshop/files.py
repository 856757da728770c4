"""The files that browsers get: read once from the package, so that no client can name a path."""

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}
LEAST_COMPRESSED = 500
"""Bytes from which compression is worth its while."""


@dataclass(frozen=True)
class Content:
    """Something that is served as it is, compressed once.

    Args:
        plain: Its bytes.
        media_type: What it is, for the browser.
        compressed: The same, compressed; nothing where that would not help.
        mark: A hash by which a browser knows whether its copy is still good.
    """

    plain: bytes
    media_type: str
    compressed: bytes
    mark: str

    def reply(self, request: Request) -> Response:
        """Return it as the browser can take it, or say that the browser's copy is still good."""
        headers = {"etag": self.mark, "cache-control": "no-cache", "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == self.mark:
            return Response(status_code=304, headers=headers)
        body = self.plain
        if self.compressed and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            body = self.compressed
        return Response(body, media_type=self.media_type, headers=headers)


def content(plain: bytes, media_type: str) -> Content:
    """Return bytes ready to be served."""
    compressed = gzip.compress(plain, 9, mtime=0) if len(plain) >= LEAST_COMPRESSED else b""
    return Content(plain, media_type, compressed, f'"{hashlib.sha256(plain).hexdigest()[:16]}"')


def static_files() -> Mapping[str, Content]:
    """Return every file of the package's ``static`` folder by its name within it, such as ``vendor/d3.min.js``."""
    return {name: content(file.read_bytes(), _media_type(name)) for name, file in _walk(files(__package__) / "static")}


def _walk(folder: Traversable, inside: str = "") -> Iterator[tuple[str, Traversable]]:
    for child in sorted(folder.iterdir(), key=lambda one: one.name):
        if child.is_dir():
            yield from _walk(child, f"{inside}{child.name}/")
        elif _ending(child.name) in MEDIA_TYPES:
            yield f"{inside}{child.name}", child


def _ending(name: str) -> str:
    return name[name.rfind(".") :]


def _media_type(name: str) -> str:
    return MEDIA_TYPES[_ending(name)]
