"""How a text is read that was not typed in plain Russian: other alphabets, other keys, broken and joined words."""

from nlp.script.alignment import Alignment, Edit, applied
from nlp.script.legible import READERS

__all__ = ["READERS", "Alignment", "Edit", "applied"]
