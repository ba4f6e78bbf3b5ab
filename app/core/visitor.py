"""From where somebody comes, in a word or two: the browser, and the kind of network.

Promises: what comes out is one of our own words, whatever a browser called itself.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from app.core.model import Frozen

# The first that is in the name counts: most browsers name others beside themselves.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iPadOS",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


class Visitor(Frozen):
    """`browser` is like "Firefox, Linux"; `network` is IPv4, IPv6 or loopback; "" is unknown.

    `group` is what the guesses of one visitor are counted under: the address, of IPv6 its first
    half, since whoever has one such address has the other 2^64 too.
    """

    browser: str = ""
    network: str = ""
    group: str = ""


def visitor_of(host: str, user_agent: str) -> Visitor:
    """The visitor at this address with this browser, which both may be anything."""
    words = (_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))
    browser = ", ".join(word for word in words if word)
    try:
        address = ip_address(host)
    except ValueError:
        return Visitor(browser=browser, group=host)
    return Visitor(browser=browser, network=_network(address), group=_group(address))


def _network(address: IPv4Address | IPv6Address) -> str:
    return "loopback" if address.is_loopback else f"IPv{address.version}"


def _group(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address) or address.is_loopback:
        return str(address)
    return str(ip_network((address.packed, 64), strict=False))


def _first(words: dict[str, str], text: str) -> str:
    return next((word for sign, word in words.items() if sign in text), "")
