"""Updates."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trialgraph.server.sparql.requests import Operation


async def update(request: Request, operation: Operation) -> Response:
    raise HTTPException(400, "this endpoint only reads: it takes queries, no updates")
