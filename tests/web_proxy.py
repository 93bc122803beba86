"""A reverse proxy that shows a server below a path, as nginx does."""

from __future__ import annotations

from typing import Any

import httpx


def proxy(target: str, prefix: str, *, cuts: bool) -> Any:
    """An ASGI application; ``cuts`` says whether it takes ``prefix`` off before it passes a request on."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        path: str = scope["path"]
        if not path.startswith(prefix):
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b"not below the path"})
            return
        inner = (path[len(prefix) :] if cuts else path) or "/"
        query = scope["query_string"].decode()
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        passed = [(key, value) for key, value in scope["headers"] if key not in (b"content-length", b"connection")]
        async with httpx.AsyncClient(base_url=target, timeout=60) as client:
            request = client.build_request(
                scope["method"], inner + ("?" if query else "") + query, content=body, headers=passed
            )
            answer = await client.send(request)
        headers = [(key.lower(), value) for key, value in answer.headers.raw if key.lower() != b"transfer-encoding"]
        await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": answer.content})

    return app
