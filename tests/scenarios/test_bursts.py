"""Thirty messages of one talk at the same moment: every call hears an answer, and nothing is answered twice."""

import asyncio

import pytest
from tests.scenarios.shop import Stage

from xiaoer.app.wiring import Wiring


@pytest.mark.asyncio(loop_scope="session")
async def test_every_call_of_a_burst_hears_an_answer(product: Wiring) -> None:
    stage = Stage(product, {"context": {"entry": "product", "product_id": "P1001"}})
    await stage.set_up()
    await stage.say("你好")
    asked = ["多少钱", "有货吗", "什么面料", "包邮吗", "几天能到"]
    answers = await asyncio.gather(*(stage.say(f"{asked[number % 5]}{'啊' * number}") for number in range(30)))
    assert all(answer["replies"] for answer in answers)
    said = {reply["id"]: reply["text"] for answer in answers for reply in answer["replies"]}
    assert len(said) < 60  # what came in together is answered together
