"""One appeal with two problems, from the form to the rating and the heat map, in twenty days of a fake clock.

Everything is done as people do it: by the pages of the citizen and by the JSON API; the replies are read in the
citizen's mailbox and compared word for word with the files of the folder `walk`. `pytest -s` prints them as they come.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from api.security.users import Role
from otklik import wiring
from otklik.verify import Report, verify
from sla import Rules
from tests.mail_server import Mailbox, mail_server
from tests.photographs import photograph
from tests.world import PASSWORD, World, world

REPLIES = Path(__file__).parent / "walk"
START = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Omsk."""
TEXT = (
    "Здравствуйте! На улице Ленина у дома 5 в Омске третий день не горят фонари, вечером темно. "
    "Кроме того, во дворе дома 12 на проспекте Мира не вывозят мусор, контейнеры переполнены."
)
LAMPS, WASTE = "02.010", "11.003"
LINK = re.compile(r"http://otklik\.example(/\S+)")


@dataclass
class Walk:
    """The people of the story: each call is made as one of them."""

    world: World
    mailbox: Mailbox
    status: str = ""
    read: list[str] = field(default_factory=list)

    @property
    def client(self) -> httpx.Client:
        return self.world.client

    def call(self, login: str, method: str, path: str, **more: Any) -> Any:
        """One call of the JSON API by this person; what it answers."""
        signed = self.client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD}).json()
        headers = {"authorization": f"Bearer {signed['token']}"}
        answer = self.client.request(method, f"/api/v1{path}", headers=headers, **more)
        assert answer.is_success, answer.text
        self.world.settle()
        return answer.json()

    def problem(self, topic: str) -> dict[str, Any]:
        """The problem of this topic as an operator sees it."""
        items = self.call("olga", "GET", "/problems")["items"]
        [found] = [one for one in items if one["topic_code"] == topic]
        assert isinstance(found, dict)
        return found

    def plan(self, topic: str, words: str, due: date) -> None:
        problem = self.problem(topic)
        wish = {"version": problem["version"], "variant": "by_date", "words": words, "due_on": due.isoformat()}
        self.call("egor", "POST", f"/problems/{problem['id']}/plan", json=wish)

    def report(self, topic: str, words: str, photo: bytes) -> dict[str, Any]:
        problem = self.problem(topic)
        form = {"version": str(problem["version"]), "words": words}
        files = [("after", ("после.jpg", photo, "image/jpeg"))]
        self.call("egor", "POST", f"/problems/{problem['id']}/report", data=form, files=files)
        found = self.call("olga", "GET", f"/problems/{problem['id']}/resolution")
        assert isinstance(found, dict)
        return found

    def reply(self, name: str) -> str:
        """The next letter in the citizen's mailbox, which says what the file of this name says; its link's path."""
        message = self.mailbox.taken[len(self.read)]
        self.read.append(str(message["Message-ID"]))
        plain = message.get_body(("plain",))
        assert plain is not None
        text = f"{message['Subject']}\n\n{plain.get_content()}".replace("\r\n", "\n")
        sys.stdout.write(f"\n--- {self.world.now:%d.%m.%Y %H:%M} UTC, {name}\n{text}")
        [link] = LINK.findall(text)
        assert LINK.sub("{ссылка}", text).strip() == (REPLIES / f"{name}.txt").read_text(encoding="utf-8").strip()
        return str(link)

    def judge(self, link: str, topic: str, *, solved: bool, score: int, words: str) -> httpx.Response:
        """The citizen opens the link of a letter and judges one problem."""
        token = re.findall(r'name="form_token" value="([^"]*)"', self.client.get(link).text)[0]
        form = {
            "form_token": token,
            "problem_id": self.problem(topic)["id"],
            "solved": "yes" if solved else "no",
            "score": str(score),
            "words": words,
        }
        answer = self.client.post(link, data=form)
        self.world.settle()
        return answer


def taken_at(place: dict[str, Any], moment: datetime) -> Image.Exif:
    """What a phone writes into a photo taken here and then."""
    exif = Image.Exif()
    exif[Base.Make] = "Phone"
    local = moment.astimezone(wiring.pack_of("omsk").zone)
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = f"{local:%Y:%m:%d %H:%M:%S}"
    gps = exif.get_ifd(IFD.GPSInfo)
    gps[GPS.GPSLatitudeRef], gps[GPS.GPSLongitudeRef] = "N", "E"
    gps[GPS.GPSLatitude], gps[GPS.GPSLongitude] = ((place[name], 0.0, 0.0) for name in ("latitude", "longitude"))
    return exif


@pytest.fixture
def walk(database_url: str, tmp_path: Path) -> Iterator[Walk]:
    with (
        mail_server() as mailbox,
        world(
            database_url,
            tmp_path,
            START,
            public_url="http://otklik.example",
            smtp=mailbox.address,
            smtp_from="otklik@otklik.example",
        ) as made,
    ):
        made.person(Role.OPERATOR, "olga")
        made.person(Role.EXECUTOR, "egor", "omsk-city")
        made.person(Role.GOVERNOR, "galina")
        yield Walk(made, mailbox)


def test_an_appeal_with_two_problems_goes_from_the_form_to_the_rating_and_the_heat_map(walk: Walk) -> None:
    monday = START.date()
    write(walk)
    walk.reply("01-acknowledgement")
    give_out(walk)

    walk.world.later(timedelta(days=1))
    walk.plan(
        LAMPS, "Бригада заменит три светильника и проверит кабель от дома 3 до дома 9", monday + timedelta(days=9)
    )
    walk.reply("02-lamps-planned")
    walk.plan(WASTE, "Пришлём внеочередной мусоровоз и добавим контейнер", monday + timedelta(days=4))
    walk.reply("03-waste-planned")

    walk.world.later(timedelta(days=2))
    solve_waste(walk)
    assert len(walk.mailbox.taken) == 3  # the answer waits for the other problem of the appeal

    walk.world.later(timedelta(days=3))
    solve_lamps_after_a_borrowed_photo(walk)
    link = walk.reply("04-both-solved")

    walk.world.later(timedelta(days=2))
    assert walk.judge(link, WASTE, solved=True, score=5, words="Вывезли, спасибо").status_code == 303
    assert walk.judge(link, LAMPS, solved=False, score=1, words="У дома 5 по-прежнему темно").status_code == 303
    walk.reply("05-lamps-reopened")
    assert 'name="solved"' not in walk.client.get(link).text  # what is judged is judged
    heard_by_the_executor(walk)

    walk.world.later(timedelta(days=1))
    walk.plan(LAMPS, "У дома 5 заменим и сам светильник, и провод", START.date() + timedelta(days=13))
    walk.reply("06-lamps-planned-again")
    walk.world.later(timedelta(days=3))
    photo = photograph(33, exif=taken_at(walk.problem(LAMPS)["place"], walk.world.now - timedelta(hours=1)))
    walk.report(LAMPS, "У дома 5 по улице Ленина заменены светильник и двадцать метров провода, горит", photo)
    again = walk.reply("07-lamps-solved")

    walk.world.later(timedelta(days=1))
    assert walk.judge(again, LAMPS, solved=True, score=4, words="Теперь светло").status_code == 303

    walk.world.until(START + timedelta(days=20))
    assert len(walk.mailbox.taken) == len(set(walk.read)) == 7  # every reply once, each with a name of its own
    assert set(walk.mailbox.to) == {"anna@example.org"}
    the_status_page_tells_the_whole_story(walk)
    the_rating_counts_it(walk)
    the_map_shows_it(walk)
    the_log_tells_the_same_and_names_what_was_changed_behind_its_back(walk)


def write(walk: Walk) -> None:
    """The citizen fills in the form and gets a number at once."""
    page = walk.client.get("/")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)"[^>]* value="([^"]*)"', page.text))
    author = {"name": "Анна Сергеевна Петрова", "email": "anna@example.org"}
    sent = walk.client.post("/", data=hidden | author | {"text": TEXT})
    assert sent.status_code == 303
    walk.status = sent.headers["location"]
    walk.world.settle()


def give_out(walk: Walk) -> None:
    """The machine gave the waste away; of the lamps it was not sure, and an operator agrees with its first guess."""
    assert walk.problem(WASTE)["state"] == "assigned"
    lamps = walk.problem(LAMPS)
    assert lamps["state"] == "queued"
    walk.call("olga", "POST", f"/problems/{lamps['id']}/accept", json={"version": lamps["version"]})
    assert walk.problem(LAMPS)["executor_name"] == "Администрация города Омска"


def solve_waste(walk: Walk) -> None:
    """A photo with its time and place, and nothing wrong with it: the machine takes the report."""
    place = walk.problem(WASTE)["place"]
    photo = photograph(11, exif=taken_at(place, walk.world.now - timedelta(hours=2)))
    found = walk.report(WASTE, "Мусор от дома 12 по проспекту Мира вывезен, поставлен четвёртый контейнер", photo)
    checks = {check["code"]: check["result"] for check in found["proofs"][-1]["checks"]}
    assert (checks["time"], checks["place"], checks["same_photo"]) == ("passed", "passed", "passed")
    assert found["state"] == "solved"


def solve_lamps_after_a_borrowed_photo(walk: Walk) -> None:
    """The first report shows the yard of the other problem: it is flagged, an operator returns it."""
    words = "Заменены светильники у домов 3, 5 и 9 по улице Ленина, кабель цел"
    borrowed = walk.report(LAMPS, words, photograph(11))
    assert borrowed["state"] == "reported"
    [proof] = borrowed["proofs"]
    flags = [check["code"] for check in proof["checks"] if check["result"] == "flagged"]
    assert "same_photo" in flags
    refusal = {"version": borrowed["version"], "reason": "На снимке другой двор", "confirmed": ["same_photo"]}
    walk.call("olga", "POST", f"/proofs/{proof['id']}/return", json=refusal)
    photo = photograph(22, exif=taken_at(walk.problem(LAMPS)["place"], walk.world.now - timedelta(hours=1)))
    assert walk.report(LAMPS, words, photo)["state"] == "solved"


def heard_by_the_executor(walk: Walk) -> None:
    assert walk.problem(LAMPS)["state"] == "assigned"
    told = walk.call("egor", "GET", "/notices")["items"]
    assert any(notice["kind"] == "reopened" for notice in told)


def the_status_page_tells_the_whole_story(walk: Walk) -> None:
    page = walk.client.get(walk.status).text
    for words in ("поставлен четвёртый контейнер", "двадцать метров провода", "Анна Сергеевна"):
        assert words in page


def the_rating_counts_it(walk: Walk) -> None:
    """Two problems, three closings, one of them taken back, one flag confirmed: and the number follows from these."""
    period = {"first": "2026-11-01", "last": "2026-11-30"}
    card = walk.call("galina", "GET", "/ratings/omsk-city", params=period)
    counts = {code: (one["cases"], one["total"]) for code, one in card["components"].items()}
    assert {code: counts[code] for code in ("plan", "solve", "reopened", "flagged", "formal")} == {
        "plan": (3, 0),
        "solve": (3, 0),
        "reopened": (3, 1),
        "flagged": (4, 1),
        "formal": (7, 0),
    }
    sys.stdout.write(f"\n--- rating {card['score']:.1f} ({card['low']:.1f} to {card['high']:.1f}): {counts}\n")
    for one in card["components"].values():
        strength = one["strength"]
        if strength is not None and one["cases"] + strength > 0:
            shrunk = (one["total"] + strength * one["expected"]) / (one["cases"] + strength)
            assert one["value"] == pytest.approx(shrunk)
        assert one["contribution"] == pytest.approx(one["weight"] * one["points"])


def the_map_shows_it(walk: Walk) -> None:
    """Both problems on the governor's map; on the public one nothing, as one appeal must not be found by its place."""
    asked = {"first": "2026-11-01", "last": "2026-11-30", "zoom": 14}
    shown = walk.call("galina", "GET", "/heat", params=asked)
    assert shown["problems"] == 2
    assert sum(cell["problems"] for cell in shown["cells"]) == 2
    public = walk.client.get("/api/v1/heat/public", params={"zoom": 14})
    assert public.json()["cells"] == []


TAMPERED = {
    "plans": "UPDATE plans SET variant = 'refused' WHERE id = (SELECT id FROM plans LIMIT 1)",
    "proofs": "UPDATE proofs SET state = 'returned' WHERE state = 'accepted'",
    "replies": "UPDATE replies SET state = 'cancelled' WHERE kind = 'final'",
    "verdicts": "UPDATE verdicts SET score = 5 WHERE score = 1",
    "problems": "UPDATE problems SET state = 'assigned' WHERE state = 'solved'",
    "clocks": "UPDATE clocks SET deadline_at = deadline_at + interval '1 day' WHERE kind = 'solve'",
}
"""By what `otklik verify` calls it: somebody helps himself in the tables."""


def the_log_tells_the_same_and_names_what_was_changed_behind_its_back(walk: Walk) -> None:
    files = wiring.file_store(walk.world.settings)

    def found(connection: psycopg.Connection[Any]) -> Report:
        return verify(connection, files, lambda region: Rules.of_pack(wiring.pack_of(region)), deep=True)

    with psycopg.connect(walk.world.url) as connection:
        told = found(connection)
        assert told.agrees, told.differences
        for statement in TAMPERED.values():
            connection.execute(statement.encode())
        connection.commit()
        assert set(TAMPERED) <= set(found(connection).found)
