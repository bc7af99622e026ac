"""Running the server: one port, one or several processes, a line that says where it is."""

import os
import socket
from collections.abc import Sequence

import typer
import uvicorn

from xiaoer.infra.settings import Settings

# A worker answers the supervisor once it has imported the program; one that has not answered by then is replaced. With
# uvicorn's 5 s, workers of a slow or busy machine were replaced for ever and nobody listened.
_WORKER_STARTS_S = 60


def serve(settings: Settings, host: str, port: int, workers: int, log_ins: Sequence[tuple[str, str, str]] = ()) -> None:
    """Serve until interrupted. `port` 0 takes a free one; `log_ins` (role, name, password) are printed."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise typer.BadParameter(
                f"Port {port} on {host} cannot be used ({error.strerror}). Choose another with --port."
            ) from None
        port = probe.getsockname()[1]
    os.environ["XIAOER_HOME"] = str(settings.home)
    os.environ["XIAOER_WORKERS"] = str(workers)
    os.environ.setdefault("XIAOER_FIGURES_BESIDE", "true")
    base = f"http://{host}:{port}"
    if settings.demo or log_ins:
        typer.echo(_welcome(base, log_ins))
    else:
        typer.echo(f"Xiaoer serves at {base}  (console: {base}/console/, API: {base}/api/docs)")
    uvicorn.run(
        "xiaoer.app.server:served_app",
        factory=True,
        host=host,
        port=port,
        workers=workers if workers > 1 else None,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=131_072,
        timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=_WORKER_STARTS_S,
        server_header=False,
    )


def _welcome(base: str, log_ins: Sequence[tuple[str, str, str]]) -> str:
    rows = "\n".join(f"    {role:<6}{name:<12}{password}" for role, name, password in log_ins)
    return (
        f"\n  小二已经开张：{base}\n\n"
        f"  示例店铺    {base}/demo       （右下角就是聊天窗）\n"
        f"  会员视角    {base}/demo?as=b-demo      （有订单、有包裹的示例买家）\n"
        f"  整页聊天    {base}/chat?shop=default&entry=product&product_id=P1001\n"
        f"  后台        {base}/console/\n"
        f"  工作台      {base}/workbench/\n"
        f"  接口文档    {base}/api/docs\n\n"
        f"  登录账号\n{rows}\n\n  按 Ctrl+C 停止；数据都留着，下次接着用。\n"
    )
