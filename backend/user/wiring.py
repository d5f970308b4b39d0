"""Builds user's services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from loguru import logger

from backend.user.domain.port import MiniProgram
from backend.user.gateway.memory import MemoryMiniProgram
from backend.user.gateway.unconfigured import UnconfiguredMiniProgram
from backend.user.gateway.wechat import WechatMiniProgram
from backend.user.repository.address import AddressRepository
from backend.user.repository.customer import CustomerRepository
from backend.user.repository.login_guard import LoginGuardRepository
from backend.user.repository.role import RoleRepository
from backend.user.repository.session import SessionRepository
from backend.user.repository.staff import StaffRepository
from backend.user.service.address_keeping import AddressKeeping
from backend.user.service.customer_admin import CustomerAdmin
from backend.user.service.directory import Directory
from backend.user.service.member_login import MemberLogin
from backend.user.service.password import Passwords
from backend.user.service.profile import Profile
from backend.user.service.query import UserQuery
from backend.user.service.role_admin import RoleAdmin
from backend.user.service.session import Sessions
from backend.user.service.staff_admin import StaffAdmin
from backend.user.service.staff_login import StaffLogin
from backend.user.service.staff_password import StaffPassword
from backend.user.service.staff_setup import StaffSetup
from backend.user.service.subject import DatabaseSubjectSource
from backend.user.service.sweeping import Sweeping
from conf.settings import Settings
from kit.cache.redis import redis_client
from kit.context.wiring import Wired
from kit.security.subject import SOURCE_KEY
from kit.wechat.miniprogram.client import MiniProgramClient


@dataclass(frozen=True, kw_only=True)
class UserServices:
    """One object per capability."""

    customers: CustomerRepository
    addresses: AddressRepository
    staff: StaffRepository
    roles: RoleRepository
    member_login: MemberLogin
    sessions: Sessions
    profile: Profile
    address_keeping: AddressKeeping
    customer_admin: CustomerAdmin
    staff_login: StaffLogin
    staff_password: StaffPassword
    staff_admin: StaffAdmin
    staff_setup: StaffSetup
    role_admin: RoleAdmin
    query: UserQuery
    directory: Directory
    sweeping: Sweeping


services: Wired[UserServices] = Wired("user")


def wire(app: Flask, settings: Settings) -> None:
    """Install the services and the source of subjects into `app`."""
    app.extensions[SOURCE_KEY] = DatabaseSubjectSource()
    services.install(app, _build(_mini_program(app, settings), settings))


def _build(wechat: MiniProgram, settings: Settings) -> UserServices:
    customers, addresses, rows = CustomerRepository(), AddressRepository(), SessionRepository()
    staff, roles, guards = StaffRepository(), RoleRepository(), LoginGuardRepository()
    sessions, passwords = Sessions(rows), Passwords()
    return UserServices(
        customers=customers,
        addresses=addresses,
        staff=staff,
        roles=roles,
        member_login=MemberLogin(wechat, settings.wechat.appid, customers, sessions),
        sessions=sessions,
        profile=Profile(wechat, customers),
        address_keeping=AddressKeeping(customers, addresses),
        customer_admin=CustomerAdmin(customers, rows),
        staff_login=StaffLogin(staff, guards, passwords, sessions),
        staff_password=StaffPassword(staff, guards, passwords, rows),
        staff_admin=StaffAdmin(staff, roles, passwords, rows),
        staff_setup=StaffSetup(staff, roles, guards, passwords, rows),
        role_admin=RoleAdmin(staff, roles),
        query=UserQuery(),
        directory=Directory(),
        sweeping=Sweeping(rows, guards, keep=timedelta(days=settings.retention.sessions_days)),
    )


def _mini_program(app: Flask, settings: Settings) -> MiniProgram:
    """WeChat itself once there is an account; else a stand-in where it is asked for, never in production."""
    wechat = settings.wechat
    if wechat.appid and wechat.app_secret:
        with app.app_context():
            redis = redis_client()
        client = MiniProgramClient(wechat.appid, wechat.app_secret, wechat.api_url, redis, max_calls=wechat.max_calls)
        return WechatMiniProgram(client)
    if settings.wechat.stand_in and not settings.is_production:
        logger.warning("WECHAT_STAND_IN: customers log in with codes like dev-alice")
        return MemoryMiniProgram()
    return UnconfiguredMiniProgram()
