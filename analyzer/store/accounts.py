"""Who may log in: passwords as argon2id hashes, sessions that end, and fewer and fewer tries for whoever guesses.

streamlit-authenticator (0.4.2) was looked at first: it hashes with bcrypt, counts failures for good in a file or in memory, by
user only and without delay, keeps people logged in by a signed cookie for days that cannot be revoked, and sends mail through a
service on the net. So this is our own, on argon2-cffi.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from hashlib import blake2b
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from analyzer.labels import ROLE
from analyzer.store.rows import now
from analyzer.store.store import Store

IDLE = 30 * 60
"""Seconds without a page after which one has to log in again (OWASP, Session Management: 15 to 30 minutes)."""
LONGEST = 12 * 3600
"""Seconds after which one has to log in again in any case: a working day."""
NOTED_EVERY = 60
"""Seconds between two notes in the database that a session is alive."""

FREE = {"user": 3, "address": 10}
"""Failures in a row without a wait; an office may share one address."""
MOST = 15 * 60
"""Seconds of the longest wait; every failure after the free ones doubles it, from one second."""
FORGOTTEN = 24 * 3600
"""Seconds after which failures no longer count."""

SHORTEST = 10
"""Characters of a password. NIST SP 800-63B asks for 8 with a limited rate of guesses, and against rules on what to mix."""
DIFFERENT = 5
"""Different characters of a password, which rules out 1111111111."""

_hasher = PasswordHasher()
"""argon2id with RFC 9106's low-memory parameters (64 MiB, 3 passes), the library's default."""
_at_once = BoundedSemaphore(2)
"""Each verification takes 64 MiB: a crowd at the login must not take it all."""
_NOBODY = _hasher.hash(secrets.token_hex())
"""What the password of an unknown name is compared with, so that it takes as long as a known one's."""


@dataclass(frozen=True, slots=True)
class User:
    name: str
    role: str
    """One of labels.ROLE."""
    unit: str = ""
    """Whose suspects a reviewer sees."""


class LoginRefused(Exception):
    """With the words for whoever tried; ``wait`` in seconds, 0 where the password was simply wrong."""

    def __init__(self, words: str, wait: float = 0.0):
        super().__init__(words)
        self.wait = wait


class Accounts:
    """The users of a store, and their sessions. A session is named by a token that only its browser knows."""

    def __init__(self, store: Store):
        self._database = store._database

    def users(self) -> list[User]:
        with self._database() as db:
            return [User(*row) for row in db.execute("SELECT name, role, unit FROM users ORDER BY role, name")]

    def user(self, name: str) -> User | None:
        with self._database() as db:
            row = db.execute("SELECT name, role, unit FROM users WHERE name = ?", (name,)).fetchone()
        return User(*row) if row else None

    def add(self, user: User, password: str) -> None:
        """Raises ValueError, in Chinese, for a name that is taken, a role without its unit, or a password that is easily guessed."""
        if not user.name.strip() or len(user.name) > 64 or not user.name.isprintable():
            raise ValueError("用户名不能为空，也不能超过 64 个字。")
        if user.role not in ROLE:
            raise ValueError(f"没有“{user.role}”这种角色，请选：{'、'.join(ROLE.values())}。")
        if (user.role == "reviewer") != bool(user.unit):
            raise ValueError("复核员要写明是哪个单位的（--unit）；别的角色不用写单位。")
        hashed = _hashed(user.name, password)
        with self._database() as db:
            if db.execute("INSERT OR IGNORE INTO users VALUES (?, ?, ?, ?, ?)", (*_row(user), hashed, now())).rowcount == 0:
                raise ValueError(f"已经有用户“{user.name}”了。")

    def remove(self, name: str) -> None:
        """Also ends the sessions. Raises KeyError for an unknown name, ValueError for the last organizer of several users."""
        with self._database() as db:
            db.execute("BEGIN IMMEDIATE")
            row = db.execute("SELECT role FROM users WHERE name = ?", (name,)).fetchone()
            if row is None:
                raise KeyError(name)
            count = lambda where: db.execute(f"SELECT count(*) FROM users WHERE {where}").fetchone()[0]
            if row["role"] == "organizer" and count("role = 'organizer'") == 1 and count("TRUE") > 1:
                raise ValueError(f"“{name}”是最后一个组织者，删除后就没有人能管理了；请先另加一个组织者。")
            db.execute("DELETE FROM users WHERE name = ?", (name,))

    def set_password(self, name: str, password: str) -> None:
        """Also ends the sessions. Raises KeyError for an unknown name, ValueError for a password that is easily guessed."""
        hashed = _hashed(name, password)
        with self._database() as db:
            if db.execute("UPDATE users SET password = ? WHERE name = ?", (hashed, name)).rowcount == 0:
                raise KeyError(name)
            db.execute("DELETE FROM sessions WHERE user = ?", (name,))
            db.execute("DELETE FROM attempts WHERE key = ?", (_digest(f"user {name}"),))

    def log_in(self, name: str, password: str, address: str) -> str:
        """Returns the token of a new session. Raises LoginRefused."""
        name = name.strip()
        self._count_attempt(name, address)
        with self._database() as db:
            row = db.execute("SELECT password FROM users WHERE name = ?", (name,)).fetchone()
        known = row["password"] if row else _NOBODY
        with _at_once:
            right = _matches(known, password) and row is not None
            again = _hasher.hash(password) if right and _hasher.check_needs_rehash(known) else None
        if not right:
            raise LoginRefused("用户名或密码不对。")
        token, at = secrets.token_urlsafe(32), time.time()
        with self._database() as db:
            db.execute("DELETE FROM attempts WHERE key = ?", (_digest(f"user {name}"),))
            db.execute("UPDATE attempts SET failures = failures - 1 WHERE key = ?", (_digest(f"address {address}"),))
            db.execute("DELETE FROM sessions WHERE seen < ? OR began < ?", (at - IDLE, at - LONGEST))
            if again:
                db.execute("UPDATE users SET password = ? WHERE name = ?", (again, name))
            db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (_digest(token), name, at, at))
        return token

    def _count_attempt(self, name: str, address: str) -> None:
        """Count a try before it is made (many at once must not slip through). Raises LoginRefused while one has to wait."""
        with self._database() as db:
            db.execute("BEGIN IMMEDIATE")
            at = time.time()
            db.execute("DELETE FROM attempts WHERE last < ?", (at - FORGOTTEN,))
            keys = {"user": _digest(f"user {name}"), "address": _digest(f"address {address}")}
            for kind, key in keys.items():
                row = db.execute("SELECT failures, last FROM attempts WHERE key = ?", (key,)).fetchone()
                delay = _delay(row["failures"], kind) if row else 0.0
                wait = row["last"] + delay - at if delay else 0.0  # without a delay none, whatever the clock says meanwhile
                if wait > 0:
                    raise LoginRefused(f"试得太多了，请 {wait:.0f} 秒后再试。" if wait >= 1 else "请稍等再试。", wait)
            for key in keys.values():
                db.execute(
                    "INSERT INTO attempts VALUES (?, 1, ?) ON CONFLICT (key) DO UPDATE SET failures = failures + 1, last = ?",
                    (key, at, at),
                )

    def user_of(self, token: str | None) -> User | None:
        """Whose session this is; None where it has ended. Being asked for keeps it alive."""
        if not token:
            return None
        key, at = _digest(token), time.time()
        with self._database() as db:
            row = db.execute(
                "SELECT name, role, unit, began, seen FROM sessions JOIN users ON users.name = sessions.user WHERE token = ?",
                (key,),
            ).fetchone()
            if row is None or row["seen"] < at - IDLE or row["began"] < at - LONGEST:
                return None
            if row["seen"] < at - NOTED_EVERY:
                db.execute("UPDATE sessions SET seen = ? WHERE token = ?", (at, key))
        return User(row["name"], row["role"], row["unit"])

    def log_out(self, token: str | None) -> None:
        with self._database() as db:
            db.execute("DELETE FROM sessions WHERE token = ?", (_digest(token or ""),))


def _row(user: User) -> tuple[str, str, str]:
    return user.name, user.role, user.unit


def _delay(failures: int, kind: str) -> float:
    beyond = failures - FREE[kind]
    return 0.0 if beyond < 0 else float(min(2.0 ** min(beyond, 20), MOST))


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _hashed(name: str, password: str) -> str:
    if len(password) < SHORTEST or len(set(password)) < DIFFERENT:
        raise ValueError(f"密码至少 {SHORTEST} 个字符，其中至少 {DIFFERENT} 种不同的。")
    if name.lower() in password.lower():
        raise ValueError("密码里不要带用户名。")
    return _hasher.hash(password)


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
