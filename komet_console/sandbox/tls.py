"""HTTPS for the sandbox: a certificate from an authority made on the spot."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files: the authority's certificate for callers, the server's chain and its key."""

    ca: Path
    chain: Path
    key: Path


def make_certificate(folder: Path, host: str) -> Certificate:
    """Write a fresh authority and a certificate for `host` and for loopback into `folder`.

    The key of the authority is never written, so nobody can sign anything else with it.
    """
    import trustme

    names = {"localhost", "127.0.0.1", "::1"}
    try:
        if not ip_address(host).is_unspecified:
            names.add(host)
    except ValueError:
        names.add(host)
    authority = trustme.CA(organization_name="Komet Console sandbox")
    server = authority.issue_cert(*sorted(names))
    made = Certificate(folder / "sandbox-ca.pem", folder / "sandbox-chain.pem", folder / "sandbox-key.pem")
    authority.cert_pem.write_to_path(str(made.ca))
    made.chain.write_bytes(b"".join(part.bytes() for part in server.cert_chain_pems))
    made.key.touch(mode=0o600)
    made.key.chmod(0o600)
    made.key.write_bytes(server.private_key_pem.bytes())
    return made
