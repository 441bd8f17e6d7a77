"""The durable log between stages: one contract (streams.contract), two engines: Kafka and the embedded one."""

from streams.contract import Connection, Handler, Retry, Stage
from streams.log import StreamError, append, create_streams

__all__ = ["Connection", "Handler", "Retry", "Stage", "StreamError", "append", "create_streams"]
