"""Secrets at rest (密钥保管): AES-256-GCM under a key derived from the installation's secret, one per shop.

`seal` binds the text to its place (shop and name), so a sealed value copied to another row does not open.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.ids import ShopId

_VERSION = "v1"
_NONCE = 12


class SealBroken(XiaoerError):
    """A sealed value cannot be opened: the installation's secret changed, or the row was tampered with."""

    code = "seal_broken"
    status = 409


class Vault:
    """Seals and opens short texts of one installation."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def seal(self, shop: ShopId, place: str, text: str) -> str:
        """Encrypt `text` for `place` (such as `system:01J…`)."""
        nonce = os.urandom(_NONCE)
        sealed = self._cipher(shop).encrypt(nonce, text.encode(), place.encode())
        return f"{_VERSION}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, shop: ShopId, place: str, sealed: str) -> str:
        """Decrypt what `seal` made for the same shop and place.

        Raises:
            SealBroken: another secret, shop or place, or damaged.
        """
        try:
            version, _, encoded = sealed.partition(".")
            raw = base64.urlsafe_b64decode(encoded)
            if version != _VERSION:
                raise ValueError(version)
            return self._cipher(shop).decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
        except (InvalidTag, ValueError):
            raise SealBroken(f"The stored secret of {place} cannot be opened. Enter it again in the console.") from None

    def _cipher(self, shop: ShopId) -> AESGCM:
        derived = HKDF(SHA256(), 32, salt=b"xiaoer-vault", info=shop.encode()).derive(self._secret)
        return AESGCM(derived)
