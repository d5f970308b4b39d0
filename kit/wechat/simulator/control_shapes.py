"""What the control API accepts; a misspelt name is refused rather than ignored."""

from kit.wechat.simulator.errors import STATUS
from kit.wechat.simulator.fields import Field, Flag, ListOf, Moment, Number, OneOf, Optionally, Shape, Text, Whole
from kit.wechat.simulator.refunds import FINAL
from kit.wechat.simulator.signature import MODES
from kit.wechat.simulator.transfers import NEXT
from kit.wechat.simulator.wallet import DECISIONS
from kit.wechat.simulator.weather import ATTEMPT_FAULTS, CALLBACK_FATES, REQUEST_FAULTS

NAME = Text(128)
URL = Text(256)

USER = Shape(
    optional={"openid": NAME, "appid": NAME, "unionid": NAME, "phone": Text(20, 5, r"\d+"), "real_name": Text(64)}
)

OVERRIDE = Shape(
    optional={
        "total": Whole(1),
        "currency": Text(8),
        "appid": NAME,
        "mchid": NAME,
        "out_trade_no": NAME,
        "openid": NAME,
    }
)
WISH: dict[str, Field] = {"payer_total": Optionally(Whole()), "override": OVERRIDE, "force": Flag(), "openid": NAME}
PAY = Shape(optional={"prepay_id": NAME, "out_trade_no": NAME, **WISH})
ABANDON = Shape(optional={"prepay_id": NAME, "out_trade_no": NAME})
UNKNOWN_MONEY = Shape(
    required={"out_trade_no": NAME, "total": Whole(1), "openid": NAME},
    optional={"notify_url": URL, "payer_total": Optionally(Whole()), "override": OVERRIDE},
)


class Anything:
    """The parameters of requestPayment are the cashier's to judge, as on a real phone."""

    def check(self, value: object, at: str) -> None: ...


REQUEST_PAYMENT = Shape(
    optional={
        **{name: Anything() for name in ("appId", "timeStamp", "nonceStr", "package", "signType", "paySign")},
        **WISH,
    }
)

FINISH = Shape(required={"state": OneOf(FINAL)})
REFUND_RULE = Shape(required={"delay": Optionally(Number())}, optional={"state": OneOf(FINAL)})
DECISION_FIELDS: dict[str, Field] = {"decision": OneOf(DECISIONS), "openid": NAME}
DECISION = Shape(optional=DECISION_FIELDS)
REQUEST_TRANSFER = Shape(optional={**{name: Anything() for name in ("mchId", "appId", "package")}, **DECISION_FIELDS})
ADVANCE = Shape(required={"state": OneOf(tuple(NEXT))}, optional={"fail_reason": NAME})
TRANSFER_RULE = Shape(
    optional={
        "first": OneOf(("ACCEPTED", "PROCESSING", "WAIT_USER_CONFIRM")),
        "delay": Optionally(Number()),
        "state": OneOf(("SUCCESS", "FAIL")),
        "fail_reason": NAME,
    }
)
BILLS = Shape(optional={"as_of": Moment()})
TEMPLATE = Shape(required={"template_id": NAME, "fields": ListOf(NAME)})
SUBSCRIPTION = Shape(required={"openid": NAME, "template_id": NAME}, optional={"times": Whole()})
TRADE_MANAGED = Shape(required={"managed": Flag()})

SIGNING = Shape(optional={"answers": OneOf(MODES), "callbacks": OneOf(MODES)})

RULE: dict[str, Field] = {"times": Optionally(Whole(1)), "prefix": Text(256, 0), "seconds": Number()}
WEATHER = Shape(
    required={"fault": OneOf(REQUEST_FAULTS)},
    optional={
        **RULE,
        "method": OneOf(("GET", "POST")),
        "status": Whole(500),
        "code": OneOf(tuple(STATUS)),
        "errcode": Whole(-1),
    },
)
CALLBACK_WEATHER = Shape(
    required={"fault": OneOf((*CALLBACK_FATES, *ATTEMPT_FAULTS))}, optional={**RULE, "copies": Whole(2)}
)
