"""What every request to /v3 must bring: the merchant's signature and the headers WeChat insists on."""

from flask import request

from kit.wechat.simulator.errors import PayError
from kit.wechat.simulator.world import World


def only_our_merchant(world: World) -> None:
    # RAW_URI, because the merchant signed the undecoded bytes of the request line.
    world.merchant.check(
        request.headers.get("Authorization"),
        method=request.method,
        target=request.environ["RAW_URI"],
        body=request.get_data(),
    )
    if not request.headers.get("Accept") or not request.headers.get("User-Agent"):
        raise PayError("PARAM_ERROR", "Http头缺少Accept或User-Agent")
    if request.method == "POST" and has_body() and request.mimetype != "application/json":
        raise PayError("PARAM_ERROR", "Http头Content-Type需为application/json")


def has_body() -> bool:
    """Cancelling a transfer is a POST without one, and clients then leave the type away."""
    return bool(request.get_data())
