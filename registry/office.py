"""The office: law, books and clock put together, from which units of work are opened. It wires; it rules on nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from registry.actors import PUBLIC, SYSTEM, Actor
from registry.books import ledger, lives, schema
from registry.books.engine import make_engine, reading
from registry.books.glance import Glance
from registry.books.log import entries as log
from registry.books.models import OfficeFact
from registry.books.vault import Vault
from registry.clock import Clock, SystemClock, office_day
from registry.desks import credentials
from registry.desks.bills.keep import Counter
from registry.desks.idle import idle_acts
from registry.errors import BadInput, Finding, OnlyInTraining, ReadOnly, outdated
from registry.law.library import load_law
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.seal.keys import Keyring, did_of
from registry.settings import Settings
from registry.words import Text

TRAINING, CLOCK_OFFSET = "training", "clock_offset_seconds"


class Office:
    """One registry office over one database.

    `further_law` names folders of regulations, taxonomies and calendars beside the shipped ones and settings.law_dir.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None, further_law: Sequence[Path] = ()) -> None:
        self.settings = settings
        own = [Path(settings.law_dir)] if settings.law_dir else []
        self.law = load_law(*further_law, *own)
        settings.data.mkdir(parents=True, exist_ok=True)
        self.engine = make_engine(settings.database)
        self._reading = reading(self.engine)
        self._writing = self.engine.execution_options(writing=True)
        self.vault = Vault(settings.data / "documents")
        self.glance = Glance(self.engine)
        self.keys = Keyring(settings.data / "keys", did_of(settings.public_base_url), settings.passphrase())
        self.bills = Counter(settings.data / "bills", self.now, self.glance, self.law, lambda: self.reading(PUBLIC))
        self.clock: Clock = clock or (TrainingClock(self) if settings.training else SystemClock())

    @property
    def is_training(self) -> bool:
        return self.settings.training

    def now(self) -> datetime:
        return self.clock.now()

    def today(self) -> date:
        return office_day(self.now())

    def prepare(self) -> None:
        """Bring the database to the present schema and mark it as a training office's or a real one's.

        A database keeps that mark: a real register is never opened as training, nor the reverse.
        """
        if not schema.is_current(self.engine):
            schema.migrate(self.engine)
        with Session(self._writing) as session, session.begin():
            ledger.lock_head(session)
            mark = session.get(OfficeFact, TRAINING)
            wanted = "yes" if self.is_training else "no"
            if mark is None:
                session.add(OfficeFact(key=TRAINING, value=wanted))
            elif mark.value != wanted:
                raise OnlyInTraining(Text(
                    "该数据库的用途（培训或正式）与当前设置不一致，拒绝打开。",
                    "This database was made for the other purpose (training or real); it will not be opened so.",
                ))
            lives.keep_missing(session)
            self._begin_log(session)

    def _begin_log(self, session: Session) -> None:
        """Take into the log, once, what was done before there was one; the ledger says so."""
        credentials.keep_missing(Registrar(session, self.law, self.now(), SYSTEM, self.settings, self.vault), self.keys)
        if count := log.take_over(session, self.now()):
            ledger.append(session, at=self.now(), actor=SYSTEM.login, role=Role.ADMINISTRATOR, subject=("log", "log"),
                          act="begin_log", facts={"entries": count})

    @contextmanager
    def registrar(self, actor: Actor, *, expected: int | None = None) -> Iterator[Registrar]:
        """A writing unit: one transaction, one instant, one actor. Commits on leaving, undoes everything on any exception.
        ReadOnly while the office is closed to writing.

        Whoever loses a race is told so (Outdated), never by a message of the database.
        """
        with Session(self._writing, expire_on_commit=False) as session:
            try:
                if (why := ledger.lock_head(session).closed) is not None:
                    raise ReadOnly(Text(**why), action=Text("查询和核验照常；请联系运行本系统的单位。",
                                                            "Reading and verifying go on; ask whoever runs this registry."))
                r = Registrar(session, self.law, self.now(), actor, self.settings, self.vault, expected, idle_acts)
                yield r
                credentials.keep_credentials(r, self.keys, lives.keep_touched(session))
                log.append_waiting(session)
                session.commit()
            except (StaleDataError, IntegrityError) as race:
                raise outdated() from race
            except OperationalError as busy:
                if "locked" in str(busy) or "deadlock" in str(busy):
                    raise outdated() from busy
                raise

    @contextmanager
    def reading(self, actor: Actor) -> Iterator[Registrar]:
        """A unit that only reads, as of one moment."""
        with Session(self._reading) as session:
            yield Registrar(session, self.law, self.now(), actor, self.settings, self.vault, idle=idle_acts)

    def close_books(self, why: Text | None) -> None:
        """Let nobody write, in any process, and tell everybody why; None lets them again."""
        with Session(self._writing) as session, session.begin():
            ledger.lock_head(session).closed = None if why is None else {"zh": why.zh, "en": why.en}

    def set_clock(self, to: datetime) -> None:
        """Move a training office's clock forward to `to`. OnlyInTraining elsewhere; BadInput for an instant already past."""
        if not self.is_training:
            raise OnlyInTraining(Text("只有培训环境可以调整时钟。", "Only a training office's clock can be moved."))
        if to < self.now():
            message = Text("时钟只能向前调整。", "The clock only moves forward.")
            raise BadInput(message, findings=[Finding("to", "past", message)])
        offset = to - SystemClock().now()
        with Session(self._writing) as session, session.begin():
            session.merge(OfficeFact(key=CLOCK_OFFSET, value=str(int(offset.total_seconds()))))
        if hasattr(self.clock, "set"):
            self.clock.set(to)

    def close(self) -> None:
        self.glance.close()
        self.engine.dispose()


class TrainingClock:
    """The machine's clock, moved by what the office's books say; every process of the office reads the same offset."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def now(self) -> datetime:
        with Session(self._office.engine) as session:
            fact = session.get(OfficeFact, CLOCK_OFFSET)
        return SystemClock().now() + timedelta(seconds=int(fact.value) if fact else 0)
