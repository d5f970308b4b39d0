"""Access tokens (JWT, at most 15 minutes) and refresh tokens (opaque, only their hash is stored)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from flask_jwt_extended import JWTManager, create_access_token, get_jwt, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException, NoAuthorizationError
from jwt.exceptions import ExpiredSignatureError, PyJWTError

from kit.security.error import TokenExpired, TokenInvalid, TokenMissing
from kit.security.subject import SubjectKind

ACCESS_LIFETIME = timedelta(minutes=15)
_ISSUER = "qiyuan"


@dataclass(frozen=True)
class Claims:
    """What an access token says: which session of which subject."""

    kind: SubjectKind
    subject_id: int
    session_id: int


def init_tokens(app: Flask, *, secret: str) -> None:
    """Configure Flask-JWT-Extended: HS256, header only, fixed issuer."""
    app.config.update(
        JWT_SECRET_KEY=secret,
        JWT_ALGORITHM="HS256",
        JWT_TOKEN_LOCATION=["headers"],
        JWT_ACCESS_TOKEN_EXPIRES=ACCESS_LIFETIME,
        JWT_ENCODE_ISSUER=_ISSUER,
        JWT_DECODE_ISSUER=_ISSUER,
    )
    JWTManager(app)


def issue_access_token(claims: Claims) -> str:
    """Sign a token for `claims`, valid for `ACCESS_LIFETIME`."""
    extra = {"kind": claims.kind.value, "sid": str(claims.session_id)}
    token: str = create_access_token(identity=str(claims.subject_id), additional_claims=extra)
    return token


def read_access_token() -> Claims:
    """The verified claims of this request. Raises `TokenMissing`, `TokenExpired` or `TokenInvalid`."""
    try:
        verify_jwt_in_request()
        token = get_jwt()
        return Claims(SubjectKind(token["kind"]), int(token["sub"]), int(token["sid"]))
    except NoAuthorizationError:
        raise TokenMissing from None
    except ExpiredSignatureError:
        raise TokenExpired from None
    except (JWTExtendedException, PyJWTError, KeyError, ValueError):
        raise TokenInvalid from None


def new_refresh_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def refresh_token_hash(token: str) -> str:
    """What the database keeps: SHA-256 in hexadecimal. A token of full entropy needs no salt and no stretching."""
    return hashlib.sha256(token.encode()).hexdigest()
