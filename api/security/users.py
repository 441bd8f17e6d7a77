"""People who sign in: who they are, and their sessions. A session's token is kept only as its digest."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg import Connection

from models.identifiers import new_id

SESSION = timedelta(hours=12)
"""A working day: tomorrow one signs in again."""


class Role(StrEnum):
    OPERATOR = "operator"
    EXECUTOR = "executor"
    GOVERNOR = "governor"
    ADMIN = "admin"


ROLE_NAMES = {
    Role.OPERATOR: "оператор",
    Role.EXECUTOR: "исполнитель",
    Role.GOVERNOR: "руководитель",
    Role.ADMIN: "администратор",
}


@dataclass(frozen=True, slots=True)
class User:
    """One person who signed in."""

    id: UUID
    region: str
    login: str
    name: str
    role: Role
    executor_id: UUID | None

    @property
    def role_name(self) -> str:
        return ROLE_NAMES[self.role]


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def by_login(connection: Connection[Any], login: str) -> tuple[User, str] | None:
    """The person of this login and the hash of the password; None where there is none or he is disabled."""
    row = connection.execute(
        """
        SELECT id, region_id, login, name, role, executor_id, password_hash FROM users
        WHERE login = %s AND disabled_at IS NULL
        """,
        (login,),
    ).fetchone()
    return None if row is None else (User(row[0], row[1], row[2], row[3], Role(row[4]), row[5]), row[6])


def open_session(connection: Connection[Any], user: User, now: datetime) -> str:
    """Start a session and return its token, which is shown once. Sessions that ran out are swept away."""
    token = secrets.token_urlsafe(32)
    connection.execute("DELETE FROM sessions WHERE expires_at <= %s", (now,))
    connection.execute(
        "INSERT INTO sessions (token_sha256, region_id, user_id, created_at, expires_at) VALUES (%s, %s, %s, %s, %s)",
        (digest(token), user.region, user.id, now, now + SESSION),
    )
    return token


def of_session(connection: Connection[Any], token: str, now: datetime) -> User | None:
    """Who holds this session; None where it ran out, was closed, or its owner is disabled."""
    row = connection.execute(
        """
        SELECT u.id, u.region_id, u.login, u.name, u.role, u.executor_id
        FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.token_sha256 = %s AND s.expires_at > %s AND u.disabled_at IS NULL
        """,
        (digest(token), now),
    ).fetchone()
    return None if row is None else User(row[0], row[1], row[2], row[3], Role(row[4]), row[5])


def close_session(connection: Connection[Any], token: str) -> None:
    connection.execute("DELETE FROM sessions WHERE token_sha256 = %s", (digest(token),))


def add(
    connection: Connection[Any],
    region: str,
    login: str,
    name: str,
    password_hash: str,
    role: Role,
    executor_id: UUID | None,
    now: datetime,
) -> UUID:
    """Store a new person. Raises psycopg.errors.UniqueViolation where the login is taken."""
    made = new_id()
    connection.execute(
        """
        INSERT INTO users (id, region_id, login, name, password_hash, role, executor_id, created_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (made, region, login, name, password_hash, role, executor_id, now),
    )
    return made


def disable(connection: Connection[Any], login: str, now: datetime) -> bool:
    """Shut a person out and close his sessions; False where nobody enabled has this login."""
    row = connection.execute(
        "UPDATE users SET disabled_at = %s WHERE login = %s AND disabled_at IS NULL RETURNING id", (now, login)
    ).fetchone()
    if row is None:
        return False
    connection.execute("DELETE FROM sessions WHERE user_id = %s", (row[0],))
    return True
