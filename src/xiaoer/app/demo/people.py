"""The sample shop's buyers: nicknames, levels and where they have parcels sent.

Everyone is invented. Phone numbers lie in one block (1390000xxxx) so that a reader sees at once
that they are not real people's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from xiaoer.app.demo.dates import write_time
from xiaoer.app.demo.shelf import Row

DEMO_BUYER = "b-demo"
BUYER_COUNT = 150

NICKS = """
小满 木棉花开了 橘子汽水 阿圆 早睡的猫 山间清风 豆豆妈妈 陈小胖 七月流火 半糖去冰 一颗白菜
海边的曼波 胡萝卜不吃兔 老周 月亮邮递员 棉花糖 林深见鹿 加班的小李 温水煮茶 奶茶三分甜 想去看海
大头儿子他妈 西瓜籽 闲云 花生酱 慢慢走 安安 小鹿乱撞 北方有雪 土豆炖牛肉 青柠 一米阳光 早起背单词
沐沐 柚子皮 程序员阿强 不吃香菜 雨后初晴 兜兜里有糖 草莓味的风 王姐 楼下小卖部 阿拉蕾 云朵收藏家
星期八 三分钟热度 果果爸 住在五楼 米粒 桂花落 大橘为重 爱喝豆浆 静待花开 风筝 小镇姑娘 二两牛肉面
夏天的尾巴 今天也要开心 可可 老张头 暖暖 走走停停 白白 梧桐雨 麦子熟了 晚安玛卡 泡泡糖 爱跑步的鱼
小雨点 阿呆 落日飞车 荔枝 江南烟雨 四喜丸子 向日葵 芋圆波波 熬夜冠军 芝麻开门 家有二宝 秋刀鱼 念念
一只鹅 南瓜粥 咕咕鸡 何先生 简单点 拾光 冬瓜排骨汤 彩虹 蓝莓 团团圆圆 老赵家的 小确幸 拖延症晚期
竹子 九斤 面包树 糖炒栗子 阿木 春天在哪里 大熊猫本猫 红豆 摸鱼小能手 石头记 夹心饼干 千千 豌豆公主
一路向北 小石榴 听风 柠檬不酸 布丁 甜甜圈 杨过的雕 灯火阑珊 酸奶盖 七七 苏打饼 喜欢晒太阳 老刘 小葵
旧时光 海盐 包子铺 雪糕 知了 阿福 毛毛虫 西红柿炒蛋 佳佳 萝卜丁 远方 绿豆沙 小北 云吞面 阿May 松果
半夏 辣条 山竹 阿梨 慢热 小太阳 初一 核桃 圆圆的脸 木木 小桃子 粥可温 白日梦 阿宽 芒果干
""".split()

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "雨桐 子涵 秀英 建国 梓萱 浩然 晓燕 志强 思琪 丽娟 明轩 春梅 俊杰 佳怡 海涛 玉兰 文博 静怡 国庆 若曦".split()
TAGS = "宝妈 学生 上班族 敏感肌 送礼 爱囤货 看重优惠 看重品质 回头客 养猫 租房 常退换".split()


@dataclass(frozen=True)
class Place:
    """A delivery area: the hub its parcels pass, the local branch and an address in it."""

    city: str
    hub: str
    branch: str
    address: str
    # Hours on the road from the eastern warehouses to the hub, and the hub in between, if any.
    road_hours: int
    via: str | None = None


PLACES = (
    Place("武汉市", "武汉转运中心", "武汉洪山网点", "湖北省武汉市洪山区珞喻路银杏苑6栋1单元802", 18),
    Place("上海市", "上海转运中心", "上海闵行网点", "上海市闵行区莘庄镇水清路荷花里28号501室", 6),
    Place("杭州市", "杭州转运中心", "杭州西湖网点", "浙江省杭州市西湖区文三路学林里3幢402", 4),
    Place("南京市", "南京转运中心", "南京鼓楼网点", "江苏省南京市鼓楼区湖南路梧桐院11号203", 8),
    Place("苏州市", "苏州转运中心", "苏州吴中网点", "江苏省苏州市吴中区石湖东路水岸家园17栋604", 6),
    Place("合肥市", "合肥转运中心", "合肥蜀山网点", "安徽省合肥市蜀山区望江西路书香里5栋1202", 11),
    Place("北京市", "北京转运中心", "北京朝阳网点", "北京市朝阳区双桥路槐树院9号楼2单元701", 24, "济南转运中心"),
    Place("天津市", "天津转运中心", "天津南开网点", "天津市南开区鞍山西道海棠里12门303", 24, "济南转运中心"),
    Place("济南市", "济南转运中心", "济南历下网点", "山东省济南市历下区泉城路柳园小区4号楼501", 18),
    Place("青岛市", "青岛转运中心", "青岛市北网点", "山东省青岛市市北区敦化路海潮里8号楼1101", 20, "济南转运中心"),
    Place("郑州市", "郑州转运中心", "郑州金水网点", "河南省郑州市金水区丰产路石榴院2号楼906", 20),
    Place("西安市", "西安转运中心", "西安雁塔网点", "陕西省西安市雁塔区小寨东路青砖里7栋1504", 30, "郑州转运中心"),
    Place("成都市", "成都转运中心", "成都武侯网点", "四川省成都市武侯区玉林南街芙蓉院3栋602", 38, "武汉转运中心"),
    Place("重庆市", "重庆转运中心", "重庆渝北网点", "重庆市渝北区龙溪街道松石路山水间21栋8-2", 36, "武汉转运中心"),
    Place("长沙市", "长沙转运中心", "长沙岳麓网点", "湖南省长沙市岳麓区桃子湖路橘洲里10栋1302", 22),
    Place("广州市", "广州转运中心", "广州天河网点", "广东省广州市天河区石牌东路榕树下小区C栋1706", 26),
    Place("深圳市", "深圳转运中心", "深圳南山网点", "广东省深圳市南山区前海路海风苑5栋B座2203", 28, "广州转运中心"),
    Place("福州市", "福州转运中心", "福州仓山网点", "福建省福州市仓山区上渡路茉莉园9座305", 18),
    Place("沈阳市", "沈阳转运中心", "沈阳铁西网点", "辽宁省沈阳市铁西区兴华南街工人村16号楼4单元201", 40, "天津转运中心"),
    Place("哈尔滨市", "哈尔滨转运中心", "哈尔滨南岗网点", "黑龙江省哈尔滨市南岗区学府路雪松里8栋503", 50, "沈阳转运中心"),
    Place("昆明市", "昆明转运中心", "昆明五华网点", "云南省昆明市五华区一二一大街翠湖里6栋1001", 46, "长沙转运中心"),
    Place("兰州市", "兰州转运中心", "兰州城关网点", "甘肃省兰州市城关区雁滩路黄河湾14号楼802", 44, "西安转运中心"),
    Place("信阳市", "郑州转运中心", "息县东岳镇服务点", "河南省信阳市息县东岳镇新街中段路北刘家", 30),
    Place("赣州市", "南昌转运中心", "于都县城网点", "江西省赣州市于都县贡江镇红军大道滨江苑2栋301", 24),
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A buyer with the place their parcels go to."""

    buyer_id: str
    level: str
    receiver: str
    phone: str
    place: Place


def invite_buyers(now: datetime, random: Random) -> tuple[list[Row], list[Person]]:
    """Make the buyers' import rows and, in the same order, the people behind them."""
    rows: list[Row] = []
    people: list[Person] = []
    for number, nick in enumerate(NICKS[:BUYER_COUNT]):
        first = number == 0
        person = Person(
            buyer_id=DEMO_BUYER if first else f"b-{number:04d}",
            level="金卡" if first else _pick_level(random),
            receiver="周晓雯" if first else random.choice(SURNAMES) + random.choice(GIVEN),
            phone=f"1390000{1000 + number * 7:04d}",
            place=PLACES[0] if first else random.choice(PLACES),
        )
        tags = ["宝妈", "回头客"] if first else random.sample(TAGS, random.randint(0, 3))
        joined_at = now - timedelta(days=random.randint(75, 700), minutes=random.randint(0, 1439))
        rows.append(
            {
                "id": person.buyer_id,
                "nick": nick,
                "level": person.level,
                "tags": tags,
                "phone": person.phone,
                "created_at": write_time(joined_at),
            }
        )
        people.append(person)
    return rows, people


def _pick_level(random: Random) -> str:
    return random.choices(("普通", "银卡", "金卡", "黑金"), (92, 36, 16, 5))[0]
