"""Sending replies: to whom they go, how often they are tried, what is written down before and after.

`send_due` is what a process does again and again; `resend` what a person asks; `filled` puts the secret link in.
"""

from resolution.sending.record import ASK_VERDICT, Post, Way
from resolution.sending.resend import resend
from resolution.sending.retry import RETRY
from resolution.sending.send import send_due, send_next
from resolution.sending.text import filled

__all__ = ["ASK_VERDICT", "RETRY", "Post", "Way", "filled", "resend", "send_due", "send_next"]
