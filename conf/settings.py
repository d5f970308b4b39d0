"""Every setting of the system, with its environment variable, default and meaning in one place."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from environs import Env

from conf.reading import MappedEnv, read
from conf.rule import Rule, address, anything, between, one_of, optional, template_fields

SAMPLE_SECRET = "development-only-secret-never-use-in-production"


def setting(variable: str, default: Any, meaning: str, rule: Rule = anything, *, secret: bool = False) -> Any:
    """A dataclass field read from `variable` and held to `rule`."""
    return field(default=default, metadata={"variable": variable, "meaning": meaning, "rule": rule, "secret": secret})


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """Where the truth is kept."""

    url: str = setting(
        "DATABASE_URL",
        "sqlite:///var/qiyuan.db",
        "SQLAlchemy address: sqlite:///… or mysql+pymysql://…",
        address("sqlite", "mysql+pymysql"),
        secret=True,
    )


@dataclass(frozen=True, kw_only=True)
class RedisSettings:
    """The cache and gate."""

    url: str = setting(
        "REDIS_URL",
        "memory://",
        "redis://…, or memory:// for a stand-in inside the process",
        address("memory", "redis", "rediss"),
        secret=True,
    )


@dataclass(frozen=True, kw_only=True)
class BrokerSettings:
    """Where tasks and events travel."""

    url: str = setting(
        "BROKER_URL",
        "memory://",
        "amqp://…, or memory:// for a worker inside the process",
        address("memory", "amqp", "amqps", "pyamqp"),
        secret=True,
    )
    task_events: bool = setting("TASK_EVENTS", False, "Workers tell what they do, for Flower")


@dataclass(frozen=True, kw_only=True)
class HttpSettings:
    """The doors to the outside."""

    public_url: str = setting(
        "PUBLIC_URL",
        "http://127.0.0.1:8000",
        "How WeChat reaches this shop; callbacks go there",
        address("http", "https"),
    )
    trusted_proxies: int = setting(
        "TRUSTED_PROXIES", 0, "Reverse proxies in front whose X-Forwarded-* headers are believed", between(0, 5)
    )
    max_body_bytes: int = setting(
        "MAX_BODY_BYTES", 1_048_576, "Larger request bodies are refused (413)", between(16_384, 104_857_600)
    )
    docs_exposed: str = setting(
        "DOCS_EXPOSED",
        "auto",
        "Serve /swagger-ui, /redoc, /rapidoc and the OpenAPI documents: true, false, or auto (not in production)",
        one_of("auto", "true", "false"),
    )
    rate_limits: bool = setting("RATE_LIMITS", True, "Throttle login and token routes per client address")


@dataclass(frozen=True, kw_only=True)
class SecuritySettings:
    """Keys of our own."""

    jwt_secret: str = setting(
        "JWT_SECRET", SAMPLE_SECRET, "Signs access tokens; at least 32 random characters", secret=True
    )


@dataclass(frozen=True, kw_only=True)
class WechatSettings:
    """The mini-program's identity, and where its APIs are."""

    appid: str = setting("WECHAT_APPID", "", "AppID of the mini-program")
    app_secret: str = setting("WECHAT_APP_SECRET", "", "AppSecret of the mini-program", secret=True)
    stand_in: bool = setting(
        "WECHAT_STAND_IN",
        False,
        "Without WeChat: customers log in as dev-…, nothing is really paid; never in production",
    )
    max_calls: int = setting(
        "WECHAT_MAX_CALLS", 3, "Threads of one process that may wait for this API at once", between(1, 1000)
    )
    api_url: str = setting(
        "WECHAT_API_URL", "https://api.weixin.qq.com", "Mini-program server API", address("http", "https")
    )


@dataclass(frozen=True, kw_only=True)
class WechatPaySettings:
    """The merchant's identity and keys for WeChat Pay v3."""

    url: str = setting("WECHAT_PAY_URL", "https://api.mch.weixin.qq.com", "WeChat Pay v3 API", address("http", "https"))
    max_calls: int = setting(
        "WECHAT_PAY_MAX_CALLS", 3, "Threads of one process that may wait for this API at once", between(1, 1000)
    )
    mchid: str = setting("WECHAT_PAY_MCHID", "", "Merchant number")
    apiv3_key: str = setting("WECHAT_PAY_APIV3_KEY", "", "APIv3 key, 32 characters", secret=True)
    private_key_file: str = setting("WECHAT_PAY_PRIVATE_KEY_FILE", "", "PEM file of the merchant's private key")
    cert_serial: str = setting("WECHAT_PAY_CERT_SERIAL", "", "Serial number of the merchant's API certificate")
    public_key_file: str = setting("WECHAT_PAY_PUBLIC_KEY_FILE", "", "PEM file of WeChat Pay's public key")
    public_key_id: str = setting("WECHAT_PAY_PUBLIC_KEY_ID", "", "Its id, PUB_KEY_ID_…")
    platform_cert_file: str = setting(
        "WECHAT_PAY_PLATFORM_CERT_FILE", "", "PEM file of a platform certificate, while WeChat switches over (optional)"
    )


@dataclass(frozen=True, kw_only=True)
class NotificationSettings:
    """Subscribe messages (订阅消息) to buyers. WeChat names a template's fields: look them up where its id is."""

    template_order_paid: str = setting(
        "WECHAT_TEMPLATE_ORDER_PAID", "", "Template of the message that an order is paid; without it none is sent"
    )
    fields_order_paid: str = setting(
        "WECHAT_TEMPLATE_ORDER_PAID_FIELDS",
        "order_no:character_string1 amount:amount2 goods:thing3 paid_at:time4",
        "What stands in which field of that template",
        template_fields(
            order_no=("character_string", "number"), amount=("amount",), goods=("thing",), paid_at=("time", "date")
        ),
    )
    template_order_shipped: str = setting(
        "WECHAT_TEMPLATE_ORDER_SHIPPED", "", "Template of the message that an order is shipped; without it none is sent"
    )
    fields_order_shipped: str = setting(
        "WECHAT_TEMPLATE_ORDER_SHIPPED_FIELDS",
        "order_no:character_string1 goods:thing2 express_company:thing3 tracking_no:character_string4 shipped_at:time5",
        "What stands in which field of that template",
        template_fields(
            order_no=("character_string", "number"),
            goods=("thing",),
            express_company=("thing",),
            tracking_no=("character_string",),
            shipped_at=("time", "date"),
        ),
    )
    page: str = setting(
        "WECHAT_MESSAGE_PAGE", "pages/order/detail?no={order_no}", "Page of the mini-program that a message opens"
    )


@dataclass(frozen=True, kw_only=True)
class ShopSettings:
    """Rules of business that are not edited by staff."""

    name: str = setting("SHOP_NAME", "起源小店", "What customers see in their WeChat bill")
    payment_minutes: int = setting(
        "SHOP_PAYMENT_MINUTES", 15, "An unpaid order is closed after this many minutes", between(1, 120)
    )
    max_unpaid_orders: int = setting(
        "SHOP_MAX_UNPAID_ORDERS", 10, "A customer's unpaid orders hold stock: at most so many", between(1, 1000)
    )
    freight_fen: int = setting("SHOP_FREIGHT_FEN", 800, "Flat freight of an order, in fen", between(0, 10_000_000))
    free_freight_from_fen: int = setting(
        "SHOP_FREE_FREIGHT_FROM_FEN",
        9900,
        "No freight from this amount of goods on, in fen",
        between(0, 10_000_000_000),
    )


@dataclass(frozen=True, kw_only=True)
class StorageSettings:
    """Where files are kept."""

    kind: str = setting(
        "STORAGE_KIND", "disk", "disk: a local folder; s3: a bucket of anything that speaks S3", one_of("disk", "s3")
    )
    folder: str = setting(
        "STORAGE_FOLDER", "var/storage", "With disk: files are kept here; web and worker must share it"
    )
    endpoint: str = setting(
        "STORAGE_ENDPOINT", "", "With s3: its address, e.g. https://oss-cn-hangzhou.aliyuncs.com; empty: AWS"
    )
    region: str = setting("STORAGE_REGION", "", "With s3: its region, e.g. cn-hangzhou")
    bucket: str = setting("STORAGE_BUCKET", "", "With s3: the bucket; it need not be readable by the world")
    key_id: str = setting("STORAGE_KEY_ID", "", "With s3: access key id; empty: what boto3 finds (a role)")
    secret: str = setting("STORAGE_SECRET", "", "With s3: secret of that key", secret=True)
    path_style: bool = setting(
        "STORAGE_PATH_STYLE", False, "With s3: the bucket stands in the path, not in the host name (MinIO)"
    )


@dataclass(frozen=True, kw_only=True)
class MediaSettings:
    """Pictures and videos that staff upload."""

    public_url: str = setting(
        "MEDIA_PUBLIC_URL",
        "",
        "Base of the addresses of files: a CDN that fetches from PUBLIC_URL/media; empty: PUBLIC_URL/media itself",
        optional(address("http", "https")),
    )
    max_image_bytes: int = setting(
        "MEDIA_MAX_IMAGE_BYTES", 10_485_760, "Larger images are refused", between(16_384, 104_857_600)
    )
    max_image_pixels: int = setting(
        "MEDIA_MAX_IMAGE_PIXELS",
        25_000_000,
        "Images of more pixels are refused; one takes up to 8 bytes of memory each while it is read",
        between(10_000, 200_000_000),
    )
    max_video_bytes: int = setting(
        "MEDIA_MAX_VIDEO_BYTES",
        104_857_600,
        "Larger videos are refused; nginx must let as much pass (conf/nginx.conf)",
        between(16_384, 2_147_483_647),
    )
    max_video_seconds: int = setting("MEDIA_MAX_VIDEO_SECONDS", 300, "Longer videos are refused", between(1, 14_400))
    keep_unused_days: int = setting(
        "MEDIA_KEEP_UNUSED_DAYS", 30, "Files that nothing uses are deleted after so many days", between(1, 3650)
    )


@dataclass(frozen=True, kw_only=True)
class CatalogSettings:
    """Sheets of products that staff upload."""

    import_max_bytes: int = setting(
        "IMPORT_MAX_BYTES",
        52_428_800,
        "Larger sheets are refused (413); nginx must let as much pass (conf/nginx.conf)",
        between(1_048_576, 1_073_741_824),
    )


@dataclass(frozen=True, kw_only=True)
class RetentionSettings:
    """How long what is over is kept before it is swept. What bounds every table: docs/guides/production.md."""

    sessions_days: int = setting(
        "KEEP_SESSIONS_DAYS", 30, "Logins that ended are deleted after so many days", between(1, 3650)
    )
    searches_days: int = setting(
        "KEEP_SEARCHES_DAYS",
        90,
        "Counts of what customers searched for are deleted after so many days",
        between(7, 3650),
    )
    jobs_days: int = setting(
        "KEEP_JOBS_DAYS",
        30,
        "Exports and imports that ended leave the lists after so many days; their files after one",
        between(2, 3650),
    )
    # The inbox knows for 90 days what was handled: a message that comes again by then must not be sent again.
    notifications_days: int = setting(
        "KEEP_NOTIFICATIONS_DAYS",
        180,
        "Notices to staff and records of messages to buyers are deleted so many days after they were sent",
        between(90, 3650),
    )
    payment_notices_days: int = setting(
        "KEEP_PAYMENT_NOTICES_DAYS",
        90,
        "WeChat's callbacks are deleted so many days after they were applied; receipts and refunds stay",
        between(7, 3650),
    )


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """The server that takes our mail."""

    host: str = setting("MAIL_HOST", "", "SMTP server; empty: no mail is sent")
    port: int = setting("MAIL_PORT", 587, "Its port: 587 with starttls, 465 with tls", between(1, 65535))
    security: str = setting(
        "MAIL_SECURITY",
        "starttls",
        "none (trusted networks only), starttls or tls",
        one_of("none", "starttls", "tls"),
    )
    username: str = setting("MAIL_USERNAME", "", "Login at the SMTP server (optional)")
    password: str = setting("MAIL_PASSWORD", "", "Its password", secret=True)
    sender: str = setting("MAIL_SENDER", "", "Address mails come from, e.g. shop@example.cn")
    timeout_seconds: int = setting(
        "MAIL_TIMEOUT_SECONDS", 10, "Longest wait for each answer of the server", between(1, 30)
    )


@dataclass(frozen=True, kw_only=True)
class LogSettings:
    """What is written where."""

    level: str = setting(
        "LOG_LEVEL", "INFO", "Lowest level that is written", one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    )
    as_json: bool = setting("LOG_JSON", True, "JSON lines on stdout; false: short lines for people on stderr")
    folder: str = setting("LOG_FOLDER", "", "Also write rotated app.log, error.log and wechatpay.log here")


@dataclass(frozen=True, kw_only=True)
class ProcessSettings:
    """What whoever runs the processes wants of them."""

    heartbeat_file: str = setting(
        "HEARTBEAT_FILE", "", "Relay, worker and beat touch this file as long as they live; see task/heartbeat.py"
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings. `env` is development, test or production."""

    env: str = setting(
        "APP_ENV", "development", "development, test or production", one_of("development", "test", "production")
    )
    debug: bool = setting("APP_DEBUG", False, "Flask's debug mode; refused in production")
    database: DatabaseSettings = DatabaseSettings()
    redis: RedisSettings = RedisSettings()
    broker: BrokerSettings = BrokerSettings()
    http: HttpSettings = HttpSettings()
    security: SecuritySettings = SecuritySettings()
    wechat: WechatSettings = WechatSettings()
    wechat_pay: WechatPaySettings = WechatPaySettings()
    notification: NotificationSettings = NotificationSettings()
    shop: ShopSettings = ShopSettings()
    storage: StorageSettings = StorageSettings()
    media: MediaSettings = MediaSettings()
    catalog: CatalogSettings = CatalogSettings()
    retention: RetentionSettings = RetentionSettings()
    mail: MailSettings = MailSettings()
    log: LogSettings = LogSettings()
    process: ProcessSettings = ProcessSettings()

    @property
    def is_production(self) -> bool:
        """True when real money is at stake."""
        return self.env == "production"

    @property
    def shows_docs(self) -> bool:
        """True when the documentation is served: in production only where DOCS_EXPOSED says so."""
        return self.http.docs_exposed == "true" or (self.http.docs_exposed == "auto" and not self.is_production)

    @property
    def is_embedded(self) -> bool:
        """True when worker, beat and relay live inside the serving process."""
        return self.broker.url.startswith("memory://")


class BadSetting(ValueError):
    """Environment variables that cannot be understood; one sentence a line, each naming its variable."""


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ`, or from the process environment and a `.env` file. Raises `BadSetting`."""
    env = Env()
    if environ is None:
        env.read_env(str(Path.cwd() / ".env"), recurse=False)
    problems: list[str] = []
    settings: Settings = read(Settings, env if environ is None else MappedEnv(environ), problems)
    if problems:
        raise BadSetting("\n".join(problems))
    return settings


def described(settings_class: type[Any] = Settings) -> Iterator[tuple[str, dataclasses.Field[Any]]]:
    """Every environment variable with its field, for documentation and checks."""
    for item in fields(settings_class):
        if "variable" in item.metadata:
            yield item.metadata["variable"], item
        else:
            yield from described(type(item.default))
