"""The stages over photos: what is handed in is checked against everything sent before, and the problem moves on."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from psycopg.types.json import Jsonb

import ingest
import resolution
from api.security.users import Role
from models.events import Event, EventType, Stream, event
from models.identifiers import new_id
from models.message import Attachment, Channel, Message
from models.resolution import FileRole
from resolution import Upload
from resolution.photos import stage
from resolution.photos.picture import read_picture
from resolution.photos.stage import photos_stage, proofs_stage
from resolution.policy import ResolutionPolicy
from tests.integration.problems import events_of
from tests.photographs import Camera, Weather, jpeg, make_place, photograph, view
from tests.town import NOW, REGION, Town, executor_id

WORDS = "Яма на Речной. Мусор у школы"
LATER = NOW + timedelta(hours=5)
FAR = (55.2123, 73.4123)
NEAR = (55.0124, 73.4124)


def exif(taken: datetime, place: tuple[float, float] = NEAR) -> Image.Exif:
    """As a phone writes it, in the town's own time."""
    made = Image.Exif()
    made[Base.Make], made[Base.Model] = "Телефон".encode().decode("latin-1"), "1"
    details = made.get_ifd(IFD.Exif)
    details[Base.DateTimeOriginal] = f"{taken + timedelta(hours=6):%Y:%m:%d %H:%M:%S}"
    gps = made.get_ifd(IFD.GPSInfo)
    gps[GPS.GPSLatitudeRef], gps[GPS.GPSLongitudeRef] = "N", "E"
    gps[GPS.GPSLatitude], gps[GPS.GPSLongitude] = ((value, 0.0, 0.0) for value in place)
    return made


def appealed(place: Town, *photos: bytes) -> UUID:
    """An appeal with photos, analysed as one problem that the roads have."""
    message = Message(
        REGION,
        Channel.FORM,
        uuid4().hex,
        WORDS,
        NOW,
        attachments=tuple(Attachment(f"{number}.jpg", "image/jpeg", photo) for number, photo in enumerate(photos)),
    )
    with place.connection() as connection:
        accepted = ingest.accept(connection, message, now=NOW, files=place.context.files, pack=place.pack)
    [problem] = place.analyse(accepted.appeal_id, "Яма на Речной", state="assigned")
    with place.connection() as connection:
        connection.execute(
            """INSERT INTO assignments (id, region_id, problem_id, executor_id, assigned_by, reason, assigned_at)
               VALUES (%s, %s, %s, %s, 'machine', '', %s)""",
            [new_id(), REGION, problem, executor_id("roads"), NOW],
        )
        found = event(EventType.PROBLEM_FOUND, REGION, accepted.appeal_id, NOW, problem_id=str(problem))
        photos_stage(lambda _: place.pack, place.context.files, lambda: NOW).handle(connection, [found])
    return problem


def reported(place: Town, problem: UUID, *files: tuple[FileRole, bytes], now: datetime = LATER) -> UUID:
    """The roads report; returns the proof."""
    with place.connection() as connection:
        [version] = connection.execute("SELECT version FROM problems WHERE id = %s", [problem]).fetchone() or [0]
        [proof, *_] = resolution.report(
            connection,
            REGION,
            problem,
            version,
            executor_id("roads"),
            words="Яму засыпали",
            done_on=None,
            uploads=[Upload(role, f"{number}.jpg", content) for number, (role, content) in enumerate(files)],
            files=place.context.files,
            by="roadman",
            now=now,
            today=now.date(),
            policy=ResolutionPolicy.of_pack(place.pack),
        )
    return proof


def check(place: Town) -> None:
    """The stage takes whatever was submitted."""
    with place.connection() as connection:
        waiting = [one for one in events_of(connection, Stream.PROBLEMS) if one.type is EventType.PROOF_SUBMITTED]
        proofs_stage(lambda _: place.pack, place.context.files, lambda: LATER).handle(connection, waiting)


def found(place: Town, proof: UUID) -> dict[str, tuple[str, str]]:
    rows = place.rows("SELECT code, result, reason FROM proof_checks WHERE proof_id = %s", proof)
    return {code: (result, reason) for code, result, reason in rows}


def last_event(place: Town) -> tuple[str, Sequence[str]]:
    with place.connection() as connection:
        last = events_of(connection, Stream.PROBLEMS)[-1]
    return last.type.value, last.data["flags"]


def before_and_after(seed: int, mark: Image.Exif | None) -> tuple[bytes, bytes]:
    """The hole, and the same place mended, seen from two steps aside."""
    place = make_place(seed)
    before = jpeg(view(place, Camera(), Weather(seed=seed)))
    after = view(place, Camera(right=0.5, turn=3), Weather(light=0.9, seed=seed + 1000), mended=True)
    return before, jpeg(after, exif=mark)


def test_an_honest_proof_solves_the_problem_and_leaves_a_copy_without_the_cameras_data(place: Town) -> None:
    before, after = before_and_after(1, exif(NOW + timedelta(hours=4)))
    proof = reported(place, appealed(place, before), (FileRole.AFTER, after))
    check(place)
    results = found(place, proof)
    assert {code for code, (result, _) in results.items() if result == "flagged"} == set(), results
    assert results["place"][1] == "снято в 13 м от места проблемы"
    assert results["scene"][0] == "passed", results["scene"]
    assert last_event(place) == ("problem.solved", [])
    [[digest]] = place.rows("SELECT public_sha256 FROM proof_files WHERE proof_id = %s", proof)
    copy = place.context.files.read(digest)
    camera = read_picture(copy, default_limits()).camera
    assert (camera.taken, camera.latitude, camera.made_by) == (None, None, "")


def test_what_follows_is_told_when_the_photos_were_looked_at_and_not_when_that_began(place: Town) -> None:
    before, after = before_and_after(1, exif(NOW + timedelta(hours=4)))
    reported(place, appealed(place, before), (FileRole.AFTER, after))
    seconds = itertools.count()
    with place.connection() as connection:
        waiting = [one for one in events_of(connection, Stream.PROBLEMS) if one.type is EventType.PROOF_SUBMITTED]
        handle = proofs_stage(
            lambda _: place.pack, place.context.files, lambda: LATER + timedelta(seconds=next(seconds))
        ).handle
        handle(connection, waiting)
        solved = events_of(connection, Stream.PROBLEMS)[-1]
    [[looked]] = place.rows("SELECT max(checked_at) FROM proof_checks")
    assert solved.time > looked


def default_limits() -> Any:
    from resolution.photos.limits import default

    return default()


def test_the_citizens_own_photo_sent_back_is_known_even_in_a_mirror(place: Town) -> None:
    before, _ = before_and_after(2, None)
    picture = read_picture(before, default_limits()).pixels
    sent_back = jpeg(picture[40:, :-60][:, ::-1], quality=60)
    proof = reported(place, appealed(place, before), (FileRole.AFTER, sent_back))
    check(place)
    result, reason = found(place, proof)["same_photo"]
    assert result == "flagged"
    assert "отражённый зеркально" in reason and "автор обращения: это снимок «до»" in reason
    assert last_event(place) == ("proof.checked", ["same_photo"])


def test_a_proof_of_another_problem_is_known_again_and_a_wrong_place_and_time_are_said(place: Town) -> None:
    _, after = before_and_after(3, exif(NOW - timedelta(hours=30), FAR))
    reported(place, appealed(place), (FileRole.AFTER, after))
    check(place)
    proof = reported(place, appealed(place), (FileRole.AFTER, after), now=LATER + timedelta(minutes=1))
    check(place)
    results = found(place, proof)
    assert results["same_file"][0] == "flagged" and "к отчёту о другой проблеме" in results["same_file"][1]
    assert results["time"][1] == "снято 01.03.2026 в 09:00 — за 30 часов до того, как о проблеме сообщили"
    assert results["place"][1] == "снято в 22,2 км от места проблемы (допустимо 150 м)"


def test_the_same_photo_after_a_return_is_allowed(place: Town) -> None:
    after, problem = photograph(4), appealed(place)
    first = reported(place, problem, (FileRole.AFTER, after))
    with place.connection() as connection:
        [version] = connection.execute("SELECT version FROM problems WHERE id = %s", [problem]).fetchone() or [0]
        resolution.return_proof(connection, REGION, first, version, reason="покажите ближе", by="oper", now=LATER)
    again = reported(place, problem, (FileRole.AFTER, after), now=LATER + timedelta(hours=1))
    check(place)
    assert found(place, first) == {}
    assert found(place, again)["same_file"][0] == "unknown"


def test_the_same_event_again_changes_nothing(place: Town) -> None:
    proof = reported(place, appealed(place), (FileRole.AFTER, photograph(5)))
    check(place)
    once = (found(place, proof), last_event(place))
    check(place)
    assert (found(place, proof), last_event(place)) == once


@pytest.mark.parametrize("content", [b"\xff\xd8\xff" + b"\x00" * 500, b"\x89PNG\r\n\x1a\n" + b"\x01" * 64])
def test_a_file_that_cannot_be_read_is_a_flag_and_the_next_proof_goes_on(place: Town, content: bytes) -> None:
    broken = reported(place, appealed(place), (FileRole.AFTER, content))
    sound = reported(place, appealed(place), (FileRole.AFTER, photograph(6)))
    check(place)
    assert found(place, broken)["readable"] == ("flagged", "снимок повреждён или передан не до конца")
    assert found(place, sound)["readable"][0] == "passed"


def test_problems_are_locked_in_the_order_of_their_ids_as_pages_lock_them(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = sorted(appealed(place) for _ in range(3))
    proofs = [reported(place, problem, (FileRole.AFTER, photograph(7))) for problem in reversed(problems)]
    locked: list[UUID] = []

    def conclude(_connection: object, proof: UUID, *_about: object, **_more: object) -> list[Event]:
        locked.append(proof)
        return []

    monkeypatch.setattr(stage, "checked", conclude)
    check(place)
    assert locked == proofs[::-1]


def test_a_report_whose_checks_broke_off_is_shown_to_an_operator(place: Town, client: httpx.Client) -> None:
    operator = {"authorization": f"Bearer {place.token(place.person(Role.OPERATOR))}"}
    before, after = before_and_after(1, None)
    proof = reported(place, appealed(place, before), (FileRole.AFTER, after))
    assert client.get("/api/v1/proofs/waiting", headers=operator).json() == []
    with place.connection() as connection:
        connection.execute(
            """INSERT INTO quarantine (id, region_id, consumer_group, stream, partition, position, event, reason,
                                       quarantined_at)
               VALUES (%s, %s, 'proofs', 'problems', 0, 0, %s, 'MemoryError', %s)""",
            [new_id(), REGION, Jsonb({"data": {"proof_id": str(proof)}}), NOW],
        )
    [waiting] = client.get("/api/v1/proofs/waiting", headers=operator).json()
    assert waiting["proof"]["id"] == str(proof)
    answer = {"version": waiting["version"], "reason": "Файлы не открываются"}
    back = client.post(f"/api/v1/proofs/{proof}/return", headers=operator, json=answer)
    assert back.json()["state"] == "planned"
