"""旺店通 signature: sorted `NN-name:NNNN-value` joined with `;`, lengths counted in characters, MD5 with the secret.

Whether non-ASCII values count in characters or bytes is disputed between clients; the vendor's own code counts
characters, and so does this. Prefer ASCII values in questions.
"""

import hashlib
from collections.abc import Mapping


def sign(params: Mapping[str, str], secret: str) -> str:
    parts = (
        f"{len(name):02d}-{name}:{len(params[name]):04d}-{params[name]}" for name in sorted(params) if name != "sign"
    )
    return hashlib.md5((";".join(parts) + secret).encode(), usedforsecurity=False).hexdigest()
