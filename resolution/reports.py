"""The rules of reports: what files a proof needs, when it solves the problem, and who may say so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.refusal import Refused
from models.resolution import FileRole, ProofState
from models.russian import plural
from resolution.kinds import is_heif, kind_of
from resolution.plans import MOST_WORDS
from resolution.policy import MEGABYTE, FileLimits, ResolutionPolicy
from resolution.records import Kind, Proof, Upload

NO_PHOTO_AFTER = "no_photo_after"
"""The flag of a proof that had no need of a photo «after» when it came, and has one now: its topic was corrected."""

ROLE_NAMES = {
    FileRole.BEFORE: "фото «до»",
    FileRole.AFTER: "фото «после»",
    FileRole.VIDEO: "видео",
    FileRole.DOCUMENT: "документ",
}
FORMATS = {
    FileRole.BEFORE: "JPEG, PNG или WebP",
    FileRole.AFTER: "JPEG, PNG или WebP",
    FileRole.VIDEO: "MP4, MOV или WebM",
    FileRole.DOCUMENT: "PDF, DOCX, XLSX, ODT или скан в JPEG или PNG",
}
MOST_NAME = 200


class Outcome(StrEnum):
    """What the checks of a proof lead to."""

    SOLVED = "solved"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks led to, with the flags that stand beside it."""

    outcome: Outcome
    flags: tuple[str, ...]


def kinds_of(uploads: Sequence[Upload], limits: FileLimits) -> list[Kind]:
    """What each file is, by its content. Raises Refused for what a proof may not hold."""
    too_many(len(uploads), sum(len(one.content) for one in uploads), limits)
    return [_kind(one, limits) for one in uploads]


def too_many(files: int, together: int, limits: FileLimits) -> None:
    """Raises Refused where a report has more files, or more bytes in them, than it may."""
    if files > limits.most:
        raise Refused(f"Слишком много файлов: в одном отчёте можно не больше {limits.most}.")
    if together > limits.largest_together:
        raise Refused(f"Файлы отчёта вместе — не больше {limits.largest_together // MEGABYTE} МБ.")


def too_large(role: FileRole, name: str, size: int, limits: FileLimits) -> None:
    """Raises Refused where one file is larger than its kind may be."""
    if size > limits.largest[role]:
        most = limits.largest[role] // MEGABYTE
        raise Refused(f"Файл «{name}» слишком большой: {ROLE_NAMES[role]} — не больше {most} МБ.")


def _kind(upload: Upload, limits: FileLimits) -> Kind:
    named = f"Файл «{upload.name[:MOST_NAME]}»"
    if not upload.content:
        raise Refused(f"{named} пуст: выберите его ещё раз.")
    too_large(upload.role, upload.name[:MOST_NAME], len(upload.content), limits)
    if is_heif(upload.content):
        raise Refused(f"{named} — снимок HEIC, автор его не откроет. Сохраните его как JPEG и приложите снова.")
    kind = kind_of(upload.content)
    if kind is None or upload.role not in kind.roles:
        raise Refused(f"{named} не подходит: {ROLE_NAMES[upload.role]} — это {FORMATS[upload.role]}.")
    return kind


def complete(
    words: str, done_on: date, roles: Collection[FileRole], topics: Iterable[str], policy: ResolutionPolicy, today: date
) -> str:
    """The words of a report that may be handed in for problems of these topics. Raises Refused."""
    told = words.strip()
    if not told:
        raise Refused("Напишите для автора, что сделано.")
    if len(told) > MOST_WORDS:
        raise Refused(f"Слишком длинно: можно до {plural(MOST_WORDS, 'знака', 'знаков', 'знаков')}.")
    if done_on > today:
        raise Refused("День, когда сделано, ещё не наступил. Отчёт отправляют, когда работа закончена.")
    if FileRole.AFTER not in roles and any(policy.needs_photo(topic) for topic in topics):
        raise Refused(
            "По этой теме нужен хотя бы один снимок «после»: по нему автор увидит, что сделано. "
            "Снимите с того же места, что и снимок «до», если он есть."
        )
    if not roles:
        raise Refused("Приложите снимок, видео или документ: отчёт без доказательства не принимается.")
    return told


def after_checks(proof: Proof, topic: str, flags: Iterable[str], policy: ResolutionPolicy) -> Checked:
    """The machine solves what has no flags, where policy lets it; the rest an operator must look at."""
    found = tuple(dict.fromkeys(flags))
    if not _proves(proof, topic, policy):
        found = (*found, NO_PHOTO_AFTER)
    if found or not policy.machine_accepts:
        return Checked(Outcome.OPERATOR, found)
    return Checked(Outcome.SOLVED, ())


def acceptable(proof: Proof, topic: str, policy: ResolutionPolicy) -> None:
    """Whether an operator may accept the proof. Raises Refused."""
    if proof.state is ProofState.SUBMITTED:
        raise Refused("Файлы отчёта ещё проверяются. Подождите минуту и обновите страницу.")
    if proof.state is not ProofState.CHECKED:
        raise Refused("По этому отчёту решение уже принято.")
    if not _proves(proof, topic, policy):
        raise Refused(
            "По этой теме проблему нельзя закрыть без снимка «после», а в отчёте его нет. "
            "Верните отчёт и попросите снимок."
        )


def returnable(proof: Proof, reason: str) -> str:
    """The reason with which an operator returns a proof. Raises Refused."""
    if proof.state not in (ProofState.SUBMITTED, ProofState.CHECKED):
        raise Refused("По этому отчёту решение уже принято.")
    if not reason.strip():
        raise Refused("Напишите исполнителю, чего не хватает: без причины отчёт не возвращают.")
    return reason.strip()[:MOST_WORDS]


def _proves(proof: Proof, topic: str, policy: ResolutionPolicy) -> bool:
    return FileRole.AFTER in proof.roles or not policy.needs_photo(topic)
