"""WeChat users of a mini-program and the single-use codes their phones hand to it."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import RLock

from kit.wechat.simulator.clock import Clock
from kit.wechat.simulator.errors import ControlError, MiniProgramError

CODE_LIFE = timedelta(minutes=5)


@dataclass
class User:
    """`phone` is a mainland number without the country code; without a `real_name` any name is right."""

    openid: str
    appid: str
    unionid: str
    phone: str
    real_name: str = ""


@dataclass
class Code:
    openid: str
    issued_at: datetime
    used: bool = False


class Users:
    def __init__(self, clock: Clock, lock: RLock) -> None:
        self._clock = clock
        self._lock = lock
        self._users: dict[str, User] = {}
        self._login_codes: dict[str, Code] = {}
        self._phone_codes: dict[str, Code] = {}

    def create(self, *, appid: str, openid: str = "", unionid: str = "", phone: str = "", real_name: str = "") -> User:
        """Naming an openid that exists changes only what is given."""
        with self._lock:
            user = self._users.get(openid)
            if user is None:
                user = User(
                    openid=openid or "o" + secrets.token_urlsafe(24)[:27],
                    appid=appid,
                    unionid=unionid or "u" + secrets.token_urlsafe(24)[:27],
                    phone=phone or f"138{secrets.randbelow(10**8):08d}",
                )
                self._users[user.openid] = user
            user.phone = phone or user.phone
            user.unionid = unionid or user.unionid
            user.real_name = real_name or user.real_name
            return user

    def find(self, openid: str) -> User | None:
        return self._users.get(openid)

    def all(self) -> list[User]:
        with self._lock:
            return list(self._users.values())

    def login_code(self, openid: str) -> str:
        return self._issue(self._login_codes, openid)

    def phone_code(self, openid: str) -> str:
        return self._issue(self._phone_codes, openid)

    def log_in(self, code: str, *, appid: str) -> tuple[User, str]:
        """The user and a fresh session_key (base64 of 16 bytes). 40029 unknown or expired, 40163 used before."""
        return self._redeem(self._login_codes, code, appid, reused=40163), session_key()

    def show_phone(self, code: str, *, appid: str) -> User:
        """WeChat has only one error here: 40029."""
        return self._redeem(self._phone_codes, code, appid, reused=40029)

    def clear(self) -> None:
        for book in (self._users, self._login_codes, self._phone_codes):
            book.clear()

    def _issue(self, codes: dict[str, Code], openid: str) -> str:
        with self._lock:
            if openid not in self._users:
                raise ControlError(f"no user {openid}", 404)
            code = secrets.token_urlsafe(24)
            codes[code] = Code(openid, self._clock())
            return code

    def _redeem(self, codes: dict[str, Code], code: str, appid: str, *, reused: int) -> User:
        with self._lock:
            issued = codes.get(code)
            if issued is None or self._users[issued.openid].appid != appid:
                raise MiniProgramError(40029)
            if issued.used:
                raise MiniProgramError(reused)
            if self._clock() - issued.issued_at >= CODE_LIFE:
                raise MiniProgramError(40029)
            issued.used = True
            return self._users[issued.openid]


def session_key() -> str:
    return base64.b64encode(secrets.token_bytes(16)).decode()
