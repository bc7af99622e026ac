"""A language model (大模型) over the interface that the vendors share: `POST {url}/chat/completions`.

One question, one text back, with what it took. Time limits, breaker and masking of logs are those of every call outside
(`infra/web.py`); who may ask what, and what it costs, is decided by the callers.
"""

from typing import Any

import msgspec
from msgspec import Struct

from xiaoer.infra.web import Call, Web
from xiaoer.kernel.errors import SourceUnavailable

_CALM = 0.2  # temperature: it puts a text better, it invents nothing


class Told(Struct, frozen=True):
    """What the model said. A server that does not count its tokens is counted by letters, which is a little more."""

    text: str
    model: str
    tokens_in: int
    tokens_out: int


class Llm:
    """One endpoint with one model."""

    def __init__(self, web: Web, url: str, key: str, model: str) -> None:
        self._web = web
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self.model = model

    async def ask(self, task: str, text: str, most_tokens: int) -> Told:
        """
        Raises:
            SourceUnavailable: the model is away, refused, or said nothing that can be read.
        """
        body = {
            "model": self.model,
            "messages": [{"role": "system", "content": task}, {"role": "user", "content": text}],
            "max_tokens": most_tokens,
            "temperature": _CALM,
        }
        answer = await self._web.call(Call("POST", self._url, headers=self._headers, body=msgspec.json.encode(body)))
        found = answer.document()
        try:
            said = str(found["choices"][0]["message"]["content"] or "").strip()
        except (KeyError, IndexError, TypeError):
            raise SourceUnavailable(f"{answer.source} answered without a text.") from None
        usage = found.get("usage") if isinstance(found.get("usage"), dict) else {}
        return Told(
            said,
            str(found.get("model") or self.model)[:100],
            _count(usage, "prompt_tokens", len(task) + len(text)),
            _count(usage, "completion_tokens", len(said)),
        )


def _count(usage: Any, name: str, otherwise: int) -> int:
    value = usage.get(name)
    return value if isinstance(value, int) and 0 <= value < 10**9 else otherwise
