"""Intake: takes a Message in and gives it a registration number, once, durably.

`accept` and `accept_many` run in the caller's transaction; the number may be shown after the commit, not before.
"""

from __future__ import annotations

from ingest.accept import Accepted, accept, accept_many, is_known
from ingest.files import FileStore
from ingest.refusal import Limits, Refused, StorageFull, check

__all__ = ["Accepted", "FileStore", "Limits", "Refused", "StorageFull", "accept", "accept_many", "check", "is_known"]
