"""The checks of a proof's photos, without a database."""

from __future__ import annotations

import io
import json
import struct
import zlib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from models.pack import PackError, RegionPack
from models.places import PlaceLevel
from models.resolution import CheckResult, FileRole
from resolution.photos.camera import Camera
from resolution.photos.circumstances import Site, Times, check_place, check_time
from resolution.photos.examine import examine
from resolution.photos.finding import CHECKS, Check
from resolution.photos.limits import Limits, default
from resolution.photos.origin import check_screenshot
from resolution.photos.picture import Picture, Unreadable, read_picture
from resolution.photos.public import blurred
from resolution.photos.uses import Kin, Likeness, Use, judge
from resolution.photos.visible import check_visible
from tests.photographs import jpeg, photograph

LIMITS = default()
OMSK = timezone(timedelta(hours=6))
OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)
TIMES = Times(OPENED, None, OPENED + timedelta(days=2))
HOUSE = Site(55.0, 73.4, PlaceLevel.HOUSE, 0.9)
PHOTO = photograph(11)


def flags(content: bytes, role: FileRole = FileRole.AFTER) -> set[Check]:
    return {each.check for each in examine(content, role, LIMITS).findings if each.result is CheckResult.FLAGGED}


def why(content: bytes) -> str:
    with pytest.raises(Unreadable) as told:
        read_picture(content, LIMITS)
    return str(told.value)


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that says it is so large and holds next to nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def test_an_ordinary_photo_passes_and_says_what_it_does_not_know() -> None:
    found = {each.check: each.result for each in examine(PHOTO, FileRole.AFTER, LIMITS).findings}
    assert found.pop(Check.EDITED) is CheckResult.UNKNOWN  # no camera is named in it
    assert set(found.values()) == {CheckResult.PASSED}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "файл пуст"),
        (PHOTO[: len(PHOTO) // 3], "снимок повреждён или передан не до конца"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(200), "HEIC"),
        (b"\x00\x00\x00\x18ftypavif" + bytes(200), "AVIF"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(200), "это видео, а не снимок"),
        (b"%PDF-1.7 " + bytes(200), "это документ PDF, а не снимок"),
        (b"GIF89a" + bytes(200), "это анимация GIF, а не снимок"),
        (b"<html><script>", "это страница HTML, а не снимок"),
        (b"just words", "файл не похож на снимок"),
        (png_of_size(9000, 9000), "в снимке 81 млн точек, читается не больше 40 млн"),
        (png_of_size(60000, 60000), "точек"),
    ],
)
def test_what_is_no_readable_photo_says_why(content: bytes, said: str) -> None:
    assert said in why(content)
    assert flags(content) == {Check.READABLE}


def test_a_file_behind_the_photo_is_a_flag_and_does_not_reach_the_copy() -> None:
    examined = examine(PHOTO + b"PK\x03\x04 an archive", FileRole.AFTER, LIMITS)
    assert examined.findings[0].result is CheckResult.FLAGGED
    assert examined.copy is not None and b"PK\x03\x04 an" not in examined.copy.content


def test_an_animation_is_no_photo() -> None:
    frames = [Image.fromarray(np.full((80, 80, 3), level, np.uint8)) for level in (10, 120, 240)]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    assert Check.EDITED in flags(out.getvalue())


def test_a_photo_is_turned_as_its_camera_meant_it() -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    picture = read_picture(jpeg(np.zeros((60, 100, 3), np.uint8), exif=exif), LIMITS)
    assert (picture.width, picture.height) == (60, 100) and picture.pixels.shape == (100, 60, 3)


def test_a_photo_of_a_hundred_megapixels_is_read_reduced() -> None:
    out = io.BytesIO()
    Image.new("L", (12000, 9000), 120).save(out, "JPEG", quality=20)
    assert max(read_picture(out.getvalue(), LIMITS).pixels.shape) <= 1600


def with_exif(**written: object) -> Camera:
    exif = Image.Exif()
    for name in ("Software", "Make", "DateTime"):
        if name in written:
            exif[Base[name]] = written[name]
    details = exif.get_ifd(IFD.Exif)
    for name in ("DateTimeOriginal", "OffsetTimeOriginal", "UserComment"):
        if name in written:
            details[Base[name]] = written[name]
    gps = exif.get_ifd(IFD.GPSInfo)
    for name, value in written.items():
        if name in GPS.__members__:
            gps[GPS[name]] = value
    return read_picture(jpeg(np.zeros((64, 64, 3), np.uint8), exif=exif), LIMITS).camera


def test_the_cameras_time_and_place_are_read_with_their_signs_and_zones() -> None:
    camera = with_exif(
        DateTimeOriginal="2026:03:03 15:00:00", OffsetTimeOriginal="+06:00",
        GPSLatitudeRef="S", GPSLatitude=(10.0, 30.0, 0.0), GPSLongitudeRef="W", GPSLongitude=(20.0, 15.0, 36.0),
    )  # fmt: skip
    assert camera.taken == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert (camera.latitude, camera.longitude) == (-10.5, pytest.approx(-20.26))


def test_zeros_for_a_place_and_an_editors_date_count_as_nothing() -> None:
    zero = with_exif(GPSLatitudeRef="N", GPSLatitude=(0.0, 0.0, 0.0), GPSLongitudeRef="E", GPSLongitude=(0.0, 0.0, 0.0))
    assert zero.latitude is None
    assert with_exif(DateTime="2026:03:03 15:00:00", Software="Adobe Photoshop 25.0").taken is None


@pytest.mark.parametrize(
    ("hours", "role", "result", "said"),
    [
        (5, FileRole.AFTER, "passed", "снято 02.03.2026 в 20:00"),
        (-30, FileRole.AFTER, "flagged", "за 30 часов до того, как о проблеме сообщили"),
        (-24 * 40, FileRole.AFTER, "flagged", "за 40 дней до того, как о проблеме сообщили"),
        (-30, FileRole.BEFORE, "passed", "снято 01.03.2026"),
        (53, FileRole.AFTER, "flagged", "на 5 часов позже, чем прислано"),
        (53, FileRole.BEFORE, "flagged", "на 5 часов позже, чем прислано"),
        (-0.5, FileRole.AFTER, "passed", "снято"),
    ],
)
def test_the_time_of_a_photo_is_held_against_the_problems(hours: float, role: FileRole, result: str, said: str) -> None:
    finding = check_time(Camera(taken=OPENED + timedelta(hours=hours)), role, TIMES, OMSK, LIMITS)
    assert finding.result == result and said in finding.reason


def test_after_a_reopening_an_old_photo_does_not_prove() -> None:
    times = Times(OPENED, OPENED + timedelta(days=10), OPENED + timedelta(days=12))
    finding = check_time(Camera(taken=OPENED + timedelta(days=1)), FileRole.AFTER, times, OMSK, LIMITS)
    assert finding.result == "flagged" and "автор сообщил, что не решено" in finding.reason


@pytest.mark.parametrize(
    ("north", "level", "confidence", "result", "said"),
    [
        (0.0005, PlaceLevel.HOUSE, 0.9, "passed", "снято в 56 м от места проблемы"),
        (0.01, PlaceLevel.HOUSE, 0.9, "flagged", "снято в 1,1 км от места проблемы (допустимо 150 м)"),
        (0.01, PlaceLevel.STREET, 0.9, "passed", "1,1 км"),
        (0.01, PlaceLevel.HOUSE, 0.2, "unknown", "слишком приблизительно"),
        (0.01, PlaceLevel.REGION, 0.9, "unknown", "слишком приблизительно"),
        (2.0, PlaceLevel.SETTLEMENT, 0.9, "flagged", "222,4 км"),
    ],
)
def test_the_place_of_a_photo_is_held_against_the_problems_by_how_finely_it_is_known(
    north: float, level: PlaceLevel, confidence: float, result: str, said: str
) -> None:
    finding = check_place(Camera(latitude=55.0 + north, longitude=73.4), [Site(55.0, 73.4, level, confidence)], LIMITS)
    assert finding.result == result and said in finding.reason


def test_a_photo_near_one_problem_of_an_incident_is_near_enough() -> None:
    far = Site(55.5, 73.4, PlaceLevel.HOUSE, 0.9)
    assert check_place(Camera(latitude=55.0, longitude=73.4), [far, HOUSE], LIMITS).result == "passed"


def test_no_data_of_a_camera_is_never_passed() -> None:
    assert check_time(Camera(), FileRole.AFTER, TIMES, OMSK, LIMITS).result == "unknown"
    assert check_place(Camera(), [HOUSE], LIMITS).result == "unknown"
    assert check_place(Camera(latitude=55.0, longitude=73.4), [], LIMITS).result == "unknown"


AFTER, BEFORE = FileRole.AFTER, FileRole.BEFORE


@pytest.mark.parametrize(
    ("role", "kin", "earlier", "result"),
    [
        (AFTER, Kin.FOREIGN, None, "flagged"),
        (AFTER, Kin.FOREIGN, AFTER, "flagged"),
        (BEFORE, Kin.FOREIGN, AFTER, "flagged"),
        (AFTER, Kin.APPEAL, None, "flagged"),
        (BEFORE, Kin.APPEAL, None, "passed"),
        (AFTER, Kin.PROBLEM, AFTER, "unknown"),
        (AFTER, Kin.PROBLEM, BEFORE, "flagged"),
        (AFTER, Kin.PROOF, BEFORE, "flagged"),
        (AFTER, Kin.PROOF, AFTER, "unknown"),
        (AFTER, Kin.REPORT, AFTER, "passed"),
        (AFTER, Kin.INCIDENT, AFTER, "passed"),
        (AFTER, Kin.INCIDENT, BEFORE, "flagged"),
    ],
)
def test_whether_a_photo_may_be_used_again(role: FileRole, kin: Kin, earlier: FileRole | None, result: str) -> None:
    use = Use("0" * 64, kin, earlier, "ГО-1", OPENED)
    assert judge(Check.SAME_PHOTO, role, [(use, Likeness(0.93, True, 80))]).result == result


def test_the_gravest_use_decides_and_no_use_passes() -> None:
    own, foreign = (Use("0" * 64, kin, AFTER, "ГО-1", OPENED) for kin in (Kin.INCIDENT, Kin.FOREIGN))
    assert judge(Check.SAME_FILE, AFTER, [(own, Likeness()), (foreign, Likeness())]).result == "flagged"
    assert judge(Check.SAME_FILE, AFTER, []).result == "passed"


def test_what_shows_nothing_is_flagged() -> None:
    dice = np.random.default_rng(1)
    wall = np.clip(120 + dice.normal(0, 4, (600, 800)), 0, 255).astype(np.uint8)
    assert {each.check for each in check_visible(wall, LIMITS) if each.result == "flagged"} >= {Check.CONTENT}
    night, snow = np.full((600, 800), 6, np.uint8), np.full((600, 800), 250, np.uint8)
    for even in (night, snow):
        assert {each.check for each in check_visible(even, LIMITS) if each.result == "flagged"} >= {Check.LIGHT}


def test_a_shot_of_a_screen_is_told_by_its_size_and_the_telephones_comment() -> None:
    still = Picture(np.zeros((1600, 720, 3), np.uint8), 1080, 2400, "PNG", 1, Camera(), False)
    assert check_screenshot(still, LIMITS).result == "flagged"
    taken = Picture(np.zeros((900, 1600, 3), np.uint8), 4000, 2250, "JPEG", 1, Camera(), False)
    assert check_screenshot(taken, LIMITS).result == "passed"


def test_a_blurred_box_keeps_nothing_fine_and_the_rest_stays() -> None:
    dice = np.random.default_rng(2)
    pixels = dice.integers(0, 255, (200, 300, 3)).astype(np.uint8)
    done = blurred(pixels, [(50, 50, 60, 40)])
    assert len(np.unique(done[50:90, 50:110].reshape(-1, 3), axis=0)) <= 36
    assert (done[:40] == pixels[:40]).all()


def test_a_region_changes_limits_by_name_and_a_strange_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "region.json").write_text('{"id": "x"}', encoding="utf-8")
    own = {"version": "x-1", "limits": {"place_metres_house": {"value": 300, "why": "деревня"}}}
    (tmp_path / "proofs.json").write_text(json.dumps(own), encoding="utf-8")
    limits = Limits.of_pack(RegionPack(tmp_path))
    assert (limits["place_metres_house"], limits["same_share"]) == (300, LIMITS["same_share"])
    own["limits"] = {"place_meters": {"value": 1, "why": ""}}
    (tmp_path / "proofs.json").write_text(json.dumps(own), encoding="utf-8")
    with pytest.raises(PackError, match="place_meters"):
        Limits.of_pack(RegionPack(tmp_path))


def test_every_check_has_a_name() -> None:
    assert set(CHECKS) == set(Check)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    start=st.sampled_from(
        [b"", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP", b"%PDF-"]
    ),
    rest=st.binary(max_size=300),
    role=st.sampled_from(FileRole),
)
def test_random_bytes_never_break_the_checks(start: bytes, rest: bytes, role: FileRole) -> None:
    assert examine(start + rest, role, LIMITS).findings


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(where=st.integers(0, 20_000), noise=st.binary(min_size=1, max_size=40))
def test_a_photo_with_spoilt_bytes_never_breaks_the_checks(where: int, noise: bytes) -> None:
    content = bytearray(SMALL)
    content[where % len(content) : where % len(content) + len(noise)] = noise
    assert examine(bytes(content), FileRole.AFTER, LIMITS).findings


def _small() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2026:03:03 15:00:00"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (10.0, 30.0, 0.0)
    pixels = np.asarray(Image.open(io.BytesIO(PHOTO)).resize((160, 120)), dtype=np.uint8)
    return jpeg(pixels, exif=exif)


SMALL = _small()
