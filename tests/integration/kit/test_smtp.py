"""Mail over a real SMTP server: taken, refused, put off, or of unknown fate; never in a transaction, never for ever."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import text

from kit.db.extension import db
from kit.mail.message import Attachment, Mail
from kit.mail.null import NullMailer
from kit.mail.port import MailDeferred, MailOutcomeUnknown, MailRefused
from kit.mail.smtp import SmtpMailer
from kit.service.transaction import TransactionOpen
from tests.support.post_office import PASSWORD, USER, PostOffice, free_port, post_office

pytestmark = pytest.mark.usefixtures("app")
LONG_LINES = b"\xef\xbb\xbf" + b'"' + "长".encode() * 2000 + b'"\r\n.\r\n..\r\n'
MAIL = Mail(
    to="lin+shop@example.cn",
    subject="您的订单",
    text=".\n你好\n",
    reference="report-7",
    attachments=(Attachment(filename="我的订单.csv", mimetype="text/csv", content=LONG_LINES),),
)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """Open, without encryption."""
    with post_office() as opened:
        yield opened


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of localhost, signed by itself, with its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


def offered(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def test_a_mail_arrives_as_it_was_written(office: PostOffice) -> None:
    SmtpMailer(office.server()).send(MAIL)
    (envelope,), (mail,) = office.envelopes, office.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == ("shop@example.cn", ["lin+shop@example.cn"])
    assert (mail["Subject"], mail["To"]) == ("您的订单", "lin+shop@example.cn")
    body = mail.get_body()
    assert body is not None
    assert body.get_content().splitlines() == [".", "你好"]
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_payload(decode=True)) == ("我的订单.csv", LONG_LINES)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [("550 no such user", MailRefused), ("452 mailbox full", MailDeferred)],
)
def test_a_refused_recipient(office: PostOffice, answer: str, failure: type[Exception]) -> None:
    office.rcpt_answer = answer
    with pytest.raises(failure, match=answer[:3]):
        SmtpMailer(office.server()).send(MAIL)
    assert office.envelopes == []


@pytest.mark.parametrize(("answer", "failure"), [("554 spam", MailRefused), ("451 try later", MailDeferred)])
def test_a_refused_text(office: PostOffice, answer: str, failure: type[Exception]) -> None:
    office.answers = [answer]
    with pytest.raises(failure, match=answer):
        SmtpMailer(office.server()).send(MAIL)


def test_nobody_listens() -> None:
    with pytest.raises(MailDeferred):
        SmtpMailer(PostOffice(free_port()).server()).send(MAIL)


def test_inside_a_transaction_nothing_is_sent(office: PostOffice) -> None:
    db.session.execute(text("SELECT 1"))
    with pytest.raises(TransactionOpen):
        SmtpMailer(office.server()).send(MAIL)
    db.session.rollback()
    assert office.envelopes == []


def test_starttls_and_login(certificate: Path) -> None:
    with post_office(offered(certificate), login=True) as office:
        server = office.server(security="starttls", username=USER, password=PASSWORD)
        SmtpMailer(server, tls=trusting(certificate)).send(MAIL)
        assert office.encrypted == [True]
        wrong = office.server(security="starttls", username=USER, password="guess")
        with pytest.raises(MailDeferred) as refused:
            SmtpMailer(wrong, tls=trusting(certificate)).send(MAIL)
        assert "guess" not in str(refused.value)
        assert USER not in str(refused.value)
        assert len(office.envelopes) == 1


def test_starttls_is_never_skipped(office: PostOffice) -> None:
    with pytest.raises(MailDeferred):
        SmtpMailer(office.server(security="starttls")).send(MAIL)
    assert office.envelopes == []


def test_a_certificate_nobody_vouches_for_gets_no_mail(certificate: Path) -> None:
    with post_office(offered(certificate)) as office:
        with pytest.raises(MailDeferred):
            SmtpMailer(office.server(security="starttls")).send(MAIL)
        assert office.envelopes == []


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(PostOffice(25).server(password="secret"))


@contextmanager
def talking(script: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does what `script` says with its one connection; its port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1)

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                script(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(5)
        assert not thread.is_alive()


def test_a_silent_server_is_left_after_the_time_limit() -> None:
    def say_nothing(connection: socket.socket) -> None:
        connection.recv(1)  # until the client hangs up

    with talking(say_nothing) as port:
        started = time.monotonic()
        with pytest.raises(MailDeferred):
            SmtpMailer(PostOffice(port).server(seconds=0.3)).send(MAIL)
        assert time.monotonic() - started < 3


def test_a_connection_that_breaks_after_the_text_leaves_the_outcome_unknown() -> None:
    def take_and_hang_up(connection: socket.socket) -> None:
        def read_until(end: bytes) -> None:
            seen = b""
            while not seen.endswith(end):
                seen += connection.recv(65536)

        connection.sendall(b"220 hello\r\n")
        for answer in (b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
            read_until(b"\r\n")
            connection.sendall(answer)
        read_until(b"\r\n.\r\n")

    with talking(take_and_hang_up) as port, pytest.raises(MailOutcomeUnknown):
        SmtpMailer(PostOffice(port).server()).send(MAIL)


def test_without_a_server_every_mail_is_refused() -> None:
    assert not NullMailer().configured
    with pytest.raises(MailRefused, match="MAIL_HOST"):
        NullMailer().send(MAIL)
