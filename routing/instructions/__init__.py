"""Instructions (поручения) of a head: given, handed on in parts, reported, returned, closed, each with its clock."""

from routing.instructions.records import Instruction, Person, Point, Stale, Wish
from routing.instructions.rules import parts, sees
from routing.instructions.service import give, move, reach, step

__all__ = ["Instruction", "Person", "Point", "Stale", "Wish", "give", "move", "parts", "reach", "sees", "step"]
