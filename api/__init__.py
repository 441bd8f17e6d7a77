"""The web server: JSON API and pages. `create_app(Context(...))` makes it; the composition root gives the context."""

from api.context import Context

__all__ = ["Context"]
