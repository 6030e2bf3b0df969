"""Whether another machine is this one: then nothing of what is said to it goes over a wire that somebody could read."""

from __future__ import annotations

import ipaddress


def is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
