"""The clock: how far is it from the gateway's, and is the time zone's table there?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from posapp.app.doctor.blame import elsewhere, try_to_reach
from posapp.app.doctor.finding import Finding, fail, ok, skipped, warn

if TYPE_CHECKING:
    from posapp.app.doctor.ground import Ground

WARN_S: Final = 120
FAIL_S: Final = 600
_SET_IT: Final = "Set the clock, and let the computer set it by itself from the network."


def examine(ground: Ground) -> Finding:
    """Compare this computer's clock with the Date of the gateway's answer."""
    zone = ZoneInfo(ground.config().time_zone)
    reached, error = try_to_reach(ground)
    if reached is None:
        code = error.code if error else ""
        if code in ("tls_clock", "tls_expired"):
            # No answer to measure against, and yet the likeliest cause of it.
            return skipped(
                "Could not be measured: the gateway's certificate does not fit this clock (see tls).", {"cause": code}
            )
        return elsewhere(code)
    if reached.its_clock is None:
        return skipped("The gateway's answer tells no time.")
    ahead = round((reached.our_clock - reached.its_clock).total_seconds())
    shop = f"{datetime.now(zone):%Y-%m-%d %H:%M} in {zone.key}"
    figures = {"ahead_s": ahead, "shop_time": f"{datetime.now(zone):%Y-%m-%dT%H:%M:%S%z}"}
    if abs(ahead) <= WARN_S:
        return ok(f"Within {max(abs(ahead), 1)} s of the gateway's; it is {shop}.", figures)
    said = (
        f"{span(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} the gateway's; this computer takes it for {shop}."
    )
    return fail(said, _SET_IT, figures) if abs(ahead) > FAIL_S else warn(said, _SET_IT, figures)


def span(seconds: float) -> str:
    """Say a length of time in the unit that suits it, like `3 days`."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
