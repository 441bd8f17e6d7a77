"""The topic model: probabilities of topics and groups, decisions or an honest "I do not know", and the words behind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar, asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from models.topics import TopicDecision, TopicGuess
from nlp.topics.calibration import Tempering
from nlp.topics.features import Features
from nlp.topics.one_byte import from_bytes, to_bytes
from nlp.topics.second import UNSURE, SecondOpinion
from nlp.topics.shared import Loan, shared
from nlp.topics.spoken import Floats, spoken
from nlp.topics.vectors import sentence_vectors, unusable
from nlp.words import Word, words_of

FORMAT = 2
WEIGHTS, ABOUT = "weights.safetensors", "model.json"
BATCH = 512
EXPLAINED = 5
"""Words named as the reason of a guess."""


class ModelError(Exception):
    """A model folder is missing, broken or of another format; the message says which file."""


@dataclass
class TopicModel:
    """A trained classifier of texts into `labels`, the values of the column `label`.

    Label i belongs to `groups[group_of[i]]`. `weights` is (vocabulary + 300, labels + groups), or without the groups
    where each label is its own: rows of n-grams, lemmas and pairs, then of word vectors. `codes` gives each label the
    code and the group of the region's topic tree; without it codes are made of the numbers of group and label.
    `second` is asked only after `ask_second`: it costs forty times the time.
    """

    features: Features
    label: str
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    group_of: NDArray[np.int64]
    weights: Floats
    bias: Floats
    tempering: Tempering
    group_threshold: float
    label_threshold: float
    codes: Mapping[str, tuple[str, str]] | None = None
    second: SecondOpinion | None = None
    stored: InitVar[NDArray[np.int8] | None] = None
    """The weights of one byte each, where the caller has just read them: to round them anew takes longer."""
    looked_twice: int = field(default=0, init=False)
    """Texts of which the second opinion was taken so far."""
    version: str = field(default="", init=False)
    _asks_second: bool = field(default=False, init=False)

    def __post_init__(self, stored: NDArray[np.int8] | None) -> None:
        self.membership = np.zeros((len(self.labels), len(self.groups)), np.float64)
        self.membership[np.arange(len(self.labels)), self.group_of] = 1
        digest = hashlib.sha256((to_bytes(self.weights)[0] if stored is None else stored).tobytes())
        digest.update("\n".join(self.labels).encode())
        self.version = f"topics-{digest.hexdigest()[:12]}"

    def probabilities(self, texts: Sequence[str], words: Sequence[Sequence[Word]] | None = None) -> NDArray[np.float64]:
        """Calibrated probabilities (n, labels); `words` are the texts' tokens where the caller has them already."""
        found = np.zeros((len(texts), len(self.labels)), np.float64)
        for start in range(0, len(texts), BATCH):
            some = slice(start, start + BATCH)
            tokens = words[some] if words is not None else [words_of(text) for text in texts[some]]
            scores = self._scores(tokens)
            found[some] = self.tempering.probabilities(scores, self.group_of)
            if self._asks_second:
                self._look_twice(texts[some], scores, found[some])
        return found

    def ask_second(self, warn: Callable[[str], None]) -> None:
        """From now on look twice at what is not sure; where this cannot be, `warn` is told and nothing changes."""
        if self.second is None:
            return
        if reason := unusable():
            warn(f"the model could look twice at unsure texts, but {reason}: the fast model answers alone")
            return
        self._asks_second = True

    @property
    def least(self) -> tuple[float, float]:
        """The probabilities of a group and of a label from which the machine decides."""
        opinion = self.second if self._asks_second and self.second is not None else self
        return opinion.group_threshold, opinion.label_threshold

    def group_probabilities(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities of groups (n, groups): those of their topics, summed."""
        return np.asarray(probabilities @ self.membership, np.float64)

    def decide(self, texts: Sequence[str], words: Sequence[Sequence[Word]] | None = None) -> list[TopicDecision]:
        """The three best topics, the best group and whether the machine may decide, for each text."""
        tokens = words if words is not None else [words_of(text) for text in texts]
        probabilities = self.probabilities(texts, tokens)
        by_group = self.group_probabilities(probabilities)
        least, _ = self.least
        decisions = []
        for text, topic, group in zip(tokens, probabilities, by_group, strict=True):
            best = np.argsort(-topic)[:3]
            top = int(group.argmax())
            decisions.append(
                TopicDecision(
                    guesses=tuple(self._guess(int(at), float(topic[at])) for at in best),
                    group=self.groups[top],
                    group_probability=min(1.0, float(group[top])),
                    decided=bool(group[top] >= least),
                    words=self.reasons(text, int(best[0])),
                )
            )
        return decisions

    def reasons(self, words: Sequence[Word], label: int) -> tuple[str, ...]:
        """The forms that spoke most for a label, strongest first: by the weight of a word's lemma, or of its n-grams
        where the lemma is unknown (typos)."""
        own, idf = self.weights[:, label], self.features.idf
        forms = {word.lower: word for word in spoken(words) if len(word.lower) > 2 and not word.lower[0].isdigit()}
        known = {form: at for form, word in forms.items() if (at := self.features.lemma_at(word)) is not None}
        places = np.fromiter(known.values(), np.int64, len(known))
        worth = dict(zip(known, (idf[places] * own[places]).tolist(), strict=True))
        for form in forms.keys() - known.keys():
            grams = self.features.at(forms[form])
            worth[form] = float(idf[grams] @ own[grams])
        best = sorted((form for form in worth if worth[form] > 0), key=lambda form: (-worth[form], form))
        return tuple(best[:EXPLAINED])

    def save(self, folder: Path) -> None:
        """Write weights (one byte each, scaled by column) and the vocabulary; no pickle."""
        folder.mkdir(parents=True, exist_ok=True)
        weights, scale = to_bytes(self.weights)
        tensors: dict[str, NDArray[Any]] = {
            "weights": weights,
            "scale": scale,
            "bias": self.bias.astype(np.float32),
            "idf": self.features.idf,
            "centre": self.features.centre,
        }
        loan = self.features.lent
        if isinstance(loan, Loan):
            tensors["loan_centre"] = loan.centre
        save_file(tensors, str(folder / WEIGHTS))
        (folder / WEIGHTS).chmod(0o644)  # safetensors writes for the owner alone; a worker may be somebody else
        about = {
            "format": FORMAT,
            "kind": "topics",
            "label": self.label,
            "labels": self.labels,
            "groups": self.groups,
            "group_of": self.group_of.tolist(),
            "tempering": asdict(self.tempering),
            "group_threshold": self.group_threshold,
            "label_threshold": self.label_threshold,
            "second": self.second.save(folder) if self.second is not None else None,
            "loan": {"sources": loan.sources, "version": loan.version} if isinstance(loan, Loan) else None,
            "grams": self.features.grams,
            "lemmas": self.features.lemmas,
            "pairs": self.features.pairs,
        }
        (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, codes: Mapping[str, tuple[str, str]] | None = None) -> TopicModel:
        """The model of a folder. Raises ModelError."""
        about = _read_about(folder / ABOUT)
        try:
            tensors = load_file(str(folder / WEIGHTS))
            features = Features(
                tuple(about["grams"]),
                tuple(about["lemmas"]),
                tuple(about["pairs"]),
                tensors["idf"],
                tensors["centre"],
                _loan(folder, about["loan"], tensors),
            )
            return cls(
                features=features,
                label=str(about["label"]),
                labels=tuple(about["labels"]),
                groups=tuple(about["groups"]),
                group_of=np.array(about["group_of"], np.int64),
                weights=from_bytes(tensors["weights"], tensors["scale"]),
                bias=tensors["bias"],
                tempering=Tempering(**about["tempering"]),
                group_threshold=float(about["group_threshold"]),
                label_threshold=float(about["label_threshold"]),
                codes=codes,
                second=SecondOpinion.load(folder, about["second"]) if about.get("second") else None,
                stored=tensors["weights"],
            )
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{folder / WEIGHTS}: {error}") from error

    def _scores(self, tokens: Sequence[Sequence[Word]]) -> NDArray[np.float64]:
        rows = self.features.rows(tokens)
        size = self.features.size
        scores = rows.sparse @ self.weights[:size] + rows.dense @ self.weights[size:] + self.bias
        return np.asarray(scores, np.float64)

    def _look_twice(self, texts: Sequence[str], scores: NDArray[np.float64], found: NDArray[np.float64]) -> None:
        """Put the probabilities of both opinions in place of those (rows of `found`) that are not sure."""
        unsure = np.flatnonzero(found.max(axis=1) < UNSURE)
        if self.second is None or not len(unsure):
            return
        vectors = sentence_vectors([texts[at] for at in unsure.tolist()])
        found[unsure] = self.second.probabilities(scores[unsure], vectors, self.group_of)
        self.looked_twice += len(unsure)

    def _guess(self, label: int, probability: float) -> TopicGuess:
        name = self.labels[label]
        group = int(self.group_of[label])
        made = f"{group + 1:02}.{label + 1:03}", self.groups[group]
        code, group_name = (self.codes or {}).get(name, made)
        return TopicGuess(code, name, group_name, probability)


def _loan(folder: Path, about: Mapping[str, Any] | None, tensors: Mapping[str, NDArray[Any]]) -> Loan | None:
    if about is None:
        return None
    lender = shared()
    if about["version"] != lender.version:
        raise ModelError(
            f"{folder}: made with another shared representation ({about['version']}, here {lender.version}); "
            "train it again"
        )
    return lender.loan(about["sources"], tensors["loan_centre"])


def _read_about(path: Path) -> dict[str, Any]:
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: {error}") from error
    if not isinstance(about, dict) or about.get("kind") != "topics":
        raise ModelError(f"{path}: not a topic model")
    if about.get("format") != FORMAT:
        raise ModelError(f"{path}: format {about.get('format')}, this program reads format {FORMAT}")
    return about
