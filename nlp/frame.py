"""What the engine uses of spaCy, imported without spaCy's command line, which it never asks.

`spacy/__init__.py` imports one function of `spacy.cli`, and with it typer, requests, httpx and weasel: .6 of the 1.8 s
of the import. An empty module stands there during the import and is taken away after it: `import spacy.cli` works as
ever.
"""

from __future__ import annotations

import sys
from types import ModuleType

COMMAND_LINE, INFO = "spacy.cli", "spacy.cli.info"

_vacant = "spacy" not in sys.modules
if _vacant:
    _package, _info = ModuleType(COMMAND_LINE), ModuleType(INFO)
    _package.__path__ = []
    _info.info = None  # type: ignore[attr-defined]
    sys.modules.update({COMMAND_LINE: _package, INFO: _info})
try:
    from spacy import util
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.vocab import Vocab
finally:
    if _vacant:
        del sys.modules[COMMAND_LINE], sys.modules[INFO]

__all__ = ["Doc", "Language", "Vocab", "util"]
