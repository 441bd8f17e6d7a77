"""Russian words for numbers, times and names of things, as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.russian import MONTHS, plural

CHANNELS: Mapping[str, str] = {
    "form": "форма на сайте",
    "file": "файл",
    "email": "электронная почта",
    "vk": "ВКонтакте",
    "telegram": "Telegram",
    "open311": "Open311",
}
PROBLEM_STATES: Mapping[str, str] = {
    "found": "распределяется",
    "queued": "ждёт оператора",
    "assigned": "у исполнителя",
    "planned": "есть план",
    "reported": "отчёт проверяется",
    "solved": "решена",
    "answered": "дано разъяснение",
    "merged": "объединена",
    "dismissed": "снята",
}
APPEAL_STATES: Mapping[str, str] = {"accepted": "разбирается", "analysed": "разобрано", "dismissed": "без проблемы"}
DISMISSALS: Mapping[str, str] = {
    "thanks": "благодарность",
    "talk": "разговор без проблемы",
    "spam": "реклама",
    "abuse": "брань без проблемы",
    "empty": "нечего разбирать",
}
CLOCKS: Mapping[str, str] = {
    "route": "передать исполнителю",
    "plan": "назвать план",
    "solve": "решить",
    "work": "решить новому исполнителю",
    "registration": "зарегистрировать",
    "forwarding": "направить по компетенции",
}
URGENCIES: Mapping[int, str] = {1: "может подождать", 2: "обычная", 3: "важная", 4: "срочная", 5: "опасность"}
FACTS: Mapping[str, str] = {
    "date": "дата",
    "time": "время",
    "duration": "сколько длится",
    "phone": "телефон",
    "email": "почта",
    "address": "адрес",
    "organisation": "организация",
    "institution": "учреждение",
    "person": "человек",
    "post": "должность",
    "route": "маршрут",
    "vehicle": "номер машины",
    "sum": "сумма",
    "count": "количество",
    "account": "лицевой счёт",
    "appeal_number": "прежнее обращение",
    "law": "закон",
}
PLACE_LEVELS: Mapping[str, str] = {
    "house": "до дома",
    "crossing": "перекрёсток",
    "street": "до улицы",
    "district": "до района",
    "settlement": "до населённого пункта",
    "municipality": "до муниципалитета",
    "region": "место не названо",
}
SIMILARITIES: Mapping[str, tuple[str, str]] = {
    "repeat": ("тот же человек писал раньше", "тот же человек написал снова"),
    "copy": ("тот же текст был раньше", "тот же текст пришёл снова"),
    "common_cause": ("возможно, общая причина", "возможно, общая причина"),
}
"""By kind: of an appeal that was there before, and of one that came after."""
ACTIONS: Mapping[str, str] = {
    "accept": "согласие с программой",
    "assign": "назначен исполнитель",
    "correct_topic": "исправлена тема",
    "correct_place": "исправлено место",
    "split": "часть выделена в отдельную проблему",
    "merge": "объединена с другой",
    "dismiss": "снята",
    "refuse": "исполнитель отказался",
    "add_co": "привлечён исполнитель",
    "end_co": "исполнитель больше не привлечён",
    "restore_appeal": "обращение возвращено в разбор",
}

INSTRUCTION_STATES: Mapping[str, str] = {
    "given": "ждёт исполнителя",
    "accepted": "принято",
    "in_work": "в работе",
    "reported": "есть отчёт",
    "returned": "на доработке",
    "closed": "снято с контроля",
}
INSTRUCTION_STEPS: Mapping[str, str] = {
    "instruction.given": "дано",
    "instruction.accepted": "принято исполнителем",
    "instruction.started": "работа начата",
    "instruction.reported": "отчёт",
    "instruction.returned": "возвращено на доработку",
    "instruction.closed": "снято с контроля",
    "instruction.reopened": "возвращено на контроль",
    "instruction.moved": "изменён срок",
    "point.done": "контрольная точка",
}
CO_ROLES: Mapping[str, str] = {"co": "соисполнитель", "copy": "получил копию"}


def day(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """«24 ноября», with the year where it is another one."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    year = f" {local.year} года" if local.year != today.year else ""
    return f"{local.day} {MONTHS[local.month - 1]}{year}"


def at(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """«сегодня в 14:05», «вчера в 9:30», «24 ноября в 14:05»."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    days = (local.date() - today.date()).days
    name = {-1: "вчера", 0: "сегодня", 1: "завтра"}.get(days) or day(moment, zone, now)
    return f"{name} в {local.hour}:{local.minute:02d}"


def until(deadline: datetime, zone: ZoneInfo, now: datetime) -> str:
    """«сегодня до 14:05» where it is near, «до 24 ноября» where it is not."""
    local = deadline.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    name = {-1: "вчера", 0: "сегодня", 1: "завтра"}.get(days)
    return f"{name} до {local.hour}:{local.minute:02d}" if name else f"до {day(deadline, zone, now)}"


def span_of_time(length: timedelta) -> str:
    """«2 ч 10 мин», «3 дня», «5 мин»: the two largest units, rounded down."""
    minutes = max(int(length.total_seconds()) // 60, 0)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days >= 3:
        return plural(days, "день", "дня", "дней")
    if days:
        return plural(days, "день", "дня", "дней") + (f" {hours} ч" if hours else "")
    if hours:
        return f"{hours} ч" + (f" {minutes} мин" if minutes else "")
    return f"{minutes} мин" if minutes else "меньше минуты"


def clock_words(deadline: datetime, now: datetime) -> str:
    """«осталось 2 ч 10 мин» or «просрочено на 3 дня»."""
    if deadline >= now:
        return f"осталось {span_of_time(deadline - now)}"
    return f"просрочено на {span_of_time(now - deadline)}"


def fact_value(fact: Mapping[str, str]) -> str:
    """A fact's normal form as people write it; empty where the words of the text say it better."""
    if fact["kind"] in ("duration", "time", "count"):
        return ""
    value = fact["value"]
    if fact["kind"] != "date":
        return value
    first, _, last = re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3.\2.\1", value).partition("/")
    if last == "..":
        return f"с {first}"
    return f"{first} — {last}" if last else first


def percent(probability: float | None) -> str:
    """«87 %»; never «100 %» for what is not certain."""
    if probability is None:
        return "—"
    if probability >= 1:
        return "100\u00a0%"
    return f"{min(round(probability * 100), 99)}\u00a0%"


def similarity(kind: str, other_is_earlier: bool) -> str:
    """What another problem is to the one shown: «тот же человек писал раньше»."""
    before, after = SIMILARITIES[kind]
    return before if other_is_earlier else after


def address(place: Mapping[str, object]) -> str:
    """A place as on an envelope: «Омск, улица Ленина, д. 12»."""
    house = str(place.get("house") or "")
    parts = [
        str(place.get("settlement") or "") or str(place.get("municipality") or ""),
        str(place.get("street") or ""),
        f"д.\u00a0{house}" if house else "",
    ]
    return ", ".join(part for part in parts if part) or "место не названо"
