"""`settings.env`: what a shop must be told to talk to this simulator. Its presence says that the simulator is ready.

`README.txt` says the same to people, with the lines that point other SDKs here.
"""

import shlex
from pathlib import Path

from kit.wechat.simulator.keys import (
    MERCHANT_CERTIFICATE,
    MERCHANT_KEY,
    PLATFORM_CERTIFICATE,
    PUBLIC_KEY,
    Keyring,
    write_private,
)
from kit.wechat.simulator.sdk_snippets import SNIPPETS

SETTINGS = "settings.env"
FOR_PEOPLE = "README.txt"


def settings_of(keyring: Keyring, url: str) -> dict[str, str]:
    identity, folder = keyring.identity, keyring.folder
    return {
        "WECHAT_APPID": identity.appid,
        "WECHAT_APP_SECRET": identity.app_secret,
        "WECHAT_API_URL": url,
        "WECHAT_PAY_URL": url,
        "WECHAT_PAY_MCHID": identity.mchid,
        "WECHAT_PAY_APIV3_KEY": identity.apiv3_key,
        "WECHAT_PAY_PRIVATE_KEY_FILE": str(folder / MERCHANT_KEY),
        "WECHAT_PAY_CERT_SERIAL": keyring.merchant_serial,
        "WECHAT_PAY_PUBLIC_KEY_FILE": str(folder / PUBLIC_KEY),
        "WECHAT_PAY_PUBLIC_KEY_ID": identity.public_key_id,
        "WECHAT_PAY_PLATFORM_CERT_FILE": str(folder / PLATFORM_CERTIFICATE),
    }


def described(keyring: Keyring, url: str) -> str:
    """For people: every name and value, then how to tell an SDK."""
    identity, folder = keyring.identity, keyring.folder
    values = {
        "url": url,
        "appid": identity.appid,
        "app_secret": identity.app_secret,
        "mchid": identity.mchid,
        "apiv3_key": identity.apiv3_key,
        "merchant_serial": keyring.merchant_serial,
        "merchant_private_key": str(folder / MERCHANT_KEY),
        "merchant_certificate": str(folder / MERCHANT_CERTIFICATE),
        "wechatpay_public_key_id": identity.public_key_id,
        "wechatpay_public_key": str(folder / PUBLIC_KEY),
        "platform_serial": keyring.platform_serial,
        "platform_certificate": str(folder / PLATFORM_CERTIFICATE),
    }
    table = "".join(f"{name:<24}{value}\n" for name, value in values.items())
    return f"{table}\n{SNIPPETS.substitute({name: repr(value) for name, value in values.items()})}"


def write_settings(keyring: Keyring, url: str) -> Path:
    write_private(keyring.folder / FOR_PEOPLE, described(keyring, url).encode())
    path = keyring.folder / SETTINGS
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in settings_of(keyring, url).items()]
    write_private(path, "".join(lines).encode())
    return path


def read_settings(folder: Path) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in (folder / SETTINGS).read_text().splitlines() if "=" in line)
    return {name: "".join(shlex.split(value)) for name, value in pairs}
