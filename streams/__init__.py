"""The durable log between stages: one contract (streams.contract), two engines: Kafka and the embedded one."""

from streams.contract import Connection, Consumer, Engine, Handler, Retry, Stage
from streams.embedded import EmbeddedEngine
from streams.log import StreamError, append, create_streams, partitions_of
from streams.offsets import Lag, appended, lag, move, rewind
from streams.quarantine import Quarantined, ask_replay, quarantined
from streams.stop import Stop
from streams.worker import work

__all__ = [
    "Connection",
    "Consumer",
    "EmbeddedEngine",
    "Engine",
    "Handler",
    "Lag",
    "Quarantined",
    "Retry",
    "Stage",
    "Stop",
    "StreamError",
    "append",
    "appended",
    "ask_replay",
    "create_streams",
    "lag",
    "move",
    "partitions_of",
    "quarantined",
    "rewind",
    "work",
]
