"""What an import keeps between its runs: reasons stay in both languages until somebody's sheet is written."""

from __future__ import annotations

import json
from dataclasses import replace

from backend.catalog.service.importing.applying import ImportState
from backend.catalog.service.importing.fault import Fault
from kit.domain.words import Words

FAULT = Fault(3, "售价(元)", "free", Words("不是金额", "Not an amount"), Words("请改正", "Correct it"))
STATE = ImportState(position=7, began="2026-11-20T08:00:00+00:00", conflict_count=1, conflicts=(FAULT,))


def test_a_checkpoint_keeps_both_languages() -> None:
    kept = ImportState.from_json(json.loads(json.dumps(STATE.as_json())))
    assert kept == STATE
    assert [(fault.reason.both, fault.remedy.both) for fault in kept.conflicts] == [
        (("不是金额", "Not an amount"), ("请改正", "Correct it"))
    ]


def test_a_checkpoint_from_before_goes_on_with_what_it_said() -> None:
    before = {"row": 3, "column": "售价(元)", "value": "free", "reason": "不是金额", "remedy": "请改正"}
    (fault,) = ImportState.from_json(STATE.as_json() | {"conflicts": [before]}).conflicts
    assert fault == replace(FAULT)
    assert fault.reason.both == ("不是金额", "不是金额")
