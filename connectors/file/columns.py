"""Which column of a table says what: by options, else by good guesses in Russian and English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.file.entries import FileError

ROLES: Mapping[str, str] = {
    "text": "text of the appeal",
    "id": "id of the row, unique in its source",
    "date": "when it was written",
    "author": "name of who wrote",
    "phone": "phone of who wrote",
    "email": "e-mail of who wrote",
    "author_id": "id of who wrote in the foreign system",
    "municipality": "municipality that the source states",
    "settlement": "settlement that the source states",
    "street": "street that the source states",
    "house": "house that the source states",
    "community": "community of a social network where it was written",
    "latitude": "latitude in degrees",
    "longitude": "longitude in degrees",
    "reply_to": "where to answer",
    "channel": "channel by which it came",
}
"""Role -> what the column holds. Labels (topic, group, executor) have no role: the engine must not be told them."""

HINT_ROLES = ("municipality", "settlement", "street", "house", "community", "latitude", "longitude")
"""What goes along as a hint for the engine: where it was written about."""

# Best guess first. Compared after `_plain`: lower case, «ё» as «е», anything but letters and digits as one space.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text", "текст", "текст обращения", "текст сообщения", "текст проблемы", "обращение", "сообщение", "message",
        "body", "содержание", "содержание обращения", "суть обращения", "описание", "описание проблемы", "description",
        "комментарий", "comment", "content", "appeal", "жалоба", "вопрос",
    ),
    "id": (
        "id", "external id", "appeal id", "message id", "номер", "номер обращения", "рег номер",
        "регистрационный номер", "ид", "идентификатор", "id обращения", "номер сообщения", "uuid", "number",
        "код", "п п", "№",
    ),
    "date": (
        "created at", "date", "дата", "sent at", "created", "дата обращения", "дата создания", "дата и время",
        "дата поступления", "дата сообщения", "дата регистрации", "дата публикации", "время", "datetime", "timestamp",
        "time", "published at", "received at",
    ),
    "author": (
        "author", "автор", "author name", "фио", "ф и о", "заявитель", "фио заявителя", "имя", "имя автора", "name",
        "sender", "отправитель", "гражданин",
    ),
    "phone": ("phone", "телефон", "author phone", "номер телефона", "контактный телефон", "тел", "phone number"),
    "email": (
        "email", "e mail", "author email", "почта", "электронная почта", "эл почта", "адрес электронной почты", "mail",
    ),
    "author_id": ("author id", "author external id", "user id", "id автора", "vk id", "id пользователя"),
    "municipality": (
        "municipality", "stated municipality", "муниципалитет", "муниципальное образование", "мо", "район", "district",
        "муниципальный район",
    ),
    "settlement": (
        "settlement", "stated settlement", "населенный пункт", "город", "city", "нп", "село", "locality", "town",
    ),
    "street": ("street", "stated street", "улица", "ул", "адрес улица"),
    "house": ("house", "stated house", "дом", "номер дома", "building", "house number"),
    "community": ("community", "stated community", "сообщество", "паблик"),
    "latitude": ("latitude", "stated latitude", "lat", "широта"),
    "longitude": ("longitude", "stated longitude", "lon", "lng", "long", "долгота"),
    "channel": ("channel", "канал"),
    "reply_to": ("reply to", "ответить", "куда ответить"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """Role -> the column's name as the file spells it."""

    names: Mapping[str, str]

    def value(self, fields: Mapping[str, str], role: str) -> str:
        """The cell of a role, without blanks around; empty when the file has no such column."""
        name = self.names.get(role)
        return fields.get(name, "").strip() if name is not None else ""

    def text(self, fields: Mapping[str, str]) -> str:
        """The text, word for word."""
        return fields.get(self.names["text"], "")


def columns_of(header: Sequence[str], chosen: Mapping[str, str]) -> Columns:
    """The columns of a header line: those `chosen` (role -> name), the others guessed.

    Raises FileError when a chosen column is not there or none looks like the text.
    """
    names: dict[str, str] = {}
    by_plain = {_plain(name): name for name in reversed(header) if name.strip()}
    for role, asked in chosen.items():
        found = asked if asked in header else by_plain.get(_plain(asked))
        if found is None:
            raise FileError(f"no column {asked!r} (given for the {role}); columns are: {_listed(header)}")
        names[role] = found
    for role, guesses in _NAMES.items():
        if role in names:
            continue
        free = (by_plain[guess] for guess in map(_plain, guesses) if guess in by_plain)
        guess = next((name for name in free if name not in names.values()), None)
        if guess is not None:
            names[role] = guess
    if "text" not in names:
        raise FileError(
            f"no column looks like the text of an appeal; columns are: {_listed(header)}; name it with --text COLUMN"
        )
    return Columns(names)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold().replace("ё", "е").replace("№", " n ")).strip()


def _listed(header: Sequence[str]) -> str:
    names = [name for name in header if name.strip()]
    return ", ".join(names[:30]) + (", …" if len(names) > 30 else "") if names else "none"
