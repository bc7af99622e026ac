"""A product's fact answers the thing that was asked, or nothing does."""

import pytest

from xiaoer.kernel.commerce import Product
from xiaoer.slices.policies.rules.attributes import facts_for
from xiaoer.slices.policies.rules.for_others import is_of_other_stuff

NUTS = Product("N", "混合坚果", attributes={"孕妇可吃": "少量", "保质期": "10个月"})
COAT = Product("C", "防晒外套", attributes={"材质": "锦纶", "会不会起球": "不易起球", "厚薄": "薄款"})
CUP = Product("T", "保温杯", attributes={"保温": "12小时", "清洗": "杯盖可拆，别进洗碗机", "质保": "1年"})
BANK = Product("B", "充电宝", attributes={"容量": "20000毫安时", "输出": "22.5瓦", "接口": "USB-C", "质保": "1年"})
FLOUR = Product("F", "婴儿米粉", attributes={"适合月龄": "6个月以上", "保质期": "18个月"})
BOARD = Product(
    "K", "机械键盘", attributes={"轴体": "静音红轴、青轴、段落茶轴", "电池": "4000毫安时", "适配系统": "macOS"}
)
DOWN = Product("D", "羽绒服", attributes={"钻绒": "双层锁绒", "洗涤方式": "手洗"})
ROD = Product(
    "R", "钓鱼竿", attributes={"自重": "118克", "收缩长度": "1.18米", "钓重": "4斤以内", "质保": "断节终身配"}
)
BOARD_CAT = Product("B", "猫抓板", attributes={"承重": "20斤", "掉屑": "少量", "猫薄荷": "送一包"})
PENS = Product("P", "中性笔", attributes={"墨水": "速干，约1秒", "支数": "12支", "能换芯吗": "能，通用按动芯"})
SHELL = Product("W", "冲锋衣", attributes={"防水指数": "10000毫米", "内胆": "可拆卸抓绒", "洗护": "轻柔机洗，不可干洗"})
LOTUS = Product("O", "桂花坚果藕粉羹500g罐装", attributes={"纯藕粉": "是风味羹，不是纯藕粉", "保质期": "12个月"})
PUMP = Product("P", "充气泵", attributes={"充满一条胎": "约6分钟", "噪音": "75分贝", "充电接口": "Type-C"})
MAT = Product("M", "坐垫", attributes={"适用车型": "五座轿车和SUV通用（不含7座）", "厚度": "2cm"})
MOULD = Product("M", "蛋糕模具", attributes={"能进烤箱": "能", "尺寸": "8寸", "表面": "阳极"})
SINK = Product("K", "水槽", attributes={"开孔": "台上台下两用", "材质": "304不锈钢", "厚度": "1.2mm"})
LAMP = Product("L", "台灯", attributes={"供电": "插电", "适用人群": "6岁以上学生"})
SEAT = Product("E", "电脑椅", attributes={"承重": "150kg", "适合身高": "155-188cm"})
CHAIR = Product("S", "安全座椅", attributes={"反向": "15个月以前反向装", "适合年龄": "0到12岁", "认证": "3C"})


@pytest.mark.parametrize(
    ("product", "intent", "question", "keys"),
    [
        (NUTS, "product.safety", "孕妇能吃吗", ["孕妇可吃"]),
        (NUTS, "product.safety", "我媳妇怀着呢能吃不", ["孕妇可吃"]),
        (NUTS, "product.safety", "狗吃了会不会死", []),
        (NUTS, "product.safety", "我糖尿病能吃不", []),
        (NUTS, "product.safety", "娃一岁半能吃不", []),
        (COAT, "product.quality", "会起球吗", ["会不会起球"]),
        (COAT, "product.quality", "质量怎么样", []),
        (COAT, "product.quality", "掉色不掉色说人话", []),
        (COAT, "product.quality", "你家东西是不是垃圾", []),
        (COAT, "product.quality", "骑车穿会不会飞起来", []),
        (COAT, "product.material", "啥料子", ["材质"]),
        (CUP, "product.usage", "洗碗机行不", ["清洗"]),
        (BOARD, "product.compare", "红轴和茶轴有啥区别", ["轴体"]),
        (BOARD, "product.compatibility", "没电了插着线能用吗", ["电池"]),
        (DOWN, "product.quality", "掉毛吗", ["钻绒"]),
        (DOWN, "product.quality", "洗了会不会缩水", []),
        (DOWN, "product.usage", "咋洗", ["洗涤方式"]),
        (CUP, "product.compatibility", "能放洗碗机里转吗", ["清洗"]),
        (CUP, "product.detail", "早上的水晚上还烫吗", ["保温"]),
        (BANK, "product.detail", "快充支持多少瓦", ["输出"]),
        (BANK, "product.compatibility", "苹果的支持不", ["接口"]),
        (BANK, "product.quality", "用了俩月充不进电了管不管", ["质保"]),
        (FLOUR, "product.safety", "八个月能吃不", ["适合月龄"]),
        (FLOUR, "product.quality", "用了大概两个月吧有点掉渣", []),
        (CHAIR, "product.install", "能反着装不", ["反向"]),
        (ROD, "product.detail", "能钓几斤的鱼", ["钓重"]),
        (ROD, "product.detail", "这竿子多重", ["自重"]),
        (ROD, "product.size_chart", "收起来多长", ["收缩长度"]),
        (BOARD_CAT, "product.compatibility", "我家猫15斤 承得住吗", ["承重"]),
        (BOARD_CAT, "product.safety", "猫吃了纸屑咋办", []),
        (PENS, "product.package", "一盒几支", ["支数"]),
        (PENS, "product.detail", "写了多久干", ["墨水"]),
        (PENS, "product.detail", "笔芯能换吗", ["能换芯吗"]),
        (SHELL, "product.usage", "能干洗吗", ["洗护"]),
        (SHELL, "product.usage", "里面那层能拆不", ["内胆"]),
        (CHAIR, "product.safety", "有3C吗", ["认证"]),
        (LOTUS, "product.safety", "血压高这藕粉能喝不", []),
        (LOTUS, "product.detail", "是纯藕粉吗", ["纯藕粉"]),
        (PUMP, "product.detail", "充满一个胎多长时间 吵不吵", ["充满一条胎", "噪音"]),
        (PUMP, "product.compatibility", "能给自行车打气吗", []),
        (MAT, "product.compatibility", "七座的能用吗", ["适用车型"]),
        (MAT, "product.compatibility", "我宝马3系能装这坐垫不", ["适用车型"]),
        (LAMP, "", "能换电池不", ["供电"]),
        (MOULD, "product.usage", "能放微波炉么", []),
        (MOULD, "product.usage", "能进烤箱不", ["能进烤箱"]),
        (SINK, "product.material", "是304的吗", ["材质"]),
        (SEAT, "product.size_advice", "身高190能坐这个椅子不", ["适合身高"]),
        (CHAIR, "product.size_advice", "三岁半能坐不", ["适合年龄"]),
    ],
)
def test_a_fact_answers_only_what_was_asked(product: Product, intent: str, question: str, keys: list[str]) -> None:
    assert [key for key, _ in facts_for(product, intent, question)] == keys


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("能管多大面积", ["适用面积"]),
        ("滤芯多久换一次", ["滤芯寿命"]),
        ("遥控器要装什么电池", ["遥控电池"]),
        ("送不送支架", []),
    ],
)
def test_a_sheet_with_keys_of_its_own_answers_by_what_they_name(question: str, keys: list[str]) -> None:
    cleaner = Product(
        "A", "空气净化器", attributes={"适用面积": "30到50平方米", "滤芯寿命": "约6个月", "遥控电池": "CR2032"}
    )
    assert [key for key, _ in facts_for(cleaner, "product.detail", question)][:1] == keys


@pytest.mark.parametrize(
    ("made_of", "answer", "other"),
    [
        ("聚酯纤维100%", "棉的首次洗大约缩3%，羊毛别用热水。", True),
        ("棉95%，氨纶5%", "棉的首次洗大约缩3%，羊毛别用热水。", False),
        ("聚酯纤维100%", "正常水洗不会缩。", False),
        ("环保新材料", "棉的首次洗大约缩3%。", False),
    ],
)
def test_what_holds_of_other_stuff_holds_not_of_these_goods(made_of: str, answer: str, other: bool) -> None:
    assert is_of_other_stuff(Product("D", "雪纺连衣裙", attributes={"面料成分": made_of}), answer) is other
