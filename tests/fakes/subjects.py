"""People who are logged in because a test says so."""

from __future__ import annotations

from collections.abc import Collection

from kit.security.permission import Permission
from kit.security.subject import Subject, SubjectKind
from kit.security.token import Claims, issue_access_token


class FakeSubjects:
    """A `SubjectSource` over a dictionary."""

    def __init__(self) -> None:
        self._subjects: dict[tuple[SubjectKind, int, int], Subject] = {}

    def find(self, *, kind: SubjectKind, subject_id: int, session_id: int) -> Subject | None:
        return self._subjects.get((kind, subject_id, session_id))

    def names(self, actors: Collection[str]) -> dict[str, str]:
        return {}

    def member(self, member_id: int = 42) -> dict[str, str]:
        """The headers of a logged-in customer."""
        return self._admit(Subject(SubjectKind.MEMBER, member_id, session_id=1))

    def staff(self, *permissions: Permission, staff_id: int = 7) -> dict[str, str]:
        """The headers of a logged-in member of staff with `permissions`."""
        held = frozenset(permission.value for permission in permissions)
        return self._admit(Subject(SubjectKind.STAFF, staff_id, session_id=1, permissions=held))

    def end_all_sessions(self) -> None:
        """Everybody is logged out."""
        self._subjects.clear()

    def _admit(self, subject: Subject) -> dict[str, str]:
        self._subjects[subject.kind, subject.id, subject.session_id] = subject
        token = issue_access_token(Claims(subject.kind, subject.id, subject.session_id))
        return {"Authorization": f"Bearer {token}"}
