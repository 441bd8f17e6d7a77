"""Numbers written as words, and how a counted noun agrees with its number."""

from __future__ import annotations

from nlp.lemmas import parses

CARDINALS = {
    "один": 1, "два": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "восемь": 8, "девять": 9,
    "десять": 10, "двенадцать": 12, "пятнадцать": 15, "двадцать": 20, "тридцать": 30, "сорок": 40, "пятьдесят": 50,
    "сто": 100, "двое": 2, "трое": 3, "четверо": 4, "пятеро": 5,
}  # fmt: skip
ORDINALS = {
    "второй": 2, "третий": 3, "четвертый": 4, "пятый": 5, "шестой": 6, "седьмой": 7, "восьмой": 8, "девятый": 9,
    "десятый": 10,
}  # fmt: skip
# forms after «в течение», «около», «более»: the lemma dictionary is not asked for words this frequent
CARDINAL_FORMS = {
    **CARDINALS,
    "две": 2, "двух": 2, "трех": 3, "четырех": 4, "пяти": 5, "шести": 6, "семи": 7, "восьми": 8, "девяти": 9,
    "десяти": 10, "двумя": 2, "тремя": 3, "четырьмя": 4, "пятью": 5, "двоих": 2, "троих": 3, "четверых": 4, "двоими": 2,
    "троими": 3,
}  # fmt: skip


def counts(number: int, form: str) -> bool:
    """Whether `form` stands as a noun counted by `number` does: «2 дома», «5 домов», «21 дом».

    Tells «5 домов» (a count) from «5 дом» (the house with that number).
    """
    last, teens = number % 10, 10 < number % 100 < 20
    if last == 1 and not teens:
        number_of_noun, case = "sing", "nomn"
    elif last in (2, 3, 4) and not teens:
        number_of_noun, case = "sing", "gent"
    else:
        number_of_noun, case = "plur", "gent"
    return any({number_of_noun, case} in parse.tag for parse in parses(form))


def begins_with_noun(folded_after: str) -> bool:
    """Whether a noun comes next, so that a number before it may be the noun's: «…, 10 поликлиника»."""
    return bool(folded_after) and parses(folded_after)[0].tag.POS in ("NOUN", "ADJF")
