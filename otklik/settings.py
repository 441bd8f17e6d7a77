"""Settings: what may be set from outside, with defaults that need nothing installed. docs/settings.md lists them."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A setting has a value that cannot be; the message names the variable and what is allowed."""


class Settings(BaseSettings):
    """Every setting is an environment variable with the prefix OTKLIK_."""

    model_config = SettingsConfigDict(env_prefix="OTKLIK_", extra="ignore")

    data_folder: Path = Field(
        default=Path.home() / ".local" / "share" / "otklik",
        description="Folder of the embedded database server, of attachments, of trained models and of the secret key.",
    )
    database_url: str = Field(
        default="",
        description="A PostgreSQL server to use in place of the embedded one: postgresql://user:password@host/db.",
    )
    kafka: str = Field(
        default="",
        description="Kafka bootstrap servers (host:port, comma-separated); empty: the embedded engine.",
    )
    kafka_prefix: str = Field(default="otklik", description="How the names of our topics and groups begin.")
    kafka_replicas: int = Field(default=1, ge=1, description="Replicas of each topic that is made.")
    kafka_retention_days: int = Field(
        default=30, ge=1, description="Days that a topic keeps an event; the table keeps all."
    )
    kafka_client: Literal["kafka-python", "confluent"] = Field(
        default="kafka-python",
        description="Kafka client library: kafka-python, or confluent (pip install otklik[confluent]).",
    )
    kafka_options: dict[str, Any] = Field(
        default={}, description="Options of the client library as a JSON object: SASL, TLS, timeouts (docs/streams.md)."
    )
    region: str = Field(default="omsk", description="Region whose appeals this installation takes by default.")
    host: str = Field(default="127.0.0.1", description="Address on which the web server listens.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port of the web server; 0 takes a free one.")
    nlp_workers: int = Field(default=1, ge=0, description="Processes of the language stage.")
    topic_vectors: bool = Field(
        default=False,
        description="Look twice at unsure topics by sentence vectors: 1-3 points better, 0.1 s of a core a text "
        "(pip install otklik[vectors]).",
    )
    routing_workers: int = Field(default=1, ge=0, description="Processes of the routing stage.")
    partitions: int = Field(default=8, ge=1, le=1024, description="Partitions of each stream.")
    batch: int = Field(
        default=100,
        ge=1,
        le=10_000,
        description="Events a worker takes at once; of the stream of problems four times as many.",
    )
    secret: str = Field(
        default="",
        description="Key that signs citizens' links; empty: made once and kept in the data folder.",
    )
    public_url: str = Field(default="", description="Address that citizens see, for links; empty: as requested.")
    smtp: str = Field(
        default="",
        description="Mail server for notices to staff and replies to citizens: smtp://user:password@host:587 (with "
        "STARTTLS where a user is named), smtps://… (TLS); empty: notices and replies stand on the pages alone.",
    )
    smtp_from: str = Field(default="", description="Address that e-mails with notices come from.")
    reply_from: str = Field(
        default="", description="Address that e-mails with replies to citizens come from; empty: OTKLIK_SMTP_FROM."
    )
    vk_token: str = Field(default="", description="Token of the VK community that answers; empty: replies by VK wait.")
    vk_api: str = Field(default="https://api.vk.com", description="Address of VK's API.")
    telegram_token: str = Field(
        default="", description="Token of the Telegram bot that answers; empty: replies by Telegram wait."
    )
    telegram_api: str = Field(default="https://api.telegram.org", description="Address of Telegram's API.")
    tile_url: str = Field(
        default="",
        description="Map tile server, https://…/{z}/{x}/{y}.png; empty: maps are drawn from the pack.",
    )
    largest_text: int = Field(default=100_000, ge=1, description="Characters of an appeal's text at most.")
    largest_attachment: int = Field(default=20_000_000, ge=1, description="Bytes of one attachment at most.")
    appeals_per_address: int = Field(
        default=100, ge=0, description="Appeals that one address may send in an hour by the form or the API; 0: any."
    )
    appeals_per_contact: int = Field(
        default=10, ge=0, description="Appeals in an hour with one e-mail address or telephone; 0: any."
    )
    photos_per_address: int = Field(
        default=200, ge=0, description="Photos of appeals that one address may send in an hour; 0: any."
    )
    visits_per_address: int = Field(
        default=600, ge=0, description="Public pages and data that one address may ask for in a minute; 0: any."
    )
    unlimited_addresses: str = Field(
        default="127.0.0.0/8,::1/128",
        description="Networks without these four limits (comma-separated): this machine, systems that hand in appeals.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        description="Proxies (addresses or networks, comma-separated) whose X-Forwarded-For is believed.",
    )
    traceback: bool = Field(default=False, description="Show where an unexpected error of a command happened.")
    secure_cookies: bool = Field(default=False, description="Cookies over HTTPS only; set it behind TLS.")

    @field_validator("database_url")
    @classmethod
    def readable(cls, address: str) -> str:
        """An address that libpq can read."""
        try:
            conninfo_to_dict(address)
        except psycopg.ProgrammingError as error:
            raise ValueError("is no address of a database: postgresql://user:password@host/database") from error
        return address

    @field_validator("unlimited_addresses", "trusted_proxies")
    @classmethod
    def of_networks(cls, listed: str) -> str:
        """Addresses and networks that the ipaddress module can read."""
        for each in filter(None, map(str.strip, listed.split(","))):
            try:
                ip_network(each)
            except ValueError as error:
                raise ValueError(f"is no list of networks: {error}") from error
        return listed


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once. Raises SettingsError."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = (
            f"OTKLIK_{str(each['loc'][0]).upper()}: {each['msg'].removeprefix('Value error, ')}"
            for each in error.errors(include_url=False)
        )
        raise SettingsError("; ".join(wrong)) from error
