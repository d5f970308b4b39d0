"""The control API's subscribe messages and shipping reports as methods."""

from urllib.parse import quote

from kit.wechat.simulator.client_calls import Answer, ControlCalls


class MessageControl(ControlCalls):
    def template(self, template_id: str, fields: list[str]) -> Answer:
        """Register a template; from then on only registered ones exist."""
        return self._post("/templates", {"template_id": template_id, "fields": fields})

    def subscribe(self, openid: str, template_id: str, times: int = 1) -> int:
        """The user accepts `times` messages more, 0 takes all back; how many may now be sent."""
        body = {"openid": openid, "template_id": template_id, "times": times}
        return int(self._post("/subscriptions", body)["left"])

    def messages(self, openid: str = "") -> list[Answer]:
        return self._list(f"/messages?openid={quote(openid, safe='')}")

    def shipments(self) -> list[Answer]:
        return self._list("/shipments")

    def trade_managed(self, managed: bool) -> None:
        self._post("/trade-managed", {"managed": managed})
