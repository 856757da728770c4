"""The room's code, and the secrets by which the facilitator and the players are known."""

import hashlib
import hmac
import re
import secrets

LETTERS = "BCDFGHJKLMNPQRSTVWXYZ23456789"
"""No vowels, so no words; nothing that looks like something else."""
LENGTH = 8
TOKEN = re.compile(r"[0-9a-f]{32,64}")


def new_code() -> str:
    """Return a code of eight signs in two groups: one of 500 thousand million."""
    signs = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return f"{signs[:4]}-{signs[4:]}"


def new_token() -> str:
    """Return a secret of 128 bits."""
    return secrets.token_hex(16)


def same_code(typed: object, code: str) -> bool:
    """Say whether a code is the room's, however it was typed, in a time that tells nothing of where it differs."""
    if not isinstance(typed, str) or len(typed) > 4 * LENGTH:
        return False
    signs = "".join(letter for letter in typed.upper() if letter.isalnum())
    return hmac.compare_digest(signs.encode(), code.replace("-", "").encode())


def mark_of(token: object) -> str:
    """Return what the log keeps of a secret, from which it cannot be told; nothing where it is none."""
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        return ""
    return hashlib.sha256(token.encode()).hexdigest()


def holds(token: object, mark: str) -> bool:
    """Say whether a secret is the one of a mark, in constant time."""
    return hmac.compare_digest(mark_of(token).encode(), mark.encode()) and bool(mark)
