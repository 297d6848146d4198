"""The sandbox's own tokens: test data, recognisable by their prefix, the same for the same seed."""

from __future__ import annotations

import hashlib

PREFIX = "sbx_"


def token_value(seed: int, kind: str, name: str | None = None) -> str:
    """The token `name` of a kind, such as sbx_company_ and 24 hexadecimal digits; `name` is the kind for the default four."""
    digest = hashlib.sha256(f"komet-console sandbox {seed} {name or kind}".encode()).hexdigest()
    return f"{PREFIX}{kind}_{digest[:24]}"
