"""A fake 快递100: checks query signatures and locks a number that is asked twice."""

import json

from starlette.requests import Request
from starlette.responses import Response
from tests.connectors.fakes.wire import Platform, application, form, local, md5, said
from tests.connectors.world import World


def platform(world: World) -> Platform:
    settings = {"customer": "cust", "key": "k100-secret", "salt": "k100-salt", "base_url": "http://kuaidi100"}
    asked_before: set[str] = set()

    def handle(request: Request, body: bytes) -> Response:
        params = form(body)
        if request.url.path == "/poll":
            asked = json.loads(params["param"])
            assert params["schema"] == "json"
            assert asked["parameters"]["salt"] == "k100-salt"
            code = "200" if asked["key"] == "k100-secret" else "601"
            return said({"result": code == "200", "returnCode": code, "message": "提交成功"})
        if params["sign"] != md5(params["param"] + "k100-secret" + "cust").upper():
            return said({"result": False, "returnCode": "503", "message": "验证签名失败"})
        question = json.loads(params["param"])
        assert question["com"] == "yuantong"
        if question["num"] in asked_before:
            return said({"result": False, "returnCode": "408", "message": "单号被锁定"})
        asked_before.add(question["num"])
        parcel = world.parcels.get(question["num"])
        if parcel is None:
            return said({"result": False, "returnCode": "500", "message": "查询无结果，请隔段时间再查"})
        steps = [{"time": local(s.at), "ftime": local(s.at), "context": s.text} for s in reversed(parcel.traces)]
        answer = {
            "message": "ok",
            "status": "200",
            "state": "0",
            "com": "yuantong",
            "nu": parcel.waybill_no,
            "data": steps,
        }
        return said(answer)

    return Platform(application(handle), settings, "key")
