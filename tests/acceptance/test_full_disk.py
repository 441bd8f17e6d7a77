"""A full disk under the running product: an error before the number is given, and work goes on once there is room."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

import ingest
from models.message import Channel, Message
from models.pack import load_pack
from tests.product import Product, wait_until


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", folder]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("THE FULL DISK WAS NOT TESTED: this account may not mount a small one")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_nothing_is_accepted_without_room_and_everything_goes_on_with_it(small_disk: Path) -> None:
    with Product(small_disk / "data", settings={"OTKLIK_NLP_WORKERS": "0"}) as product:
        files = ingest.FileStore(small_disk / "data" / "files")
        pack = load_pack("omsk")
        numbers: list[str] = []

        def accept(text: str) -> None:
            now = datetime.now(UTC)
            message = Message("omsk", Channel.FORM, f"form-{len(numbers)}", text, now)
            with psycopg.connect(product.url()) as connection:
                accepted = ingest.accept(connection, message, now=now, files=files, pack=pack)
            numbers.append(accepted.number)

        accept("На улице Ленина не горят фонари.")
        filler = small_disk / "filler"
        with pytest.raises((ingest.StorageFull, psycopg.OperationalError)):
            fill(filler)
            for n in range(1000):
                accept(f"{n} " + "Во дворе не вывозят мусор. " * 3000)
        refused = f"form-{len(numbers)}"
        filler.unlink()
        subprocess.run(["mount", "-o", "remount,size=400m", small_disk], check=True)

        def accepts_again() -> bool:
            try:
                accept("И снова: на улице Ленина не горят фонари.")
            except (ingest.StorageFull, psycopg.OperationalError):
                return False
            return True

        wait_until(accepts_again)
        wait_until(product.answers)
        with psycopg.connect(product.url()) as connection:
            kept = {number for (number,) in connection.execute("SELECT number FROM appeals")}
            text = connection.execute("SELECT text FROM appeals WHERE external_id = %s", [refused]).fetchone()
        assert kept == set(numbers)
        assert text == ("И снова: на улице Ленина не горят фонари.",)


def fill(filler: Path) -> None:
    """Take all the room but a little."""
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(2**20))
        except OSError:
            pass
        file.truncate(file.tell() - 2**20)
