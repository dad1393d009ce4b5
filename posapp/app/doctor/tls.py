"""TLS: does the gateway prove who it is, and if not, why not, in words?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from posapp.app.doctor.blame import TLS, culprit, elsewhere, try_to_reach
from posapp.app.doctor.clock import span
from posapp.app.doctor.finding import Finding, fail, ok, skipped, warn
from posapp.app.doctor.proxy import proxy_for
from posapp.app.doctor.reach import host_of

if TYPE_CHECKING:
    from posapp.app.doctor.certificate import Certificate
    from posapp.app.doctor.finding import Figure
    from posapp.app.doctor.ground import Ground
    from posapp.app.doctor.handshake import Shown

FEW_DAYS: Final = 7
_DAY_S: Final = 86_400
_SHOWN_HOSTS: Final = 3
_ITS_SUPPORT: Final = "Tell the gateway's support desk."


def examine(ground: Ground) -> Finding:
    """Say who the gateway proved to be, or what is wrong with its proof."""
    base_url = ground.config().base_url
    if not base_url.startswith("https:"):
        return skipped("Not used: the gateway's address is on this computer itself.")
    reached, error = try_to_reach(ground)
    if error is not None and culprit(error.code) != TLS:
        return elsewhere(error.code)
    from posapp.app.doctor.handshake import look_at

    shown = look_at(base_url, proxied=proxy_for(base_url) is not None)
    if error is not None:
        return _refused(error.code, f"{error}", host_of(base_url), shown)
    if shown is None or reached is None:
        return ok("The gateway's certificate is accepted.")
    days = (shown.certificate.not_after - datetime.now(UTC)).days
    said = f"Accepted: issued by {shown.certificate.issuer}, valid for {days} more days, {shown.protocol}."
    if days < FEW_DAYS:
        return warn(said, f"The certificate ends soon. {_ITS_SUPPORT}", _figures(shown))
    return ok(said, _figures(shown))


def _refused(code: str, said: str, host: str, shown: Shown | None) -> Finding:
    figures = {"cause": code, **(_figures(shown) if shown else {})}
    sentence, advice = f"Refused: {said}.", _ADVICE.get(code, _ITS_SUPPORT)
    if shown is not None:
        sentence = _told(code, host, shown, datetime.now(UTC)) or sentence
    return fail(sentence, advice, figures)


def _told(code: str, host: str, shown: Shown, now: datetime) -> str | None:
    """Say it with what the certificate itself tells; None where that adds nothing."""
    certificate = shown.certificate
    if code == "tls_expired" and certificate.not_after < now:
        ago = span((now - certificate.not_after).total_seconds())
        return f"The certificate ended {ago} ago, on {certificate.not_after:%Y-%m-%d}; this clock says {_clock(now)}."
    if code == "tls_clock":
        return (
            f"The certificate is valid from {certificate.not_before:%Y-%m-%d %H:%M} UTC; this clock says {_clock(now)}."
        )
    if code == "tls_wrong_host":
        return f"The certificate is for {_hosts(certificate)}, not for {host}."
    if code == "tls_unknown_ca":
        return f"The certificate was issued by {certificate.issuer}, whom this computer does not trust."
    if code == "tls_protocol":
        return f"The gateway speaks no newer TLS than {shown.protocol}; 1.2 is the least that is accepted."
    return None


_ADVICE: Final = {
    "tls_expired": f"Is this computer's clock right? If it is: {_ITS_SUPPORT[0].lower()}{_ITS_SUPPORT[1:]}",
    "tls_clock": "Set this computer's clock.",
    "tls_wrong_host": "Check base_url in posapp.toml; if it is right, something else answers in its place.",
    "tls_unknown_ca": (
        "If your network inspects TLS, have its certificate installed on this computer, or name its file in"
        " SSL_CERT_FILE. If it does not, do not sell: somebody may be pretending to be the gateway."
    ),
    "tls_protocol": "Check the port in base_url; if it is right, the gateway or a box before it is too old.",
    "ca_file_unusable": "Correct the environment variable SSL_CERT_FILE, or take it away.",
}


def _clock(now: datetime) -> str:
    return f"{now:%Y-%m-%d %H:%M} UTC"


def _hosts(certificate: Certificate) -> str:
    more = len(certificate.hosts) - _SHOWN_HOSTS
    return ", ".join(certificate.hosts[:_SHOWN_HOSTS]) + (f" and {more} more" if more > 0 else "")


def _figures(shown: Shown) -> dict[str, Figure]:
    certificate = shown.certificate
    return {
        "issuer": certificate.issuer,
        "hosts": [*certificate.hosts[:_SHOWN_HOSTS]],
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "days_left": (certificate.not_after - datetime.now(UTC)).days,
        "protocol": shown.protocol,
    }
