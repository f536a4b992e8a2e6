"""The only reader of the environment. Every field has a good default; no secret has one."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Self

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """How this office is run. Each field is read from the variable of the same name in capitals.

    data: folder for the embedded database, documents, letters and the session key
    database_url: PostgreSQL, or empty for the embedded SQLite in `data`
    training: a training office, whose clock can be moved and whose accounts are listed
    law_dir: a folder of further `regulations/`, `taxonomies/` and `calendars/`, loaded beside the shipped ones
    font_dir: a folder with the Noto Sans CJK SC fonts for printing, looked into beside the system's
    public_base_url: where the public reaches this office, written into letters; http://HOST:PORT unless given
    host, port: where the web server listens
    smtp_url: smtp://user:password@host:port of the mail server; empty keeps letters in `data`/letters
    mail_from: the sender of letters
    max_document_mib: the largest document taken, in MiB
    secret_key: signs session cookies; empty means one made at first start and kept in `data`
    key_passphrase: opens the keys that sign statements and certificates; empty means that nothing is signed (in training one is made)
    session_hours, token_days: how long a sign-in and an API token last
    open_data_days: for how many days an edition of the open data is kept
    open_data_licence: the address of the licence that the department has given the open data; empty means none is claimed
    webhook_ca: a PEM file of certificate authorities trusted for webhooks beside the machine's own
    webhook_networks: private networks that webhooks may reach all the same ("10.1.0.0/16,10.2.0.7"); none unless said
    log_witnesses: who witnesses the public log, as "URL KEY, URL KEY" (docs/operations.md); empty means nobody
    log_quorum: how many of them a checkpoint needs; 0 means more than half
    log_stop_hours: after how many hours without them no certificate is issued; 0 means never
    trusted_proxies: how many reverse proxies stand in front (their X-Forwarded-* is believed)
    """

    data: Path = Path("data")
    database_url: str = ""
    training: bool = False
    law_dir: str = ""
    font_dir: str = ""
    public_base_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "registry@localhost"
    max_document_mib: int = 20
    secret_key: str = field(default="", repr=False)
    key_passphrase: str = field(default="", repr=False)
    session_hours: int = 12
    token_days: int = 90
    open_data_days: int = 31
    open_data_licence: str = ""
    webhook_ca: str = ""
    webhook_networks: str = ""
    log_witnesses: str = ""
    log_quorum: int = 0
    log_stop_hours: int = 24
    trusted_proxies: int = 0

    @classmethod
    def from_environment(cls, environment: dict[str, str] | None = None) -> Self:
        """Read the environment; a value of the wrong type is an error that names its variable."""
        source = os.environ if environment is None else environment
        given: dict[str, object] = {}
        for f in fields(cls):
            name = f.name.upper()
            if source.get(name):
                given[f.name] = _read(name, source[name], type(f.default))
        settings = replace(cls(), **given)  # type: ignore[arg-type]
        if "public_base_url" in given:
            return replace(settings, public_base_url=settings.public_base_url.rstrip("/"))
        return replace(settings, public_base_url=f"http://{settings.host}:{settings.port}")

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database in use."""
        return self.database_url or f"sqlite:///{(self.data / 'registry.sqlite').absolute()}"

    @property
    def max_document_bytes(self) -> int:
        return self.max_document_mib * MEBIBYTE

    def session_key(self) -> str:
        """The key that signs session cookies: the one given, or one made once and kept readable to its owner only."""
        return self.secret_key or self._made_once("session.key")

    def passphrase(self) -> str:
        """What opens the keys: the one given; in training one made once. "" where nothing is to be signed."""
        return self.key_passphrase or (self._made_once("keys.passphrase") if self.training else "")

    def _made_once(self, name: str) -> str:
        path = self.data / name
        self.data.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        return path.read_text().strip()


def _read(name: str, value: str, kind: type) -> object:
    if kind is bool:
        if value.lower() not in {"0", "1", "true", "false", "yes", "no"}:
            raise ValueError(f"{name}: expected yes or no, got {value!r}")
        return value.lower() in {"1", "true", "yes"}
    if kind is int:
        try:
            return int(value)
        except ValueError:
            raise ValueError(f"{name}: expected a whole number, got {value!r}") from None
    return Path(value) if issubclass(kind, Path) else value
