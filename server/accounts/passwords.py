"""Passwords: what makes one good enough, and hashing few of them at a time.

A hash takes 64 MB and a moment of the processor by design, so that strangers who send many at once could take all of both.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Iterator

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from server.problems import FieldError, Refusal
from vocabulary import FaultCode, ProblemCode

LENGTH_AT_LEAST = 10
# The limit of the sign-in form too. zxcvbn looks at no more than this.
LENGTH_AT_MOST = 72
# zxcvbn: 3 is "safely unguessable: moderate protection from offline slow-hash scenario".
STRENGTH_AT_LEAST = 3
# Who waits longer is told to come again; a thread that waits serves nobody.
PATIENCE_S = 5.0

_hasher = PasswordHasher()
# Verified against when the user name is unknown, so that the answer takes as long as for a known one.
_NOBODY = _hasher.hash(secrets.token_hex(16))


class Hashing:
    """Verifies passwords, at most so many at once in this process."""

    def __init__(self, at_once: int) -> None:
        self._slots = threading.BoundedSemaphore(at_once)

    def verify(self, stored_hash: str | None, password: str) -> bool:
        """Whether the password fits; None is nobody's and fits none. Raises: Refusal unavailable when too many wait."""
        with self._slot():
            try:
                _hasher.verify(stored_hash or _NOBODY, password)
            except (VerifyMismatchError, InvalidHashError):
                return False
        return stored_hash is not None

    @contextlib.contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._slots.acquire(timeout=PATIENCE_S):
            raise Refusal(
                ProblemCode.TOO_MANY_SIGNING_IN,
                headers={"Retry-After": "5"},
            )  # fmt: skip
        try:
            yield
        finally:
            self._slots.release()


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def check_password(password: str, about: list[str]) -> None:
    """Raises: Refusal invalid for a password that is short, known, or made of what is known ``about`` its owner.

    Source: NIST SP 800-63B 5.1.1.2 (length, a list of known ones, no rules of composition); the list is zxcvbn's.
    """
    if not LENGTH_AT_LEAST <= len(password) <= LENGTH_AT_MOST:
        params = {"minimum": LENGTH_AT_LEAST, "maximum": LENGTH_AT_MOST}
        raise _refused(FieldError("#/password", FaultCode.PASSWORD_LENGTH, params=params))
    if zxcvbn(password, user_inputs=about)["score"] < STRENGTH_AT_LEAST:
        raise _refused(FieldError("#/password", FaultCode.PASSWORD_GUESSABLE))


def _refused(fault: FieldError) -> Refusal:
    return Refusal(ProblemCode.INVALID, errors=[fault])
