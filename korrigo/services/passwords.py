"""Passwords: argon2id, and what is good enough."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ..sentences import Sentence as _

MINIMUM = 12
MINIMUM_ADMIN = 16


class Passwords:
    """Hashes and checks.  An absent hash takes as long as a wrong password: e-mails cannot be guessed by time."""

    def __init__(self, hasher: PasswordHasher | None = None):
        self.hasher = hasher or PasswordHasher()
        self.nobody = self.hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        return self.hasher.hash(password)

    def verify(self, hashed: str | None, password: str) -> bool:
        try:
            return self.hasher.verify(hashed or self.nobody, password) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False


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
