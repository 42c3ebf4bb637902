"""Passwords: argon2id, and what is good enough."""

import base64
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from ..sentences import Sentence as _

MINIMUM = 12
MINIMUM_ADMIN = 16


class Passwords:
    """Hashes and checks.  An absent hash takes as long as a wrong password: e-mails cannot be guessed by time."""

    def __init__(self, hasher: PasswordHasher | None = None):
        self.hasher = hasher or PasswordHasher()
        self.nobody = nobodys(self.hasher)

    def hash(self, password: str) -> str:
        return self.hasher.hash(password)

    def verify(self, hashed: str | None, password: str) -> bool:
        try:
            return self.hasher.verify(hashed or self.nobody, password) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False


def nobodys(hasher: PasswordHasher) -> str:
    """A hash that no password has, without the time that it takes to make one."""
    salt, digest = (base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode()
                    for length in (hasher.salt_len, hasher.hash_len))
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


def problems(password: str, *, admin: bool, words: tuple[str, ...] = ()) -> str:
    """Why a password is too weak, or an empty text."""
    least = MINIMUM_ADMIN if admin else MINIMUM
    if len(password) < least:
        return _("use at least ${n} characters: a sentence is easy to remember", n=least)
    if len(set(password.lower())) < 6:
        return _("use more different characters")
    lowered = password.lower()
    for word in words:
        for part in word.lower().replace("@", " ").replace(".", " ").split():
            if len(part) >= 4 and part in lowered:
                return _("leave out your own name and address")
    return ""
