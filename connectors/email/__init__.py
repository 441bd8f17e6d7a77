"""The channel of e-mail: replies as letters."""

from connectors.email.letter import letter
from connectors.email.send import EmailSender

__all__ = ["EmailSender", "letter"]
