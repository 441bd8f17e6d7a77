"""Files as executors hand them in, small ones, and the policy of a region whose roads are proved by photos."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from PIL import Image

from resolution.policy import DEFAULT, NAME


def picture(kind: str = "JPEG", colour: str = "#777777") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, kind)
    return out.getvalue()


def word_document() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


VIDEO = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 64
HEIC = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64
PDF = b"%PDF-1.7\n%%EOF\n"


def policy_json(**changed: Any) -> dict[str, Any]:
    """The default policy, where topics of group 01 need a photo «after»; `changed` replaces whole sections."""
    content: dict[str, Any] = json.loads(DEFAULT.read_text(encoding="utf-8"))
    content["proofs"]["photo_after"]["topics"] = ["01"]
    content["dates"].append({"topics": ["01.001"], "most_days": 10, "source": "тест", "why": "яма не ждёт"})
    return content | changed


def write_policy(pack: Path, **changed: Any) -> None:
    """Put the policy into a pack."""
    (pack / NAME).write_text(json.dumps(policy_json(**changed)), encoding="utf-8")
