"""Charts as SVG text, for pages and PDFs alike. Pure; the colours are those of api/static/otklik.css."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape

from models.russian import MONTHS

INK, SOFT, GRID, BRAND, BAD, GOOD = "#1a2530", "#52606d", "#d5dce3", "#14557b", "#a8201f", "#1c6b43"
LIGHT, PALE = "#c5dcea", "#e4eff6"
LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 12.0, 26.0
TICKS = 4
SHORT_MONTHS = tuple(name[:3] for name in MONTHS)


@dataclass(frozen=True)
class Line:
    """Values by week; None leaves a gap."""

    name: str
    values: Sequence[float | None]
    colour: str = INK
    dashes: str = ""
    width: float = 2.0


@dataclass(frozen=True)
class Band:
    """Between two ends by week; None where it is not drawn."""

    name: str
    low: Sequence[float | None]
    high: Sequence[float | None]
    colour: str = LIGHT


@dataclass(frozen=True)
class WeekChart:
    """Lines and bands over weeks (Mondays), each sequence as long as `weeks`. `title` is read out in place of it."""

    title: str
    weeks: Sequence[date]
    lines: Sequence[Line]
    bands: Sequence[Band] = field(default_factory=tuple)
    width: int = 760
    height: int = 300
    font: str = "sans-serif"

    def svg(self) -> str:
        top = _ceiling(self._highest())
        parts = [_head(self.width, self.height, self.font, self.title)]
        parts += self._axes(top)
        parts += [self._band(band, top) for band in self.bands]
        parts += [self._line(line, top) for line in self.lines]
        return "".join([*parts, "</svg>"])

    def _highest(self) -> float:
        ends = [value for band in self.bands for value in band.high if value is not None]
        return max([1.0, *ends, *(value for line in self.lines for value in line.values if value is not None)])

    def _x(self, index: int) -> float:
        step = (self.width - LEFT - RIGHT) / max(len(self.weeks) - 1, 1)
        return round(LEFT + index * step, 1)

    def _y(self, value: float, top: float) -> float:
        return round(self.height - BOTTOM - (self.height - TOP - BOTTOM) * min(value, top) / top, 1)

    def _axes(self, top: float) -> list[str]:
        found = []
        for tick in range(TICKS + 1):
            value = top * tick / TICKS
            y = self._y(value, top)
            found.append(f'<path d="M{LEFT} {y}H{self.width - RIGHT}" stroke="{GRID}" stroke-width="1"/>')
            found.append(_text(LEFT - 6, y + 4, f"{value:g}", "end"))
        found += [_text(self._x(index), self.height - 8, words, "middle") for index, words in self._months()]
        return found

    def _months(self) -> list[tuple[int, str]]:
        """The first week of each month, or of every few where there are many."""
        firsts = [
            index for index, week in enumerate(self.weeks) if index == 0 or week.month != self.weeks[index - 1].month
        ]
        if len(firsts) > 1 and firsts[1] - firsts[0] < len(self.weeks) / 12:
            firsts = firsts[1:]  # the words of both would lie over each other
        every = max(1, round(len(firsts) / 9))
        return [
            (index, SHORT_MONTHS[self.weeks[index].month - 1] + (f" {self.weeks[index].year}" if number == 0 else ""))
            for number, index in enumerate(firsts[::every])
        ]

    def _line(self, line: Line, top: float) -> str:
        drawn = "".join(
            f"{'L' if index and line.values[index - 1] is not None else 'M'}{self._x(index)} {self._y(value, top)}"
            for index, value in enumerate(line.values)
            if value is not None
        )
        dashes = f' stroke-dasharray="{line.dashes}"' if line.dashes else ""
        return (
            f'<path d="{drawn}" fill="none" stroke="{line.colour}" stroke-width="{line.width}"'
            f' stroke-linejoin="round"{dashes}><title>{escape(line.name)}</title></path>'
        )

    def _band(self, band: Band, top: float) -> str:
        known = [
            (index, low, high)
            for index, (low, high) in enumerate(zip(band.low, band.high, strict=True))
            if low is not None and high is not None
        ]
        there = [f"{self._x(index)} {self._y(high, top)}" for index, _, high in known]
        back = [f"{self._x(index)} {self._y(low, top)}" for index, low, _ in reversed(known)]
        if not known:
            return ""
        return f'<path d="M{"L".join(there + back)}Z" fill="{band.colour}"><title>{escape(band.name)}</title></path>'


def _head(width: float, height: float, font: str, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img"'
        f' font-family="{escape(font)}" font-size="12"><title>{escape(title)}</title>'
    )


def _text(x: float, y: float, words: str, anchor: str, colour: str = SOFT) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def _ceiling(value: float) -> float:
    """The least round number at or above a value that four ticks divide well."""
    size = 1.0
    while True:
        for step in (4, 8, 12, 20, 40, 60):
            if value <= step * size:
                return step * size
        size *= 10
