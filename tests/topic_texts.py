"""Made-up complaints with known topics: enough variety for a classifier to learn, small enough to train in a second."""

from __future__ import annotations

import csv
import random
from pathlib import Path

TREE = {
    "Ямы на дорогах": "Дороги",
    "Уборка снега": "Дороги",
    "Нет отопления": "ЖКХ",
    "Течёт крыша": "ЖКХ",
    "Автобус не пришёл": "Транспорт",
}
SAYINGS = {
    "Ямы на дорогах": ("яма на дороге", "разбитый асфальт", "выбоины на проезжей части", "колесо пробили о яму"),
    "Уборка снега": ("снег не чистят", "гололёд на тротуаре", "сугробы не вывозят", "наледь, песком не посыпают"),
    "Нет отопления": ("батареи холодные", "нет отопления", "в квартире холодно, тепла нет", "отопление отключили"),
    "Течёт крыша": ("течёт крыша", "кровля протекает", "вода с потолка после дождя", "крыша дырявая"),
    "Автобус не пришёл": ("автобус не пришёл", "маршрутка не ходит", "час ждали автобус", "рейс автобуса отменили"),
}
OPENINGS = ("Здравствуйте!", "Добрый день.", "Когда это кончится?", "Помогите,", "Просим разобраться:", "Уже неделю")
PLACES = ("на Садовой", "у школы", "во дворе", "возле магазина", "на Полевой 5", "в нашем районе", "около парка")
ENDINGS = ("Примите меры.", "Жители возмущены.", "Куда жаловаться?", "Дети болеют.", "Звонили, без толку.", "")


def complaints(number: int, seed: int = 1) -> list[tuple[str, str, str]]:
    """That many different rows of text, topic and group."""
    chance = random.Random(seed)
    rows: dict[str, tuple[str, str]] = {}
    while len(rows) < number:
        topic = chance.choice(list(TREE))
        said = " ".join(chance.sample(SAYINGS[topic], 2))
        words = [*said.split(), *chance.choice(PLACES).split(), *chance.choice(PLACES).split()]
        chance.shuffle(words)
        text = f"{chance.choice(OPENINGS)} {' '.join(words)}. {chance.choice(ENDINGS)}".strip()
        rows[text] = (topic, TREE[topic])
    return [(text, topic, group) for text, (topic, group) in rows.items()]


def write_csv(path: Path, rows: list[tuple[str, str, str]], encoding: str = "utf-8") -> Path:
    """A CSV with the columns text, topic and group."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "topic", "group"])
        writer.writerows(rows)
    return path
