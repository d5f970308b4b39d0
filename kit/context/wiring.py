"""Where a context's services are kept: built once per application, looked up by the running one."""

from __future__ import annotations

from typing import Generic, TypeVar

from flask import Flask, current_app

T = TypeVar("T")


class NotWired(RuntimeError):
    """The application was assembled without this context."""


class Wired(Generic[T]):
    """A context's slot: ``services: Wired[OrderServices] = Wired("order")``, then ``services().placement``."""

    def __init__(self, context: str) -> None:
        self._key = f"qiyuan_{context}"

    def install(self, app: Flask, services: T) -> None:
        """Put the built services into `app`."""
        app.extensions[self._key] = services

    def __call__(self) -> T:
        return self.of(current_app)

    def of(self, app: Flask) -> T:
        """The services of `app`, also while it is being assembled."""
        try:
            services: T = app.extensions[self._key]
        except KeyError:
            raise NotWired(self._key) from None
        return services
