"""From which address a request comes: what proxies say is believed only where they are named."""

from __future__ import annotations

import ipaddress

import pytest
from django.test import RequestFactory

from diemtua.register.origins import client_address, sender_of

INNER = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("127.0.0.1")]


@pytest.mark.parametrize(
    ("near", "said", "proxies", "address"),
    [
        ("203.0.113.7", "", [], "203.0.113.7"),
        # Whoever writes the header by hand is counted as who they are.
        ("203.0.113.7", "198.51.100.1", [], "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", INNER, "203.0.113.7"),
        ("10.0.0.2", "203.0.113.7", INNER, "203.0.113.7"),
        ("10.0.0.2", "198.51.100.1, 203.0.113.7", INNER, "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.7, 10.0.0.9", INNER, "203.0.113.7"),
        ("10.0.0.2", "[2001:db8::5]:4711", INNER, "2001:db8::5"),
        ("10.0.0.2", "203.0.113.7:4711", INNER, "203.0.113.7"),
        ("::ffff:203.0.113.7", "", [], "203.0.113.7"),
        # A proxy nobody has told of: all would be one sender.
        ("127.0.0.1", "203.0.113.7", [], ""),
        ("127.0.0.1", "", [], "127.0.0.1"),
        ("10.0.0.2", "nonsense", INNER, ""),
        ("10.0.0.2", "10.0.0.3", INNER, ""),
        ("10.0.0.2", "", INNER, "10.0.0.2"),
        ("", "", INNER, ""),
    ],
)
def test_who_sent_it(settings, near, said, proxies, address):
    settings.TRUSTED_PROXIES = proxies
    extra = {"HTTP_X_FORWARDED_FOR": said} if said else {}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=near, **extra)) == address


def test_a_house_is_one_sender():
    assert sender_of("2001:db8:0:1::5") == sender_of("2001:db8:0:1:ffff::9") != sender_of("2001:db8:0:2::5")
    assert sender_of("203.0.113.7") == "203.0.113.7"
    assert sender_of("") == ""
