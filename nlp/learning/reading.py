"""Which texts a model was learnt from: four bytes of each text's digest, kept beside its weights.

A text that a model has read is no test of it. The record holds no text and too little to tell one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from nlp.topics.shared import fingerprints
from nlp.words import words_of

FILE = "read.safetensors"
Prints = NDArray[np.uint32]


def prints_of(texts: Sequence[str]) -> Prints:
    """The fingerprint of each text, in order."""
    return fingerprints([words_of(text) for text in texts])


def write_read(folder: Path, texts: Sequence[str]) -> None:
    """Note in a model's folder that it was learnt from these texts."""
    save_file({"texts": np.unique(prints_of(texts))}, str(folder / FILE))
    (folder / FILE).chmod(0o644)  # safetensors writes for the owner alone; a worker may be somebody else


def read_by(folder: Path) -> Prints | None:
    """Fingerprints of the texts that the folder's model was learnt from; None where nobody noted them."""
    try:
        return np.asarray(load_file(str(folder / FILE))["texts"], np.uint32)
    except (OSError, SafetensorError, KeyError):
        return None
