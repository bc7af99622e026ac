"""`xiaoer eval`: a file of expected answers through the shipped understanding and retrieval.

The kind is told by the columns (`flows/evaluate`). Retrieval rows are searched in the entries of a knowledge file
(`--kb`, columns `kb_id`, `standard_question`, `similar_questions`), kept in a throw-away database.
"""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xiaoer.app.wiring import Wiring
from xiaoer.flows.evaluate.intents import evaluate_intents
from xiaoer.flows.evaluate.retrieval import Found, evaluate_retrieval
from xiaoer.flows.evaluate.rows import Report, read_rows, tell_kind
from xiaoer.flows.evaluate.values import evaluate_entities, evaluate_sentiment
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import DEFAULT_SHOP


async def evaluate_file(path: Path, kb: Path | None) -> Report:
    """Measure one file.

    Raises:
        UnknownKind: its columns fit no kind. InvalidBody: it is not JSON Lines, or `kb` is missing.
    """
    try:
        rows = read_rows(path)
    except ValueError as error:
        raise InvalidBody(f"{path.name} is not JSON Lines: {error}") from None
    kind = tell_kind(rows)
    with tempfile.TemporaryDirectory(prefix="xiaoer-eval-") as folder:
        settings = Settings(home=Path(folder), database_url="")
        upgrade(settings.url)
        product = Wiring(settings)
        try:
            if kind == "intents":
                return evaluate_intents(
                    rows, product.understanding, lambda turn, heard: bool(product.red_lines(turn, heard))
                )
            if kind == "entities":
                return evaluate_entities(rows, product.understanding)
            if kind == "sentiment":
                return evaluate_sentiment(rows, product.understanding)
            if kb is None:
                raise InvalidBody("A retrieval file needs the knowledge that it asks about: add --kb KB.jsonl.")
            return await _retrieval(product, rows, kb)
        finally:
            await product.stop()


async def _retrieval(product: Wiring, rows: list[dict[str, Any]], kb: Path) -> Report:
    entries = [
        {
            "id": row["kb_id"],
            "question": row["standard_question"],
            "answer": row.get("answer") or row["standard_question"],
            "similar": row.get("similar_questions") or [],
        }
        for row in read_rows(kb)
    ]
    data = "\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries).encode()
    await product.shops.ensure_shop(DEFAULT_SHOP, "eval")
    await product.importer.import_file(DEFAULT_SHOP, data, name="knowledge.jsonl")
    await product.knowledge.ensure_loaded(DEFAULT_SHOP)
    now = datetime.now(UTC)

    def search(query: str) -> Found:
        found = product.knowledge.search(DEFAULT_SHOP, query, now=now, top_k=3)
        return Found(tuple(hit.id for hit in found.hits), found.answerable, found.hits[0].score if found.hits else 0.0)

    return evaluate_retrieval(rows, search)
