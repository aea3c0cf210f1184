"""The published documents, checked in so that anyone can read them, and always those that the model gives.

`python -m contracts.documents` writes them again; a test says when that is due.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec

from contracts.asyncapi_document import asyncapi_document
from contracts.openapi_document import openapi_document
from contracts.schemas_of_types import Json

HERE = Path(__file__).parent
DOCUMENTS: dict[Path, Callable[[], Json]] = {
    HERE / "openapi" / "windtunnel.json": openapi_document,
    HERE / "asyncapi" / "windtunnel.json": asyncapi_document,
}


def text_of(document: Json) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def write_documents() -> None:
    for path, document in DOCUMENTS.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text_of(document()))


if __name__ == "__main__":
    write_documents()
