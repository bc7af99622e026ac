"""Channels (渠道) by code, as people call them. Pure."""

CHANNELS = {
    "api": "接口",
    "web": "网页",
    "import": "导入的历史",
    "taobao": "淘宝",
    "jd": "京东",
    "douyin": "抖店",
    "pdd": "拼多多",
    "xhs": "小红书",
    "kuaishou": "快手",
    "wechat": "微信",
}
# What people call a channel beside its title.
_CALLED = {title: code for code, title in CHANNELS.items()} | {
    "抖音": "douyin", "抖音小店": "douyin", "天猫": "taobao", "官网": "web", "网站": "web",
    "微信小店": "wechat", "快手小店": "kuaishou",
}  # fmt: skip


def channel_code(name: str) -> str:
    """The code of a channel that somebody wrote (抖音 is douyin); a name that is none stays."""
    return _CALLED.get(name.strip(), name.strip())


def channel_codes(names: str) -> str:
    """The same of several, joined by |."""
    return "|".join(dict.fromkeys(channel_code(name) for name in names.split("|") if name.strip()))
