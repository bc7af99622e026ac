"""The garbage collector of a process that serves: what was loaded stays, what messages leave behind is soon gone."""

import gc

_YOUNG = 20_000  # objects that come and go with some dozen messages; nearly all of them go without the collector


def settle() -> None:
    """To be called once everything is loaded: the collector need not walk through it while buyers wait."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 50)
