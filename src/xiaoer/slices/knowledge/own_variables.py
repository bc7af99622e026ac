"""The shop's own variables (自定义变量): what answers may name beside the live ones of `kernel.variables`."""

from sqlalchemy import Connection

from xiaoer.infra import audit
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.variables import LIVE, variables_in
from xiaoer.slices.knowledge import rules, store


class OwnVariables:
    """Variables of all shops; the entry service keeps them too."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def variables(self, shop: ShopId) -> dict[str, str]:
        """The shop's own variables and their values; the live ones of `kernel.variables` come on top."""
        return await self._db.read(lambda c: store.variables_of(c, shop))

    async def save_variable(self, shop: ShopId, name: str, value: str, by: str = "") -> None:
        """
        Raises:
            InvalidEntry, UnknownVariable, CyclicVariable: see `rules.check_variable`.
        """

        def keep(connection: Connection) -> None:
            rules.check_variable(name, value, store.variables_of(connection, shop))
            store.save_variable(connection, shop, name, value)
            store.touch_variables(connection, shop)
            audit.record(connection, shop, by, "knowledge.variable", name, self._clock.now())

        await self._db.write(keep)

    async def drop_variable(self, shop: ShopId, name: str, by: str = "") -> None:
        """
        Raises:
            Conflict: an answer still names it. NotFound: no such variable.
        """

        def drop(connection: Connection) -> None:
            used = store.uses_variable(connection, shop, name) if name not in LIVE else []
            own = store.variables_of(connection, shop)
            used += [f"{{{other}}}" for other, value in own.items() if name in variables_in(value) and name not in LIVE]
            if used:
                raise Conflict(f"The variable {name} is used by {', '.join(used[:5])}. Change those first.")
            if not store.drop_variable(connection, shop, name):
                raise NotFound("Variable", name)
            store.touch_variables(connection, shop)
            audit.record(connection, shop, by, "knowledge.variable_dropped", name, self._clock.now())

        await self._db.write(drop)
