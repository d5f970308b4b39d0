"""All parts of the simulated WeChat, put together."""

from pathlib import Path

from kit.wechat.simulator.bill_desk import BillDesk
from kit.wechat.simulator.books import Books, RefundRule
from kit.wechat.simulator.cashier import Cashier
from kit.wechat.simulator.clock import Clock, beijing_now
from kit.wechat.simulator.journal import Journal
from kit.wechat.simulator.keys import open_keyring
from kit.wechat.simulator.messages import Messages
from kit.wechat.simulator.notifier import Notifier
from kit.wechat.simulator.refund_desk import RefundDesk
from kit.wechat.simulator.shipping import Shipping
from kit.wechat.simulator.signature import MerchantCheck, Signer
from kit.wechat.simulator.timetable import Timetable
from kit.wechat.simulator.transfer_desk import TransferDesk
from kit.wechat.simulator.wallet import Wallet
from kit.wechat.simulator.weather import Weather

REFUND_DELAY_SECONDS = 0.2


class World:
    def __init__(self, keys_dir: Path, *, retry_scale: float = 1.0, clock: Clock = beijing_now) -> None:
        self.keyring = open_keyring(keys_dir)
        self.clock = clock
        self.books = Books(self.keyring.identity, clock)
        self.merchant = MerchantCheck(self.keyring, clock)
        self.signer = Signer(self.keyring, clock)
        self.weather = Weather()
        self.callback_weather = Weather()
        self.journal = Journal()
        self.timetable = Timetable()
        self.notifier = Notifier(
            signer=self.signer,
            timetable=self.timetable,
            weather=self.callback_weather,
            clock=clock,
            retry_scale=retry_scale,
        )
        self.cashier = Cashier(keyring=self.keyring, books=self.books, notifier=self.notifier)
        self.refund_desk = RefundDesk(
            books=self.books,
            notifier=self.notifier,
            timetable=self.timetable,
            default=RefundRule(REFUND_DELAY_SECONDS),
        )
        self.transfer_desk = TransferDesk(
            keyring=self.keyring, books=self.books, notifier=self.notifier, timetable=self.timetable
        )
        identity, users = self.keyring.identity, self.books.users
        self.wallet = Wallet(identity=identity, books=self.books, desk=self.transfer_desk)
        self.bill_desk = BillDesk(books=self.books, transfers=self.transfer_desk)
        self.messages = Messages(identity=identity, users=users, clock=clock, lock=self.books.lock)
        self.shipping = Shipping(self.books)

    def clear_weather(self) -> None:
        """Callbacks that waited to be overtaken leave at once."""
        self.weather.clear()
        self.callback_weather.clear()
        self.notifier.release_held()

    def reset(self) -> None:
        """Everything but the keys and the nonces already used."""
        self.timetable.clear()
        self.notifier.clear()
        with self.books.lock:
            self.books.clear()
            self.transfer_desk.reset()
            self.bill_desk.reset()
            self.messages.clear()
            self.shipping.reset()
        self.weather.clear()
        self.callback_weather.clear()
        self.journal.clear()
        self.signer.reset()
        self.refund_desk.reset()
