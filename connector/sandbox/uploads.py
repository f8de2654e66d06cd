"""Files that come in a form."""

from collections.abc import AsyncGenerator

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Scope

from connector.sandbox.access import Refusal


async def uploaded(scope: Scope, body: bytes) -> bytes:
    """The file of a form; a body that is no form is taken as it is.

    Raises:
        Refusal: 400, the form holds no file or cannot be read.

    """
    headers = Headers(scope=scope)
    if not headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return body

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body
        yield b""

    try:
        form = await MultiPartParser(headers, stream()).parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise Refusal(400, "invalidRequest", "The form cannot be read") from error
    try:
        files = [value for value in form.values() if isinstance(value, UploadFile)]
        if not files:
            raise Refusal(400, "invalidRequest", "The form holds no file")
        return await files[0].read()
    finally:
        await form.close()
