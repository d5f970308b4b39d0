"""What the publisher reports as sent, the broker has; for everything else it says `BrokerDown`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery import Celery
from kombu import Connection

from conf.settings import BrokerSettings
from kit.event.bus import Delivery
from kit.event.message import Message
from kit.event.outbox import MessageKind
from kit.event.relay import BrokerDown
from kit.queue.publisher import CeleryPublisher
from task.app import make_celery
from task.queues import EVENTS, EXCHANGE, PAYMENT, queue_of
from tests.support.brokers import virtual_host, waiting_in
from tests.support.servers import Servers
from tests.support.testapp import make_app, test_settings


@pytest.fixture(scope="module")
def celery(servers: Servers) -> Iterator[Celery]:
    if servers.broker_url is None:
        pytest.skip("no RabbitMQ: run `make test`, or `scripts/services start` and set TEST_BROKER_URL")
    with virtual_host(servers.broker_url, servers.rabbitmqctl) as broker_url:
        settings = test_settings(database_url="sqlite://", broker=BrokerSettings(url=broker_url))
        yield make_celery(make_app(settings), settings)


@pytest.fixture
def publisher(celery: Celery) -> Iterator[CeleryPublisher]:
    publisher = CeleryPublisher(celery, queue_of)
    yield publisher
    publisher.close()


@pytest.fixture
def broker(celery: Celery) -> Iterator[Connection]:
    with celery.connection_for_write() as connection:
        yield connection


def a_message(name: str = "payment.check_attempts") -> Message:
    kind = MessageKind.TASK if name.startswith("payment") else MessageKind.EVENT
    return Message(
        id=1,
        kind=kind,
        name=name,
        payload={},
        consumer=None,
        event_id=1,
        actor=None,
        request_id=None,
        attempt=0,
    )


def waiting(celery: Celery, queue: str) -> int:
    return waiting_in(celery.conf.broker_url, queue)


def test_what_is_published_waits_in_its_queue(celery: Celery, publisher: CeleryPublisher) -> None:
    publisher.publish_task(a_message())
    event = Delivery(consumer="tests.proof", event_id=1, name="tests.proof_happened", payload={})
    publisher.publish_delivery(event, message=a_message("tests.proof_happened"))

    assert (waiting(celery, PAYMENT), waiting(celery, EVENTS)) == (1, 1)


def test_without_the_exchange_nothing_is_reported_as_sent(
    celery: Celery, publisher: CeleryPublisher, broker: Connection
) -> None:
    publisher.publish_task(a_message())
    before = waiting(celery, PAYMENT)
    EXCHANGE(broker.default_channel).delete()

    with pytest.raises(BrokerDown):
        publisher.publish_task(a_message())

    publisher.publish_task(a_message())
    assert waiting(celery, PAYMENT) == before + 1


def test_without_the_queue_nothing_is_reported_as_sent(
    celery: Celery, publisher: CeleryPublisher, broker: Connection
) -> None:
    publisher.publish_task(a_message())
    broker.default_channel.queue_delete(PAYMENT)

    with pytest.raises(BrokerDown):
        publisher.publish_task(a_message())

    publisher.publish_task(a_message())
    assert waiting(celery, PAYMENT) == 1


def test_a_broker_that_refuses_connections_is_down(publisher: CeleryPublisher, celery: Celery) -> None:
    reachable = celery.conf.broker_url
    celery.conf.broker_url = "amqp://nobody@127.0.0.1:9/"
    try:
        with pytest.raises(BrokerDown):
            publisher.publish_task(a_message())
    finally:
        celery.conf.broker_url = reachable
