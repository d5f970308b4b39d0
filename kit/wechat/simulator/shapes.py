"""What the pay v3 endpoints accept (JSAPI下单, 关单, 申请退款)."""

from kit.wechat.simulator.fields import Flag, ListOf, Moment, NotifyUrl, OneOf, Shape, Text, Whole

TRADE_NO = Text(32, 6, r"[0-9A-Za-z_\-|*]+")
REFUND_NO = Text(64, 1, r"[0-9A-Za-z_\-|*@]+")
MCHID = Text(32, 1, r"\d+")
CURRENCY = OneOf(("CNY",))

GOODS = Shape(
    required={"merchant_goods_id": Text(32), "quantity": Whole(1), "unit_price": Whole()},
    optional={"wechatpay_goods_id": Text(32), "goods_name": Text(256)},
)
STORE = Shape(
    required={"id": Text(32)},
    optional={"name": Text(256), "area_code": Text(32), "address": Text(512)},
)

PREPAY = Shape(
    required={
        "appid": Text(32),
        "mchid": MCHID,
        "description": Text(127),
        "out_trade_no": TRADE_NO,
        "notify_url": NotifyUrl(),
        "amount": Shape(required={"total": Whole(1)}, optional={"currency": CURRENCY}),
        "payer": Shape(required={"openid": Text(128)}),
    },
    optional={
        "time_expire": Moment(),
        "attach": Text(128, 0),
        "goods_tag": Text(32),
        "support_fapiao": Flag(),
        "limit_pay": ListOf(OneOf(("no_balance", "no_credit", "no_debit", "balance_only"))),
        "detail": Shape(optional={"cost_price": Whole(), "invoice_id": Text(32), "goods_detail": ListOf(GOODS)}),
        "scene_info": Shape(
            required={"payer_client_ip": Text(45)}, optional={"device_id": Text(32), "store_info": STORE}
        ),
        "settle_info": Shape(optional={"profit_sharing": Flag()}),
    },
)

CLOSE = Shape(required={"mchid": MCHID})

REFUND = Shape(
    required={
        "out_refund_no": REFUND_NO,
        "amount": Shape(
            required={"refund": Whole(1), "total": Whole(1), "currency": CURRENCY},
            optional={
                "from": ListOf(Shape(required={"account": OneOf(("AVAILABLE", "UNAVAILABLE")), "amount": Whole(1)}))
            },
        ),
    },
    optional={
        "transaction_id": Text(32),
        "out_trade_no": TRADE_NO,
        "reason": Text(80),
        "notify_url": NotifyUrl(),
        "funds_account": OneOf(("AVAILABLE", "UNSETTLED")),
        "goods_detail": ListOf(
            Shape(
                required={
                    "merchant_goods_id": Text(32),
                    "unit_price": Whole(),
                    "refund_amount": Whole(),
                    "refund_quantity": Whole(1),
                },
                optional={"wechatpay_goods_id": Text(32), "goods_name": Text(256)},
            )
        ),
    },
)
