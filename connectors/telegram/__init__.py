"""The channel of Telegram: messages of a bot."""

from connectors.telegram.send import LONGEST, TelegramSender

__all__ = ["LONGEST", "TelegramSender"]
