"""What a rule answers to a step that cannot be taken."""

from __future__ import annotations


class Refused(Exception):
    """The step makes no sense for this problem as it stands; the message is Russian, for whoever took it."""


class Stale(Refused):
    """Somebody changed the problem after the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            "Пока вы смотрели, эту проблему изменил кто-то другой. Ваше действие не выполнено. "
            "Посмотрите, как она выглядит сейчас, и повторите, если нужно."
        )
