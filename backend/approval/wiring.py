"""Builds approval's services. Executors come later, from the wiring of the contexts above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask

from backend.approval.repository.request import RequestRepository
from backend.approval.repository.rule import RuleRepository
from backend.approval.service.configuring import Configuring
from backend.approval.service.deciding import Deciding
from backend.approval.service.executors import Executors
from backend.approval.service.following import Following
from backend.approval.service.query import RequestQuery
from backend.approval.service.submitting import Submitting
from kit.context.wiring import Wired


@dataclass(frozen=True)
class ApprovalServices:
    """One object per capability."""

    executors: Executors
    submitting: Submitting
    deciding: Deciding
    following: Following
    configuring: Configuring
    query: RequestQuery


services: Wired[ApprovalServices] = Wired("approval")


def wire(app: Flask, _settings: Any) -> None:
    """Install the services into `app`."""
    executors, rules, requests, query = Executors(), RuleRepository(), RequestRepository(), RequestQuery()
    services.install(
        app,
        ApprovalServices(
            executors,
            Submitting(executors, rules, requests),
            Deciding(executors, requests),
            Following(requests, query),
            Configuring(executors, rules),
            query,
        ),
    )


def executors_of(app: Flask) -> Executors:
    """Those of an application that is being assembled."""
    with app.app_context():
        return services().executors
