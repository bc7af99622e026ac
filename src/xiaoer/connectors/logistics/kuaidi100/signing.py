"""快递100 signatures: queries are signed with key and customer, pushes with the salt given at subscription."""

import hashlib


def sign_query(param: str, key: str, customer: str) -> str:
    return hashlib.md5((param + key + customer).encode(), usedforsecurity=False).hexdigest().upper()


def sign_push(param: str, salt: str) -> str:
    return hashlib.md5((param + salt).encode(), usedforsecurity=False).hexdigest().upper()
