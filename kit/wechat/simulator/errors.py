"""How WeChat refuses: `{"code", "message"}` with a status (pay v3), `{"errcode", "errmsg"}` with 200 (mini-program)."""

STATUS = {
    "PARAM_ERROR": 400,
    "INVALID_REQUEST": 400,
    "APPID_MCHID_NOT_MATCH": 400,
    "MCH_NOT_EXISTS": 400,
    "OPENID_MISMATCH": 500,  # WeChat's own table has it so
    "ORDERPAID": 400,
    "ORDER_CLOSED": 400,
    "NO_STATEMENT_EXIST": 400,
    "STATEMENT_CREATING": 400,
    "SIGN_ERROR": 401,
    "NO_AUTH": 403,
    "NOT_ENOUGH": 403,
    "OUT_TRADE_NO_USED": 403,
    "RULE_LIMIT": 403,
    "TRADE_ERROR": 403,
    "ACCOUNT_ERROR": 403,
    "USER_ACCOUNT_ABNORMAL": 403,
    "NOT_FOUND": 404,
    "ORDER_NOT_EXIST": 404,
    "RESOURCE_NOT_EXISTS": 404,
    "FREQUENCY_LIMITED": 429,
    "SYSTEM_ERROR": 500,
    "BANK_ERROR": 500,
}

MEANING = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40029: "invalid code",
    40037: "invalid template_id",
    40125: "invalid appsecret",
    40163: "code been used",
    41008: "missing code",
    42001: "access_token expired",
    43101: "user refuse to accept the msg",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    47001: "data format error",
    47003: "argument invalid",
    10060001: "pay order not exist",
    10060002: "pay order already shipped",
    10060003: "pay order already used its chance to ship again",
    10060004: "pay order cannot be shipped",
    10060006: "only express can be split",
    10060007: "split delivery needs is_all_delivered",
    10060014: "invalid parameter",
    10060023: "shipping info not changed",
    10060031: "pay order does not belong to openid",
}


class PayError(Exception):
    """A refusal of the pay v3 API; the HTTP status follows from the code."""

    def __init__(self, code: str, message: str, *, field: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.field = field
        self.status = STATUS[code]

    def answer(self) -> dict[str, object]:
        answer: dict[str, object] = {"code": self.code, "message": self.message}
        if self.field:
            answer["detail"] = {"location": "body", "field": self.field, "issue": self.message}
        return answer


class MiniProgramError(Exception):
    """A refusal of a mini-program server API; `detail` says which field, where WeChat says so."""

    def __init__(self, errcode: int, detail: str = "") -> None:
        super().__init__(errcode, detail)
        self.errcode = errcode
        self.detail = detail

    def answer(self) -> dict[str, object]:
        meaning = MEANING.get(self.errcode, "error")
        return {"errcode": self.errcode, "errmsg": f"{meaning}! {self.detail}" if self.detail else meaning}


class ControlError(Exception):
    """The control API was asked for something that makes no sense, such as a code for a user nobody created."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
