"""One call of a foreign HTTP API that answers in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from models.reply import SendingFailed

SECONDS = 20
"""How long one answer may take."""
LARGEST_ANSWER = 1_000_000


def call(url: str, fields: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
    """POST a form; the HTTP status and the JSON object of the answer, empty where it is none.

    Raises SendingFailed, not final, where nobody answers. Its message names neither the address nor what was sent:
    tokens stand in both.
    """
    request = Request(url, urlencode(fields).encode(), {"User-Agent": "otklik"})
    try:
        with urlopen(request, timeout=SECONDS) as answer:
            status, content = answer.status, answer.read(LARGEST_ANSWER)
    except HTTPError as error:
        with error:
            status, content = error.code, error.read(LARGEST_ANSWER)
    except (OSError, HTTPException) as error:
        raise SendingFailed(f"нет связи: {type(error).__name__}") from None
    try:
        told = json.loads(content)
    except ValueError:
        told = {}
    return status, told if isinstance(told, dict) else {}
