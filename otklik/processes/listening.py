"""The web server's socket, taken before anything else is started."""

from __future__ import annotations

import errno
import socket

BACKLOG = 256


class PortError(Exception):
    """The address cannot be listened on; the message is one clear line."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortError where the port is busy or may not be used."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise PortError(f"cannot listen on {host}: {error.strerror}; nothing was started.") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            why = f"port {port} of {host} is busy: another program listens there"
        else:
            why = f"cannot listen on {host}:{port}: {error.strerror}"
        raise PortError(f"{why}; nothing was started. Free it or set another OTKLIK_PORT.") from error
    return listening


def address_of(listening: socket.socket) -> str:
    """The address for a browser on this machine."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{host}:{port}"
