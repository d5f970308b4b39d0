"""Writes documents with their lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from backend.inventory.domain.document import Document, DocumentLine
from backend.inventory.domain.error import MovementRepeated
from kit.db.error import RunAgain, is_duplicate
from kit.domain.identity import new_id
from kit.repository.base import Repository


class DocumentRepository(Repository[Document]):
    """Documents are written once."""

    entity = Document

    def write(self, document: Document) -> None:
        """Raises `MovementRepeated` when its reference is known."""
        self.add(document)
        try:
            self.flush()
        except IntegrityError as error:
            if not is_duplicate(error):
                raise
            taken = is_duplicate(error, "inv_document.no") or is_duplicate(error, "uq_inv_document_no")
            # Which of two violated constraints is named differs: a reference of its own is the number once more.
            if taken or document.reference.endswith(document.no):
                raise RunAgain from None
            raise MovementRepeated from None

    def write_lines(self, document: Document, lines: Sequence[dict[str, Any]]) -> None:
        """With one statement."""
        if lines:
            same = {"document_id": document.id}
            self.session.execute(insert(DocumentLine), [{"id": new_id()} | same | line for line in lines])
