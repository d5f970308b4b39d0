"""The lines that point the usual SDKs at this simulator; their quoting is both Python's and JavaScript's."""

from string import Template

SNIPPETS = Template("""\
wechatpayv3 (Python)

    pay = WeChatPay(wechatpay_type=WeChatPayType.MINIPROG, mchid=$mchid, appid=$appid, apiv3_key=$apiv3_key,
                    cert_serial_no=$merchant_serial, private_key=open($merchant_private_key).read(),
                    public_key=open($wechatpay_public_key).read(), public_key_id=$wechatpay_public_key_id)
    pay._core._gate_way = $url

wechatpay-axios-plugin (Node)

    const wxpay = new Wechatpay({baseURL: $url, mchid: $mchid, serial: $merchant_serial,
      privateKey: readFileSync($merchant_private_key),
      certs: {$wechatpay_public_key_id: readFileSync($wechatpay_public_key)}})

wechatpay-node-v3 (Node): its addresses are fixed, so change them where the request leaves; see docs/guides/simulator.md

    const pay = new WxPay({appid: $appid, mchid: $mchid, key: $apiv3_key, serial_no: $merchant_serial,
      publicKey: readFileSync($merchant_certificate), privateKey: readFileSync($merchant_private_key)})
""")
