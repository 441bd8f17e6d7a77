"""Frames of thanks, wishes and advertising; each asks for a sign of its own and for nothing that could be a problem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from nlp.dismissal_words import (
    ADVERTISED_TROUBLE,
    ADVERTISING,
    BAIT,
    CALLS,
    CLEARED,
    CLEARING,
    CONTRAST,
    GOOD,
    HAGGLING,
    HIRED,
    HIRING,
    IRONY,
    KIND,
    MATTER,
    NOT_TALK,
    PRAISE,
    PROBLEM,
    REMEDY,
    REPAIR,
    SELLING,
    SMALL_TALK,
    SOLD,
    SUPPLIED,
    SUPPLYING,
    TALK_SIGNS,
    TALK_WORDS,
    THANKS,
    TROUBLE,
    WARM,
    WISHED,
    WISHES,
)
from nlp.lemmas import parses
from nlp.words import Word

LONGEST_THANKS = 60
"""Words; longer thanks tell a story, and a story is for an operator."""
CONTACT = re.compile(
    r"https?://|www\.|t\.me/|wa\.me/|@\w{3,}|(?:\+7|\b8)[\s(-]{0,3}\d{3}[\s)-]{0,3}\d{3}[\s-]?\d{2}[\s-]?\d{2}"
    r"|\bв (?:лс|личку|личные сообщения)\b|ссылка в (?:профиле|шапке)",
    re.IGNORECASE,
)
EASY_MONEY = re.compile(
    r"\bденьги до зарплаты\b|\bбез (?:справок|поручителей|залога|вложений|отказов|предоплаты)(?: и поручителей)?\b",
    re.IGNORECASE,
)
FINISHED = re.compile(r"(?:л[аои]?|н[аоы]?)$")
"""Endings of past forms and short participles."""
LEAD = frozenset("хотеть выражать выразить передавать передать говорить сказать низкий поклон ваш".split())
"""Lemmas that lead to thanks."""
EASY = frozenset({"деньги", "справок", "поручителей", "залога", "вложений", "отказов", "предоплаты"})
AMOUNT = re.compile(r"\d\s?(?:%|₽|руб|тыс|минут)", re.IGNORECASE)
CLAUSE_ENDS = frozenset(".!;:,…\n()—–-")
SENTENCE_ENDS = frozenset(".!?;…\n")
DONE = re.compile(r"(?:л[аои]?|н[аоы]?|нн(?:ый|ая|ое|ые|ого|ую|ой|ым|ых|ыми|ому|ом)|вш(?:ий|ие|им|их|ими|ему))$")
"""Endings of past forms and participles; thanks are for what is done, other forms of these verbs may ask for it."""
LONGEST_REMARK = 15
"""Words; a longer remark has something to tell."""
AT_OURS = re.compile(r"\bу\s(?:нас|меня)\b", re.IGNORECASE)
"""«Согласна, у нас так же» is a complaint about the same."""
ATTENTION = frozenset({"внимание", "понимание"})
CARE = frozenset({"забота", "чуткость", "отзывчивость", "доброта"})
"""«За внимание и заботу» is meant; «спасибо за внимание» ends a request."""
LATEST_OFFER = 5
"""Advertising says what it is among its first words; a text that comes to it later has told something else."""
HOLIDAY = re.compile(
    r"\bс (?:наступающим|прошедшим|новым годом|старым новым|дн[её]м|рождеством|пасхой|масленицей|крещением|праздником"
    r"|юбилеем|8|23|9 мая|1 мая)\b",
    re.IGNORECASE,
)
DATED = re.compile(r"\d+(?:\s*-?\s*(?:м|го|е|й))?\s+(?:январ|феврал|март|ма[йя]|июн|год)", re.IGNORECASE)
MOCKERY = re.compile(r"[«»\"“”„🤬😡😠👎😂🤣🤦]")
"""Quotation marks turn praise round, and so do these faces."""


def is_thanks(text: str, words: Sequence[Word], lemmas: Sequence[str]) -> bool:
    """Thanks for a good thing or deed: no complaint, request, question, turn or irony. Lemmas are the author's own."""
    if "?" in text or MOCKERY.search(text) or len(lemmas) > LONGEST_THANKS:
        return False
    at = next((place for place, lemma in enumerate(lemmas) if lemma in THANKS), None)
    irony = IRONY - ATTENTION if CARE.intersection(lemmas) else IRONY
    if at is None or not CONTRAST.isdisjoint(lemmas) or not irony.isdisjoint(lemmas):
        return False
    solved = any(word.lemma == "решить" and FINISHED.search(word.lower) for word in words)
    if any(lemma in PROBLEM and lemma not in MATTER and not (solved and lemma == "вопрос") for lemma in lemmas):
        return False
    if _asks(words):
        return False
    if not TROUBLE.isdisjoint(lemmas) and REMEDY.isdisjoint(lemmas):
        return False
    pieces = list(_pieces(text, words, CLAUSE_ENDS))
    return (_means(lemmas[at:]) or any(map(_done, pieces))) and all(map(_pleased, pieces))


def _means(lemmas: Sequence[str]) -> bool:
    """Whether thanks are warm or are all there is; where they name what they are for, that must be good."""
    if "за" in lemmas:
        cause = lemmas[lemmas.index("за") :]
        return any(lemma in GOOD or lemma in KIND or lemma in PRAISE for lemma in cause)
    others = [lemma for lemma in lemmas if lemma not in THANKS and lemma not in SMALL_TALK]
    return not others or any(lemma in WARM or lemma in KIND or lemma in PRAISE for lemma in lemmas)


def _pleased(piece: Sequence[Word]) -> bool:
    """Whether a clause thanks, praises, tells of a deed done, or greets; one that does not may be the problem."""
    lemmas = [word.lemma for word in piece]
    if _done(piece) or SMALL_TALK.issuperset(lemmas):
        return True
    thanks = next((place for place, lemma in enumerate(lemmas) if lemma in THANKS), None)
    if thanks is None:
        return not (KIND | PRAISE).isdisjoint(lemmas)
    return all(lemma in SMALL_TALK or lemma in WARM or lemma in LEAD for lemma in lemmas[:thanks])


def _done(piece: Sequence[Word]) -> bool:
    """Whether a clause tells of a repair done, or of what was dirty and is cleared; not of what else was taken away."""
    done = {word.lemma for word in piece if word.lemma in REMEDY and FINISHED.search(word.lower)}
    lemmas = {word.lemma for word in piece}
    if not done.isdisjoint(SUPPLYING) and not SUPPLIED.isdisjoint(lemmas):
        return lemmas <= SUPPLYING | SUPPLIED | SMALL_TALK | {"наконец", "горячий", "холодный"}
    if done.isdisjoint(CLEARING):
        return not done.isdisjoint(REPAIR)
    return any(word.lemma in CLEARED for word in piece)


def is_wish(text: str, lemmas: Sequence[str]) -> bool:
    """Congratulations of nothing but the words of congratulations; the only numbers are dates."""
    if WISHES.isdisjoint(lemmas) and HOLIDAY.search(text) is None:
        return False
    if "?" in text or MOCKERY.search(text) or any(character.isdecimal() for character in DATED.sub("", text)):
        return False
    return all(lemma in WISHES or lemma in WISHED or lemma in SMALL_TALK or lemma in PRAISE for lemma in lemmas)


def is_classified(text: str, words: Sequence[Word], lemmas: Sequence[str]) -> bool:
    """A private advertisement or an offer of work: opens as one, has a price, a contact or a call, and no trouble."""
    if "?" in text or not words:
        return False
    offers = any(word.lower in SELLING for word in words[:2]) and HAGGLING.search(text) is not None
    hires = lemmas[0] in HIRING and not HIRED.isdisjoint(lemmas)
    called = CONTACT.search(text) is not None or any(word.lower in CALLS for word in words)
    if not offers and not (hires and called):
        return False
    return all(lemma not in PROBLEM or lemma in SOLD or lemma in HIRED for lemma in lemmas)


def is_echo(text: str, lemmas: Sequence[str]) -> bool:
    """«У нас так же», «и так каждый день»: a complaint about what others have complained of."""
    return not NOT_TALK.isdisjoint(lemmas) or AT_OURS.search(text) is not None


def is_remark(text: str, lemmas: Sequence[str]) -> bool:
    """Agreement, laughter, a good wish: a sign of it, and nothing but the words that fill up such remarks."""
    if "?" in text or MOCKERY.search(text) or len(lemmas) > LONGEST_REMARK or TALK_SIGNS.isdisjoint(lemmas):
        return False
    if is_echo(text, lemmas) or any(char.isdecimal() for char in text):
        return False
    return all(
        lemma in TALK_SIGNS or lemma in TALK_WORDS or lemma in SMALL_TALK or lemma in PRAISE or lemma in WISHED
        for lemma in lemmas
    )


def is_bait(text: str, words: Sequence[Word], lemmas: Sequence[str]) -> bool:
    """An offer of money or goods, with a call or a contact, and no word of a problem or of advertising as a problem."""
    if "?" in text or not (EASY_MONEY.search(text) or any(lemma in BAIT for lemma in lemmas)):
        return False
    signs = (
        CONTACT.search(text) is not None,
        AMOUNT.search(text) is not None,
        any(word.lower in CALLS for word in words),
        any(lemma in ADVERTISING and lemma not in BAIT for lemma in lemmas),
    )
    if sum(signs) < 2:
        return False
    offered = set(lemmas)
    if EASY_MONEY.search(text):
        offered -= {"без", "зарплата"}
    if (
        not PROBLEM.isdisjoint(offered)
        or not CONTRAST.isdisjoint(offered)
        or not ADVERTISED_TROUBLE.isdisjoint(offered)
    ):
        return False
    return not has_foreign_sentence(text, words) and not _asks(word for word in words if word.lower not in CALLS)


def has_foreign_sentence(text: str, words: Sequence[Word]) -> bool:
    """Whether a sentence, or the beginning, says nothing of what advertising says: it may be the citizen's own."""
    own = [word for word in words if not word.lower.isascii()]
    telling = [word for word in own if word.lemma not in SMALL_TALK]
    return not _advertises(telling[:LATEST_OFFER]) or not all(map(_advertises, _pieces(text, own, SENTENCE_ENDS)))


def _advertises(piece: Sequence[Word]) -> bool:
    return all(word.lemma in SMALL_TALK for word in piece) or any(
        word.lower in CALLS or word.lemma in BAIT or word.lemma in ADVERTISING or word.lower in EASY for word in piece
    )


def _pieces(text: str, words: Sequence[Word], ends: frozenset[str]) -> Iterator[list[Word]]:
    """The words between the marks of `ends`, in order."""
    piece: list[Word] = []
    for word in words:
        if piece and not ends.isdisjoint(text[piece[-1].end : word.start]):
            yield piece
            piece = []
        piece.append(word)
    if piece:
        yield piece


def _asks(words: Iterable[Word]) -> bool:
    """Whether a verb asks: an imperative, or a deed of the town's services that is not told as done."""
    return any(
        (word.lemma in MATTER and word.lemma.endswith(("ть", "чь")) and not DONE.search(word.lower))
        or (word.lower[0].isalpha() and word.lemma not in SMALL_TALK and "impr" in parses(word.lower)[0].tag)
        for word in words
    )
