"""The API's client: every operation of `/api/v1` as a typed method.

Promises: an operation's `operationId` in docs/openapi.json is the method's name; what stands in its
address comes first, then the body, then the rest by name. A list is given page by page. A request
is tried again only where that can't do a thing twice. What goes wrong is one `ApiError`. The token
is sent to the server and shown nowhere.

    from app.client import Client, v1

    with Client("https://calm.example.org", token) as calm:
        for problem in calm.list_problems("ducks", only="open"):
            print(problem.external_id, problem.reference)
        calm.build_dataset("ducks", v1.NewDataset(name="first", format="messages"))
"""

from app.client import v1
from app.client.client import Client
from app.client.errors import ApiError

__all__ = ["ApiError", "Client", "v1"]
