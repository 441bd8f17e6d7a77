"""Replies: what each step of a problem owes its author, as text in good Russian, approved and ready to be sent.

A reply in the state `approved` whose `try_at` has come is to be sent (resolution.sending does).
"""

from resolution.replies.approval import mark
from resolution.replies.preview import Preview, preview
from resolution.replies.stage import replies_stage
from resolution.replies.steps import Deadlines

__all__ = ["Deadlines", "Preview", "mark", "preview", "replies_stage"]
