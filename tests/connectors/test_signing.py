"""Signatures come out as the platforms publish them (or as derived where nothing is published)."""

import pytest

from xiaoer.connectors.erp.jushuitan.signing import sign as sign_jushuitan
from xiaoer.connectors.erp.wangdian.signing import sign as sign_wangdian
from xiaoer.connectors.logistics.kdniao.signing import sign as sign_kdniao
from xiaoer.connectors.logistics.kuaidi100.signing import sign_query
from xiaoer.connectors.shops.douyin.signing import canonical
from xiaoer.connectors.shops.douyin.signing import sign as sign_douyin
from xiaoer.connectors.shops.jd.signing import sign as sign_jd
from xiaoer.connectors.shops.pinduoduo.signing import sign as sign_pinduoduo
from xiaoer.connectors.shops.shopify.signing import sign_push as sign_shopify
from xiaoer.connectors.shops.taobao.signing import sign as sign_taobao
from xiaoer.connectors.shops.youzan.signing import sign_push as sign_youzan
from xiaoer.connectors.wechat import decrypt, encrypt, read_xml, sign
from xiaoer.kernel.errors import InvalidBody, Unauthorised

_TAOBAO = {
    "app_key": "12345678", "fields": "num_iid,title,nick,price,num", "format": "json",
    "method": "taobao.item.seller.get", "num_iid": "11223344", "session": "test",
    "timestamp": "2016-01-01 12:00:00", "v": "2.0",
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "signature"),
    [
        ("md5", "66987CB115214E59E6EC978214934FB8"),
        ("hmac", "D56D7858309C31B6251083A874D48273"),
        ("hmac-sha256", "04DB15AD0774D5CFCE2C837DE43E3FCEA9011ED74F3038FB6AB5F3C4CEA119E8"),
    ],
)
def test_taobao_signs_all_parameters_that_are_sent(method: str, signature: str) -> None:
    params = {**_TAOBAO, "sign_method": method}
    assert sign_taobao(params, "helloworld", method) == signature
    assert sign_taobao({**params, "sign": "x", "empty": ""}, "helloworld", method) == signature


def test_jd_signs_the_business_json_too() -> None:
    business = (
        '{"end_date":null,"optional_fields":null,"order_state":"WAIT_SELLER_STOCK_OUT","page":"1",'
        '"page_size":"200","start_date":null}'
    )
    params = {
        "360buy_param_json": business, "access_token": "yourtoken", "app_key": "yourappkey",
        "method": "jingdong.pop.order.search", "timestamp": "2021-05-07 09:20:39.683+0800", "v": "2.0",
    }  # fmt: skip
    assert sign_jd(params, "yourappSecret") == "D70825340F4084360B9362B60DFD7930"


def test_pinduoduo_signs_sorted_names_and_values() -> None:
    params = {
        "access_token": "asd78172s8ds9a921j9qqwda12312w1w21211", "client_id": "1", "data_type": "XML",
        "order_status": "1", "page": "1", "page_size": "10", "timestamp": "1480411125",
        "type": "pdd.order.number.list.get",
    }  # fmt: skip
    assert sign_pinduoduo(params, "testSecret") == "E4DE3ED21002510DED352819E7AE6775"


def test_douyin_signs_the_canonical_business_json() -> None:
    body = canonical({"size": 10, "page": 0})
    assert body == '{"page":0,"size":10}'
    expected = "17977886f939223a4b8251140f1ce305cb36dc10523e658660ddb03f11aa3651"
    assert sign_douyin("k1", "order.searchList", body, "1700000000", "sec") == expected
    assert canonical({"b": {"d": "<&>", "c": 1}, "a": "中"}) == '{"a":"中","b":{"c":1,"d":"<&>"}}'


def test_youzan_and_shopify_pushes() -> None:
    assert sign_youzan("cid", '{"a":1}', "csec") == "9625b8edb84d5464a204f20637a70505"
    assert sign_shopify("sec", b'{"id":1}') == "BfWHU9KOfE5wekKql/54Ba6mBfWuNu3Cg/sPXrxmt0U="


def test_jushuitan_puts_the_secret_in_front() -> None:
    params = {"app_key": "app", "charset": "utf-8", "timestamp": "100"}
    assert sign_jushuitan(params, "secret") == "706427ca94e342781ac36d501151cb10"


def test_wangdian_prefixes_lengths() -> None:
    params = {
        "appkey": "test2-xx", "end_time": "2016-08-01 13:00:00", "page_no": "0", "page_size": "40", "sid": "test2",
        "start_time": "2016-08-01 12:00:00", "timestamp": "1470042310",
    }  # fmt: skip
    assert sign_wangdian(params, "12345") == "ad4e6fe037ea6e3ba4768317be9d1309"


def test_carrier_queries() -> None:
    assert sign_query('{"com":"yuantong","num":"12345678"}', "key", "cust") == "AA8CAA798B556DBCC55A3CE7B6A76704"
    request = '{"OrderCode":"","ShipperCode":"YTO","LogisticCode":"12345678"}'
    assert sign_kdniao(request, "key") == "Yjc4ZWY2ZDFhNjVmMzQwNzNkYTQ2NTljYjUxMjgyZjU="


_TOKEN, _KEY, _CORP = (
    "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo",
    "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt",
    "ww1436e0e65a779aee",
)
_ECHO = "fsi1xnbH4yQh0+PJxcOdhhK6TDXkjMyhEPA7xB2TGz6b+g7xyAbEkRxN/3cNXW9qdqjnoVzEtpbhnFyq6SVHyA=="
_MESSAGE = (
    "Kl7kjoSf6DMD1zh7rtrHjFaDapSCkaOnwu3bqLc5tAybhhMl9pFeK8NslNPVdMwmBQTNoW4mY7AIjeLvEl3NyeTkAgGzBhzTtRLNshw2AEew"
    "+kkYcD+Fq72Kt00fT0WnN87hGrW8SqGc+NcT3mu87Ha3dz1pSDi6GaUA6A0sqfde0VJPQbZ9U+3JWcoD4Z5jaU0y9GSh010wsHF8KZD24Yhm"
    "ZH4ch4Ka7ilEbjbfvhKkNL65HHL0J6EYJIZUC2pFrdkJ7MhmEbU2qARR4iQHE7wy24qy0cRX3Mfp6iELcDNfSsPGjUQVDGxQDCWjayJOpcwo"
    "cugux082f49HKYg84EpHSGXAyh+/oxwaWbvL6aSDPOYuPDGOCI8jmnKiypE+"
)


def test_wechat_signs_token_time_nonce_and_ciphertext() -> None:
    assert sign("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert sign(_TOKEN, "1476416373", "47744683", _ECHO) == "012bc692d0a58dd4b10f8dfe5c4ac00ae211ebeb"
    assert sign(_TOKEN, "1476422779", "1597212914", _MESSAGE) == "0c3914025cb4b4d68103f6bfc8db550f79dcf48e"


def test_wechat_messages_are_decrypted_and_read() -> None:
    assert decrypt(_ECHO, _KEY, _CORP) == "1288432023552776189"
    message = read_xml(decrypt(_MESSAGE, _KEY, _CORP))
    assert (message["Content"], message["MsgId"], message["FromUserName"]) == ("你好", "1456453720", "ChenJiaShun")
    assert decrypt(encrypt("好的", _KEY, _CORP, b"0123456789abcdef"), _KEY, _CORP) == "好的"


@pytest.mark.parametrize("broken", ["", "!!!", _ECHO[:-8], _ECHO[8:], "QUJD"])
def test_a_message_that_does_not_decrypt_is_refused(broken: str) -> None:
    with pytest.raises(Unauthorised):
        decrypt(broken, _KEY, _CORP)
    with pytest.raises(Unauthorised):
        decrypt(_ECHO, _KEY, "somebody else")


@pytest.mark.parametrize(
    "body", ["", "<xml>", "<xml><a></xml>", '<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>', "<a>" * 50, "\x00"]
)
def test_xml_that_is_broken_or_brings_a_document_type_is_refused(body: str) -> None:
    with pytest.raises(InvalidBody):
        read_xml(body)
