"""Apprise, alone: carries a text to an address template of the settings. Nothing of it is logged or kept."""

from __future__ import annotations

import logging
from urllib.parse import quote

import apprise

from kdmp_core.errors import TryLater
from kdmp_core.settings import Settings
from kdmp_core.signing.messages import Delivery

logging.getLogger("apprise").setLevel(logging.CRITICAL)


def carry(settings: Settings, parcel: Delivery) -> str:
    """Send to the phone, else by mail, and give the channel (gateway, mail). Raises TryLater when nothing took it."""
    for channel, address in _ways(settings, parcel):
        if _sent(address, parcel):
            return channel
    raise TryLater("work.gateway")


def _ways(settings: Settings, parcel: Delivery) -> list[tuple[str, str]]:
    ways = []
    if settings.gateway and parcel.phone:
        ways.append(("gateway", settings.gateway.replace("{phone}", quote(parcel.phone.removeprefix("+"), safe=""))))
    if settings.mail and parcel.email:
        ways.append(("mail", settings.mail.replace("{email}", quote(parcel.email, safe="@"))))
    return ways


def _sent(address: str, parcel: Delivery) -> bool:
    post = apprise.Apprise()
    return bool(post.add(address)) and bool(post.notify(body=parcel.text, title=parcel.subject))
