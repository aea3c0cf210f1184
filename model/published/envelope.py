"""The envelope of a published event: CloudEvents 1.0 attributes, and what insurance needs beside them.

`id` is stream and sequence, so that the same event always bears the same id; `time` is when it was recorded,
`effective` the day it takes effect. `correlationid` stays the same across a whole story, `causationid` is the event
or command that caused this one.
"""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from model.published.events import PublishedEvent

Source = Literal["/policy", "/billing", "/claims", "/payments", "/processes"]


class Envelope(Struct, frozen=True, kw_only=True, gc=False):
    id: str
    source: Source
    type: str
    subject: str
    time: datetime
    effective: date
    sequence: int
    correlationid: str
    causationid: str
    data: PublishedEvent
    specversion: Literal["1.0"] = "1.0"
    datacontenttype: Literal["application/json"] = "application/json"
