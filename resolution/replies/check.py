"""What is wrong in the templates of replies that a region pack brings: found before a reply needs them."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2.exceptions import TemplateSyntaxError

from models.finding import Finding
from models.pack import RegionPack
from resolution.replies.render import REGION, Templates
from resolution.replies.signatures import NAME, Signatures


def findings(pack: RegionPack) -> Iterator[Finding]:
    """Templates that cannot be read, and those that stand in no house template's place; signatures of no body.

    A pack may do without. Raises PackError where signatures.json is broken.
    """
    yield from _signatures(pack)
    folder = pack.path(REGION)
    if not folder.is_dir():
        return
    templates = Templates(pack)
    for path in sorted(folder.rglob("*.txt")):
        name = path.relative_to(folder).as_posix()
        try:
            templates.compiled(name)
        except TemplateSyntaxError as error:
            yield Finding(f"{REGION}/{name}", error.lineno, str(error.message))
        if not templates.replaces(name):
            yield Finding(f"{REGION}/{name}", 0, "the house has no template of this name: nothing asks for it")


def _signatures(pack: RegionPack) -> Iterator[Finding]:
    if not pack.path(NAME).is_file():
        return
    Signatures.of_pack(pack)
    bodies = {row["code"] for row in pack.rows("bodies.csv")}
    for code in sorted(pack.json(NAME)["bodies"].keys() - bodies):
        yield Finding(NAME, 0, f"no body {code!r} in bodies.csv")
