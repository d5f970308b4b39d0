import pytest

PARCEL = {"tracking_no": "YT123", "express_company": "YTO", "item_desc": "起源 茶杯*1"}


class Shipper:
    def __init__(self, merchant):
        self.merchant = merchant
        body = {"grant_type": "client_credential", "appid": merchant.appid}
        body |= {"secret": merchant.settings["WECHAT_APP_SECRET"]}
        self.token = merchant.session.post(f"{merchant.url}/cgi-bin/stable_token", json=body, timeout=5).json()[
            "access_token"
        ]

    def post(self, path, body):
        url = f"{self.merchant.url}/wxa/sec/order/{path}?access_token={self.token}"
        return self.merchant.session.post(url, json=body, timeout=5).json()

    def upload(self, *parcels, **changes):
        body = {
            "order_key": {"order_number_type": 1, "mchid": self.merchant.mchid, "out_trade_no": "ORDER0001"},
            "logistics_type": 1,
            "delivery_mode": 1,
            "shipping_list": list(parcels) or [PARCEL],
            "upload_time": "2026-11-20T15:01:00.000+08:00",
            "payer": {"openid": "buyer"},
        }
        answer = self.post("upload_shipping_info", body | changes)
        assert answer.keys() == {"errcode", "errmsg"}
        return answer["errcode"]

    def split(self, *numbers, last, **changes):
        parcels = [PARCEL | {"tracking_no": number} for number in numbers]
        return self.upload(*parcels, delivery_mode=2, is_all_delivered=last, **changes)


@pytest.fixture
def shipper(merchant):
    return Shipper(merchant)


def test_a_paid_order_is_reported_shipped(shipper, merchant, control):
    paid = merchant.paid()

    assert shipper.upload() == 0

    (shipment,) = control.shipments()
    assert (shipment["out_trade_no"], shipment["transaction_id"]) == ("ORDER0001", paid["transaction_id"])
    assert (shipment["complete"], shipment["corrections"]) == (True, 0)
    (report,) = shipment["reports"]
    assert report["upload_time"] == "2026-11-20T15:01:00.000+08:00"
    assert report["body"]["shipping_list"] == [PARCEL]


def test_an_order_can_be_named_by_its_transaction(shipper, merchant, control):
    paid = merchant.paid()
    key = {"order_number_type": 2, "transaction_id": paid["transaction_id"]}

    assert shipper.upload(order_key=key | {"transaction_id": "4200"}) == 10060001
    assert shipper.upload(order_key=key) == 0


def test_right_after_paying_wechat_may_not_know_the_order_yet(shipper, merchant, control):
    merchant.paid()
    control.weather("errcode", prefix="/wxa/sec/order", errcode=10060001, times=2)

    assert [shipper.upload() for _ in range(3)] == [10060001, 10060001, 0]


def test_unknown_unpaid_and_refunded_orders_are_refused(shipper, merchant, control):
    assert shipper.upload() == 10060001
    merchant.prepay()
    assert shipper.upload() == 10060001
    control.pay(out_trade_no="ORDER0001")
    control.refund_rule(delay=None)
    merchant.refund("REFUND01", 1000)
    control.finish_refund("REFUND01")

    assert shipper.upload() == 10060004
    assert control.shipments() == []


def test_one_correction_after_everything_was_shipped(shipper, merchant, control):
    merchant.paid()
    others = [PARCEL | {"tracking_no": number} for number in ("YT124", "YT125")]

    assert [shipper.upload(), shipper.upload(), shipper.upload(others[0]), shipper.upload(others[1])] == [
        0,
        10060023,
        0,
        10060003,
    ]
    (shipment,) = control.shipments()
    assert (shipment["corrections"], len(shipment["reports"])) == (1, 2)


def test_a_split_delivery_is_complete_with_its_last_part(shipper, merchant, control):
    merchant.paid()

    assert shipper.split("YT1", last=False) == 0
    assert control.shipments()[0]["complete"] is False
    assert shipper.split("YT1", "YT2", last=True) == 0
    assert control.shipments()[0]["complete"] is True


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"payer": {"openid": "other"}}, 10060031),
        ({"delivery_mode": 2}, 10060007),
        ({"delivery_mode": 2, "is_all_delivered": True, "logistics_type": 4}, 10060006),
        ({"shipping_list": []}, 10060014),
        ({"shipping_list": [PARCEL, PARCEL]}, 10060014),
        ({"shipping_list": [PARCEL] * 11, "delivery_mode": 2, "is_all_delivered": True}, 10060014),
        ({"shipping_list": [{"item_desc": "茶杯"}]}, 10060014),
        ({"shipping_list": [PARCEL | {"express_company": "SF"}]}, 10060014),
        ({"shipping_list": [{"tracking_no": "1"}]}, 47001),
        ({"upload_time": "2026-11-20 15:01:00"}, 47001),
        ({"logistics_type": 5}, 47001),
        ({"logistics_type": True}, 47001),
        ({"delivery_mode": "1"}, 47001),
    ],
    ids=repr,
)
def test_a_wrong_report_is_refused_and_not_kept(shipper, merchant, control, changes, errcode):
    merchant.paid()

    assert shipper.upload(**changes) == errcode
    assert control.shipments() == []


@pytest.mark.parametrize("kind", [2, 3, 4])
def test_without_an_express_there_is_no_number_to_tell(shipper, merchant, kind):
    merchant.paid()

    assert shipper.upload({"item_desc": "茶杯"}, logistics_type=kind) == 0


def test_sf_wants_a_telephone(shipper, merchant):
    merchant.paid()
    contact = {"receiver_contact": "189****1234"}

    assert shipper.upload(PARCEL | {"express_company": "SF", "contact": contact}) == 0


def test_whether_wechat_manages_the_trade_can_be_asked(shipper, merchant, control):
    asked = {"appid": merchant.appid}

    assert shipper.post("is_trade_managed", asked) == {"errcode": 0, "errmsg": "ok", "is_trade_managed": True}
    control.trade_managed(False)
    assert shipper.post("is_trade_managed", asked)["is_trade_managed"] is False
    assert shipper.post("is_trade_managed", {"appid": "wx0"})["errcode"] == 40013
