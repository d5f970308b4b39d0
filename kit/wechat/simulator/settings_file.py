"""`settings.env`: what a shop must be told to talk to this simulator. Its presence says that the simulator is ready."""

import shlex
from pathlib import Path

from kit.wechat.simulator.keys import MERCHANT_KEY, PLATFORM_CERTIFICATE, PUBLIC_KEY, Keyring, write_private

SETTINGS = "settings.env"


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


def write_settings(keyring: Keyring, url: str) -> Path:
    path = keyring.folder / SETTINGS
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in settings_of(keyring, url).items()]
    write_private(path, "".join(lines).encode())
    return path


def read_settings(folder: Path) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in (folder / SETTINGS).read_text().splitlines() if "=" in line)
    return {name: "".join(shlex.split(value)) for name, value in pairs}
