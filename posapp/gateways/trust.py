"""The TLS rules of every adapter: the operating system's trust store, TLS 1.2 or newer, no way to switch them off."""

from __future__ import annotations

import os
import ssl
import sys
from pathlib import Path
from typing import Final

from posapp.gateways.settings import SettingsError

_LINUX_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine
)


def tls_context() -> ssl.SSLContext:
    """Return a client context that trusts what the computer trusts, plus the file that SSL_CERT_FILE names.

    On Windows and macOS truststore asks the system itself, so a shop's TLS inspection works once its IT has
    installed its certificate. Elsewhere truststore would do what is done here, but anew for each connection,
    which costs 30 ms of the io thread every time; a context that is loaded once does the same work once.

    Raises:
        SettingsError: `ca_file_unusable` where SSL_CERT_FILE names a file that holds no certificates.
    """
    context = _system_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    extra = os.environ.get("SSL_CERT_FILE")
    if extra:
        try:
            context.load_verify_locations(cafile=extra)
        except OSError as exc:  # ssl.SSLError is one
            raise SettingsError("ca_file_unusable", "the file named by SSL_CERT_FILE holds no certificates") from exc
    return context


def _system_context() -> ssl.SSLContext:
    if sys.platform in ("win32", "darwin"):
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_default_verify_paths()
    if not context.cert_store_stats()["x509_ca"]:
        # A bundled OpenSSL looks where it was built, not where this distribution keeps its certificates.
        for bundle in _LINUX_BUNDLES:
            if Path(bundle).is_file():
                context.load_verify_locations(cafile=bundle)
                break
    return context
