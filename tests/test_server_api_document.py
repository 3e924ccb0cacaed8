"""The OpenAPI document is true: what it allows is answered as it says, what it forbids is refused."""

import httpx
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from trialgraph.queries import named_queries
from trialgraph.server.api import interface

# A concept that isn't known, or a record that isn't one, is a value as the document has it, and refused.
CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "400", "404", "422"]}}}


schemathesis.serializer.alias(["application/x-ndjson", "application/fhir+ndjson"], "text/plain")
schema = schemathesis.openapi.from_dict(interface.openapi(), config=SchemathesisConfig.from_dict(CONFIG))


@schema.parametrize()
@settings(max_examples=5, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_document_is_true(client: httpx.Client, case: schemathesis.Case) -> None:
    """Every operation, asked as the document allows and as it doesn't, answers as the document says."""
    case.call_and_validate(base_url=f"{client.base_url}/api")


def test_it_is_of_version_3_1_and_has_every_operation(client: httpx.Client) -> None:
    """A query that is added as a file is in it."""
    found = client.get("/api/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    paths = {"/trials", "/trials/{nct}", "/criteria", "/concepts", "/screen", "/shapes/{nct}", "/queries"}
    assert paths | {f"/queries/{name}" for name in named_queries()} <= set(found["paths"])
    assert found["servers"] == [{"url": "/api"}]


def test_its_page_tells_every_operation(client: httpx.Client) -> None:
    """Rendered by the server from the document; it needs no script and nothing from elsewhere."""
    for start in ("/api", "/api/"):
        answer = client.get(start, follow_redirects=True)
        assert (answer.status_code, answer.url.path) == (200, "/api/docs")
    assert "<script" not in answer.text
    for path in client.get("/api/openapi.json").json()["paths"]:
        assert f"/api{path}</code>" in answer.text
