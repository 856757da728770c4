"""Read a file of TOML that a user wrote, with every way in which it may not be one told in words."""

import tomllib
from pathlib import Path
from typing import Any


def read_toml(path: Path, *, what: str, needs: str, advice: str) -> dict[str, Any]:
    """Return the content of a file.

    Args:
        path: The file.
        what: What it should be, such as ``scenario``.
        needs: The keys that it must have, in words.
        advice: What to do for want of one.

    Raises:
        ValueError: It is no TOML file that can be read.
    """
    return _parsed(_text(path, what, needs, advice))


def _text(path: Path, what: str, needs: str, advice: str) -> str:
    if path.is_dir():
        raise ValueError(f"is a folder: name the {what} file in it")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror}): name a {what} file; {advice}") from None
    if b"\0" in content:
        raise ValueError(f"is not a text file: a {what} is text in TOML; {advice}")
    if not content.strip():
        raise ValueError(f"is empty: a {what} needs {needs}; {advice}")
    return _decoded(content)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"0x{content[error.start]:02x}"
        raise ValueError(f"is not UTF-8 (line {line} holds the byte {byte}): save it as UTF-8") from None


def _parsed(text: str) -> dict[str, Any]:
    """Return the content of TOML text; a fault's message has the line and the column."""
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"is not valid TOML: {error}; words and texts want quotation marks") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"cannot be read as TOML ({error})") from None
