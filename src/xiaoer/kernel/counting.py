"""Words that count goods and join them (量词与连词), as pieces of patterns. Pure; one table for every capability."""

# a measure word of things that are bought by the piece; 块 of money is none
PIECE = r"(?:[件个双条只瓶盒套台包袋箱罐桶支把张本卷份对副根片提听杯斤盆颗枚盘束枝朵顶床]|块(?!钱))"
# 加 between goods (车子加头盔), not within a word (加绒, 加厚, 加急)
PLUS = r"加(?![绒厚急量班热湿油长大宽起购价冰棉减强固盟])"
