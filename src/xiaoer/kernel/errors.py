"""Errors that cross a boundary: what happened, to which thing, what to do next.

`code` is part of the public contract and never changes; `status` is the HTTP status of the problem
document (RFC 9457). Buyers never see these texts: their wording lives in `xiaoer.slices.replies`. `told` says the
same in Chinese where a page shows it to the person who typed (else the page has words of its own); `against` holds
what stands against it, one by one, where a page shows that.
"""

from typing import Any


class XiaoerError(Exception):
    """Base of every expected failure. Anything else that escapes is a defect."""

    code = "error"
    status = 400
    told = ""
    against: tuple[Any, ...] = ()

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidMoney(XiaoerError):
    code = "invalid_money"
    status = 422

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(
            f"Amount “{text[:40]}” cannot be used: {reason}. Write yuan with at most two decimals, such as 299.00."
        )


class InvalidBody(XiaoerError):
    code = "invalid_body"
    status = 422


class NotFound(XiaoerError):
    """The thing does not exist in this shop (or must not be known to exist)."""

    code = "not_found"
    status = 404

    def __init__(self, kind: str, id: str, hint: str = "Check the id.") -> None:
        super().__init__(f"{kind} {id[:80]} is not in this shop. {hint}")


class Unauthorised(XiaoerError):
    code = "unauthorised"
    status = 401


class Forbidden(XiaoerError):
    code = "forbidden"
    status = 403


class Conflict(XiaoerError):
    code = "conflict"
    status = 409


class TooLarge(XiaoerError):
    code = "too_large"
    status = 413


class TooManyRequests(XiaoerError):
    code = "too_many_requests"
    status = 429

    def __init__(self, detail: str, retry_after_s: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class SourceUnavailable(XiaoerError):
    """A system behind a port could not be asked (time-out, refused, broken answer)."""

    code = "source_unavailable"
    status = 503
