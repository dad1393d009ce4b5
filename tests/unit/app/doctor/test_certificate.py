"""Reading a certificate that nobody vouches for: right where it is one, a `BadCertificate` for anything else."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from posapp.app.doctor.certificate import BadCertificate, read_certificate


def der_of(*hosts: str, not_before: datetime | None = None, not_after: datetime | None = None) -> bytes:
    authority = trustme.CA(organization_name="Café 海港")
    leaf = authority.issue_cert(*hosts, not_before=not_before, not_after=not_after)
    return ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())


SOUND = der_of("gateway.example")


def test_hosts_issuer_and_dates_are_read() -> None:
    first, last = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC), datetime(2061, 7, 8, 9, 10, 11, tzinfo=UTC)
    found = read_certificate(der_of("a.example", "*.b.example", not_before=first, not_after=last))
    assert found.hosts == ("a.example", "*.b.example")
    assert found.issuer == "Café 海港"
    assert (found.not_before, found.not_after) == (first, last)


def test_a_year_of_the_last_century_stays_there() -> None:
    long_ago = datetime(1999, 12, 31, tzinfo=UTC)
    assert read_certificate(der_of("a.example", not_before=long_ago)).not_before == long_ago


def test_what_an_issuer_calls_itself_is_cut_and_made_printable() -> None:
    leaf = trustme.CA(organization_name="x\x1b[2J" + "y" * 100, organization_unit_name="u")
    der = ssl.PEM_cert_to_DER_cert(leaf.issue_cert("a.example").cert_chain_pems[0].bytes().decode())
    issuer = read_certificate(der).issuer
    assert issuer.isprintable()
    assert len(issuer) <= 80


@given(st.binary(max_size=200))
def test_rubbish_is_refused(data: bytes) -> None:
    with pytest.raises(BadCertificate):
        read_certificate(data)


@settings(max_examples=300)
@given(st.integers(0, len(SOUND) - 1), st.integers(0, 255))
def test_a_damaged_certificate_is_read_or_refused_and_nothing_else(place: int, byte: int) -> None:
    damaged = bytearray(SOUND)
    damaged[place] = byte
    try:
        found = read_certificate(bytes(damaged))
    except BadCertificate:
        return
    assert found.issuer.isprintable()
    assert all(host.isprintable() for host in found.hosts)


@given(st.integers(0, len(SOUND) - 1))
def test_a_truncated_certificate_is_refused(length: int) -> None:
    with pytest.raises(BadCertificate):
        read_certificate(SOUND[:length])
