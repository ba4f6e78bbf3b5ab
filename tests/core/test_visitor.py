"""From where somebody comes: in our words only, and counted under what can't be changed at will."""

import pytest

from app.core.visitor import visitor_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("user_agent", "browser"),
    [
        (FIREFOX, "Firefox, Linux"),
        (EDGE, "Edge, Windows"),
        (PHONE, "Safari, iOS"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_one_of_our_own_words(user_agent: str, browser: str) -> None:
    assert visitor_of("127.0.0.1", user_agent).browser == browser


@pytest.mark.parametrize(
    ("host", "network", "group"),
    [
        ("127.0.0.1", "loopback", "127.0.0.1"),
        ("::1", "loopback", "::1"),
        ("203.0.113.7", "IPv4", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "IPv6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "IPv6", "2001:db8:1:2::/64"),
        ("somewhere", "", "somewhere"),
    ],
)
def test_an_address_is_counted_with_its_neighbours(host: str, network: str, group: str) -> None:
    found = visitor_of(host, "")
    assert (found.network, found.group) == (network, group)
