"""Log lines are JSON, and nothing personal or secret gets into them by accident."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from xiaoer.infra.crypto import new_secret, sign_token
from xiaoer.infra.idgen import new_id
from xiaoer.infra.log import mask_line, set_up_logging

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The lines written since set-up, parsed; the state of logging is put back afterwards."""
    stream, root = io.StringIO(), logging.getLogger()
    before = (root.handlers, root.level)
    set_up_logging("info", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    root.handlers, _ = before
    root.setLevel(before[1])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call 13800138000 now", "call 138****8000 now"),
        ("138-0013-8000", "138****8000"),
        ("33010619900101121X", "330***********X"),
        ("6222021234567890", "************7890"),
        ("wang.ming@example.cn", "w***@example.cn"),
        ("postgresql://shop:s3cret@db/x", "postgresql://shop:***@db/x"),
        ("order 20260618123456789", "order 20260618123456789"),
        ("1718712000000", "1718712000000"),
        ("买家问：什么时候发货", "买家问：什么时候发货"),
    ],
)
def test_what_looks_personal_is_masked(text: str, masked: str) -> None:
    assert mask_line(text) == masked


def test_keys_and_tokens_are_masked(clock: Any) -> None:
    key, token = new_secret("xk.s1"), sign_token("k" * 32, "staff", {"sub": "1"}, clock.now(), 60)
    assert mask_line(f"refused {key}") == "refused xk.s1.***"
    assert mask_line(f"Bearer {token}") == "Bearer ***"


def test_our_own_ids_stay_readable() -> None:
    ids = [new_id() for _ in range(200)]
    assert [mask_line(id_) for id_ in ids] == ids


def test_a_line_is_one_json_object_with_level_and_time(lines: Lines) -> None:
    structlog.get_logger().info("turn_decided", shop="s1", acts=["answer"])
    (line,) = lines()
    assert line.items() >= {"event": "turn_decided", "level": "info", "shop": "s1", "acts": ["answer"]}.items()
    assert line["timestamp"].endswith("Z")


def test_values_at_any_depth_and_of_any_type_are_masked(lines: Lines) -> None:
    structlog.get_logger().info("x", phone=13800138000, data={"to": ["13800138000", ("wang@example.cn",)]})
    (line,) = lines()
    assert line["phone"] != 13800138000 and "13800138000" not in json.dumps(line)
    assert line["data"] == {"to": ["138****8000", ["w***@example.cn"]]}


def test_an_exception_is_logged_without_the_number_in_its_words(lines: Lines) -> None:
    try:
        raise ValueError("no buyer 13800138000")
    except ValueError:
        structlog.get_logger().exception("failed")
    (line,) = lines()
    assert "ValueError: no buyer 138****8000" in line["exception"]


def test_lines_of_libraries_take_the_same_way(lines: Lines) -> None:
    logging.getLogger("uvicorn.error").warning("peer %s", "13800138000")
    (line,) = lines()
    assert (line["event"], line["logger"], line["level"]) == ("peer 138****8000", "uvicorn.error", "warning")


def test_lines_below_the_level_are_not_written(lines: Lines) -> None:
    structlog.get_logger().debug("noise")
    logging.getLogger("sqlalchemy").debug("noise")
    assert lines() == []


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="XIAOER_LOG_LEVEL"):
        set_up_logging("loud")


def test_a_very_long_text_is_cut() -> None:
    assert len(mask_line("x" * 100_000)) == 4_001
