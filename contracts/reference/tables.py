"""The tables of the store, and the statements that it asks of them."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

TABLES = MetaData()
STREAMS = Table(
    "streams",
    TABLES,
    Column("machine", String(32), primary_key=True),
    Column("stream", String(200), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("state", LargeBinary, nullable=False),
)
EVENTS = Table(
    "events",
    TABLES,
    Column("machine", String(32), primary_key=True),
    Column("stream", String(200), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("recorded", String(40), nullable=False),
    Column("event", LargeBinary, nullable=False),
    ForeignKeyConstraint(["machine", "stream"], ["streams.machine", "streams.stream"]),
)
OUTBOX = Table(
    "outbox",
    TABLES,
    Column("position", Integer, primary_key=True),
    Column("event_id", String(300), nullable=False, unique=True),
    Column("envelope", LargeBinary, nullable=False),
    Column("delivered", Integer, nullable=False, index=True),
    sqlite_autoincrement=True,
)
INBOX = Table(
    "inbox",
    TABLES,
    Column("event_id", String(300), primary_key=True),
    Column("context", String(32), primary_key=True),
)
DEAD_LETTERS = Table(
    "dead_letters",
    TABLES,
    Column("event_id", String(300), primary_key=True),
    Column("context", String(32), primary_key=True),
    Column("code", String(64), nullable=False),
    Column("text", String, nullable=False),
)
PARKED_LETTERS = Table(
    "parked_letters",
    TABLES,
    Column("context", String(32), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("letter", LargeBinary, nullable=False),
)
POSTINGS = Table(
    "postings",
    TABLES,
    Column("position", Integer, primary_key=True),
    Column("day", String(10), nullable=False, index=True),
    Column("entry", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
DUE = Table(
    "due",
    TABLES,
    Column("machine", String(32), primary_key=True),
    Column("stream", String(200), primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
)
COUNTERS = Table("counters", TABLES, Column("kind", String(32), primary_key=True), Column("last", Integer))
ANSWERS = Table(
    "answers",
    TABLES,
    Column("key", String(400), primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False, server_default="0"),
)
ADDED: tuple[Column[int], ...] = (ANSWERS.c.at,)
"""What an older database lacks, and gets when it is opened."""

# Built once: the compiled text of a statement is cached by the statement itself.
STREAM = select(STREAMS.c.sequence, STREAMS.c.state).where(
    STREAMS.c.machine == bindparam("machine"), STREAMS.c.stream == bindparam("stream")
)
NAMES = select(STREAMS.c.stream).where(STREAMS.c.machine == bindparam("machine")).order_by(STREAMS.c.stream)
ADVANCE = (
    update(STREAMS)
    .where(
        STREAMS.c.machine == bindparam("of_machine"),
        STREAMS.c.stream == bindparam("of_stream"),
        STREAMS.c.sequence == bindparam("expected"),
    )
    .values(sequence=bindparam("new_sequence"), state=bindparam("new_state"))
)
UNDELIVERED = (
    select(OUTBOX.c.position, OUTBOX.c.envelope).where(OUTBOX.c.delivered == 0).order_by(OUTBOX.c.position).limit(1)
)
COUNT_UNDELIVERED = select(func.count()).where(OUTBOX.c.delivered == 0)
LAST_POSITION = select(func.max(OUTBOX.c.position))
DELIVERED = update(OUTBOX).where(OUTBOX.c.position == bindparam("of_position")).values(delivered=1)
PUBLISHED = (
    select(OUTBOX.c.position, OUTBOX.c.envelope)
    .where(OUTBOX.c.position > bindparam("after"))
    .order_by(OUTBOX.c.position)
    .limit(bindparam("most"))
)
HEARD = select(INBOX.c.event_id).where(
    INBOX.c.event_id == bindparam("event_id"), INBOX.c.context == bindparam("context")
)
BURIED = select(DEAD_LETTERS).order_by(DEAD_LETTERS.c.event_id, DEAD_LETTERS.c.context)
PARKED = (
    select(PARKED_LETTERS.c.letter)
    .where(PARKED_LETTERS.c.context == bindparam("context"), PARKED_LETTERS.c.subject == bindparam("subject"))
    .order_by(PARKED_LETTERS.c.place)
)
PARKED_KEYS = (
    select(PARKED_LETTERS.c.context, PARKED_LETTERS.c.subject)
    .distinct()
    .order_by(PARKED_LETTERS.c.context, PARKED_LETTERS.c.subject)
)
UNPARK = delete(PARKED_LETTERS).where(
    PARKED_LETTERS.c.context == bindparam("of_context"), PARKED_LETTERS.c.subject == bindparam("of_subject")
)
UNBURY = delete(DEAD_LETTERS).where(
    DEAD_LETTERS.c.event_id == bindparam("of_event"), DEAD_LETTERS.c.context == bindparam("of_context")
)
ENVELOPE = select(OUTBOX.c.envelope).where(OUTBOX.c.event_id == bindparam("event_id"))
IS_DUE = (
    select(DUE.c.at, DUE.c.machine, DUE.c.stream)
    .where(
        DUE.c.at <= bindparam("now"),
        tuple_(DUE.c.at, DUE.c.machine, DUE.c.stream)
        > tuple_(bindparam("after"), bindparam("after_machine"), bindparam("after_stream")),
    )
    .order_by(DUE.c.at, DUE.c.machine, DUE.c.stream)
    .limit(bindparam("most"))
)
SOONER_DUE = (
    update(DUE)
    .where(DUE.c.machine == bindparam("of_machine"), DUE.c.at > bindparam("new_at"))
    .values(at=bindparam("new_at"))
)
ALL_DUE = insert(DUE).from_select(
    ["machine", "stream", "at"],
    select(STREAMS.c.machine, STREAMS.c.stream, bindparam("new_at", type_=BigInteger)).where(
        STREAMS.c.machine == bindparam("of_machine"),
        STREAMS.c.stream.not_in(select(DUE.c.stream).where(DUE.c.machine == bindparam("of_machine"))),
    ),
)
NOT_DUE = delete(DUE).where(DUE.c.machine == bindparam("of_machine"), DUE.c.stream == bindparam("of_stream"))
POSTED = (
    select(POSTINGS.c.day, POSTINGS.c.entry).where(POSTINGS.c.day <= bindparam("until")).order_by(POSTINGS.c.position)
)
UNPOST = delete(POSTINGS).where(POSTINGS.c.day == bindparam("of_day"))
LAST = select(COUNTERS.c.last).where(COUNTERS.c.kind == bindparam("of_kind"))
COUNT = update(COUNTERS).where(COUNTERS.c.kind == bindparam("of_kind")).values(last=bindparam("new_last"))
ANSWER = select(ANSWERS.c.fingerprint, ANSWERS.c.status, ANSWERS.c.body, ANSWERS.c.at).where(
    ANSWERS.c.key == bindparam("key")
)
FORGET = delete(ANSWERS).where(ANSWERS.c.key == bindparam("of_key"))
INSERTS = {table.name: insert(table) for table in TABLES.sorted_tables}
