"""The words of a text as the place finder reads them: parallel lists, hyphenated words taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from nlp.lemmas import lemma
from nlp.places.kinds import ABBREVIATIONS, may_be_kind
from nlp.words import Word

ORDINAL_ENDINGS = frozenset("я й е ая яя ой ый ий ое го ого ую ю ей х м ом му".split())
DASHES = frozenset("‐‑‒–—―−")
ALTERED = ("-", "ё", "Ё", *DASHES)
"""What is written otherwise in `forms`, or takes a word apart."""
LONGEST_ACRONYM = 3
LATIN_TWINS = str.maketrans("aceopxykmhtb", "асеорхукмнтв")


class Tokens:
    """Tokens of one text. `forms` are lower case with «ё» as «е»; `starts` and `ends` are offsets in the text."""

    def __init__(self, text: str, words: Sequence[Word]) -> None:
        self.text = text
        self.forms: list[str] = []
        self.lemmas: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        if words and not any(map(text.__contains__, ALTERED)):  # four texts in ten: as they are
            self.starts, self.ends, self.forms, self.lemmas = map(list, zip(*words, strict=True))
            return
        for word in words:
            lower = word.lower
            if len(lower) > 2 and "-" in lower and lower not in ABBREVIATIONS:
                self._add_parts(word)
            else:
                self.forms.append("-" if lower in DASHES else lower.replace("ё", "е"))
                self.lemmas.append(word.lemma)
                self.starts.append(word.start)
                self.ends.append(word.end)

    def _add_parts(self, word: Word) -> None:
        place = word.start
        for part in word.lower.replace("ё", "е").split("-"):
            if part:
                self.forms.append(part)
                self.lemmas.append(lemma(part))
                self.starts.append(place)
                self.ends.append(place + len(part))
            place += len(part) + 1

    @cached_property
    def kind_places(self) -> list[int]:
        """Tokens that may be the noun of a street's kind."""
        pairs = enumerate(zip(self.forms, self.lemmas, strict=True))
        return [place for place, (form, lemma_of_form) in pairs if may_be_kind(form, lemma_of_form)]

    @cached_property
    def number_places(self) -> list[int]:
        """Tokens that are numbers."""
        return [place for place, form in enumerate(self.forms) if form.isdecimal()]

    def __len__(self) -> int:
        return len(self.forms)

    def capital(self, place: int) -> bool:
        """Whether the token begins with a capital letter that means something: not in a text that shouts."""
        if not self.text[self.starts[place]].isupper():
            return False
        return not self.shouted(place)

    def shouted(self, place: int) -> bool:
        """Whether the token stands among words in capitals, as one of them."""
        if not self._in_capitals(place):
            return False
        return self._shouts or self._in_capitals(place - 1) or self._in_capitals(place + 1)

    @cached_property
    def _shouts(self) -> bool:
        """Whether most long words of the text are in capitals."""
        long_words = [place for place, form in enumerate(self.forms) if len(form) > LONGEST_ACRONYM and form.isalpha()]
        return 2 * sum(self._in_capitals(place) for place in long_words) > len(long_words)

    def _in_capitals(self, place: int) -> bool:
        if not 0 <= place < len(self.forms):
            return False
        word = self.text[self.starts[place] : self.ends[place]]
        return len(word) > LONGEST_ACRONYM and word.isupper()

    def glued(self, place: int) -> bool:
        """Whether no space stands between the token and the one before it."""
        return place > 0 and self.ends[place - 1] == self.starts[place]

    def after_ordinal(self, place: int) -> int:
        """The token after the number at `place` and its ordinal ending, if it has one («7-й», «21ая»)."""
        after = place + 1
        if after < len(self) and self.forms[after] in ORDINAL_ENDINGS and self.glued(after):
            return after + 1
        if after + 1 < len(self) and self.forms[after] == "-" and self.forms[after + 1] in ORDINAL_ENDINGS:
            return after + 2
        return after

    def ends_sentence(self, place: int) -> bool:
        """Whether the sign at `place` ends a sentence: a dot does after a whole word, not after «ул», «пер»."""
        return self.forms[place] in "!?…" or (self.forms[place] == "." and place > 0 and len(self.forms[place - 1]) > 4)

    def quoted(self, place: int) -> bool:
        """Whether a quotation mark opens right before the token."""
        return place > 0 and self.forms[place - 1] in "«\"“„`'"

    def before(self, place: int) -> int:
        """The token before `place` that is no quote or dot; -1 when there is none."""
        place -= 1
        while place >= 0 and self.forms[place] in '.«»"“”„':
            place -= 1
        return place
