"""A fake 快递鸟: checks the signature of the JSON that was sent."""

import base64
import json

from starlette.requests import Request
from starlette.responses import Response
from tests.connectors.fakes.wire import Platform, application, form, local, md5, said
from tests.connectors.world import World


def platform(world: World) -> Platform:
    settings = {"business_id": "1237100", "app_key": "kdn-secret", "base_url": "http://kdniao/Ebusiness"}

    def handle(request: Request, body: bytes) -> Response:
        params = form(body)
        expected = base64.b64encode(md5(params["RequestData"] + "kdn-secret").encode()).decode()
        if params["DataSign"] != expected:
            return said({"Success": False, "Reason": "数据内容签名错误", "ResultCode": "110"})
        assert (params["EBusinessID"], params["RequestType"], params["DataType"]) == ("1237100", "8001", "2")
        question = json.loads(params["RequestData"])
        number = question["LogisticCode"]
        parcel = world.parcels.get(number)
        steps = [{"AcceptTime": local(s.at), "AcceptStation": s.text} for s in parcel.traces] if parcel else []
        return said(
            {
                "EBusinessID": "1237100", "ShipperCode": question["ShipperCode"], "LogisticCode": number,
                "Success": True, "State": "2" if steps else "0", "StateEx": "2" if steps else "0", "Traces": steps,
                "Reason": None if steps else "暂无轨迹信息",
            }
        )  # fmt: skip

    return Platform(application(handle), settings, "app_key")
