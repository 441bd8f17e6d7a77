"""Appeals that come in while everything dies: by the API, by a connector, by files. Each remembers what it was told.

All do what their like must do: what was not acknowledged is sent again, word for word, with the same id.
"""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psycopg
from PIL import Image

import ingest
from models.message import Attachment, Channel, Message
from models.pack import load_pack
from tests.product import Product, surroundings

LAUNCH = (sys.executable, "-m", "tests.faults.launch")
TEXTS = (
    "На улице Ленина третий день не горят фонари.",
    "Во дворе дома 5 по улице Мира не вывозят мусор, и ещё на дороге глубокая яма.",
    "Автобус 24 опять не пришёл, ждали сорок минут.",
    "Спасибо за быстрый ремонт крыши!",
    "На улице Мира открытый люк посреди дороги, туда чуть не упал ребёнок.",
)
WITH_ADDRESS = 3
"""Of so many who write by the form one leaves an address, to which a copy of his reply goes."""
WITH_PHOTO = 10
ROWS = 40


@dataclass
class Actor(ABC):
    """Somebody who does something again and again until `stop`."""

    product: Product
    pace: float
    stop: threading.Event = field(default_factory=threading.Event, kw_only=True)

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        return thread

    @abstractmethod
    def _run(self) -> None: ...


@dataclass
class Sender(Actor):
    """Sends one after another until `stop`. `told`: text by the id of each appeal whose acceptance was confirmed."""

    name: str
    told: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    """Registration number by id, where the channel is given one."""
    specials: list[str] = field(default_factory=list)
    """Texts to be sent next."""

    def _run(self) -> None:
        sent = 0
        while not self.stop.is_set():
            text = f"{self.specials.pop() if self.specials else TEXTS[sent % len(TEXTS)]} ({self.name} {sent})"
            while not self.send(f"{self.name}-{sent}", text):
                time.sleep(0.1)
            sent += 1
            time.sleep(self.pace)

    @abstractmethod
    def send(self, id: str, text: str) -> bool:
        """Whether it was accepted; what was not will be sent again."""


class Citizen(Sender):
    """A form behind the HTTP API."""

    def send(self, id: str, text: str) -> bool:
        try:
            answer = httpx.post(f"{self.product.address}/api/v1/appeals", json=self._form(id, text), timeout=20)
        except httpx.HTTPError:
            return False  # the web server died, or is not there
        if answer.status_code not in (200, 201):
            assert answer.status_code >= 500, answer.text
            return False
        self.told[f"api:{id}"] = text
        self.numbers[f"api:{id}"] = answer.json()["number"]
        return True

    def _form(self, id: str, text: str) -> dict[str, object]:
        number = int(id.rpartition("-")[2])
        author = {"author": {"email": f"{id}@example.org"}} if number % WITH_ADDRESS == 0 else {}
        return {"external_id": id, "text": text, **author}


def snapshot(number: int) -> bytes:
    """A photo like no other, in which the checks of photos find nothing wrong."""
    colours = Image.frombytes("RGB", (6, 4), random.Random(number).randbytes(6 * 4 * 3))
    out = io.BytesIO()
    colours.resize((60, 40), Image.Resampling.NEAREST).save(out, "JPEG", quality=90)
    return out.getvalue()


class Connector(Sender):
    """A pulled channel: accepted in a transaction of its own; here letters, some with a photo."""

    def send(self, id: str, text: str) -> bool:
        now = datetime.now(UTC)
        number = int(id.rpartition("-")[2])
        photo = [Attachment("1.jpg", "image/jpeg", snapshot(number))] if number % WITH_PHOTO == 0 else []
        message = Message("omsk", Channel.EMAIL, id, text, now, attachments=tuple(photo), reply_to=f"{id}@example.org")
        files = ingest.FileStore(self.product.folder / "files")
        try:
            with psycopg.connect(self.product.url(), connect_timeout=10) as connection:
                accepted = ingest.accept(connection, message, now=now, files=files, pack=load_pack("omsk"))
        except (psycopg.OperationalError, ingest.StorageFull):
            return False
        self.told[id] = text
        self.numbers[id] = accepted.number
        return True


@dataclass
class Importer(Sender):
    """`otklik import` of one small file after another, as long as each says that it took all rows."""

    folder: Path = Path()
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def send(self, id: str, text: str) -> bool:
        file = self.folder / f"{id}.jsonl"
        rows = {f"{id}-{row}": f"{TEXTS[row % len(TEXTS)]} {text} ({row})" for row in range(ROWS)}
        file.write_text("\n".join(json.dumps({"id": key, "text": value}) for key, value in rows.items()))
        with (self.folder / "import.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*LAUNCH, "import", str(file), "--no-wait"],
                env=surroundings(self.environment),
                stdout=log,
                stderr=log,
            )
        if self.process.wait() != 0:
            return False
        self.told.update(rows)
        return True


def accepted_since(senders: list[Sender]) -> Callable[[], bool]:
    """Whether anything was accepted after this call."""
    before = sum(len(sender.told) for sender in senders)
    return lambda: sum(len(sender.told) for sender in senders) > before
