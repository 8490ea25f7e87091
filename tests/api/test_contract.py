"""The whole API as its own document describes it, tried with what nobody would think of: no fault of the node, no answer of another shape."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from law import sample
from longbien.node import tokens
from longbien.web.api.openapi import BASE, document
from longbien.web.api.table import Door
from node.pair import NOW, OFFICE
from node.test_pages import ready

from .served import served

BODIES = sample.preservation(NOW)
EXAMPLES = 12


def described() -> dict:
    """The document, its tokens left to the test: what comes without one is tried in `test_door`."""
    found = json.loads(document())
    for methods in found["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    return found


# What a stream answers goes on for ever.
SCHEMA = schemathesis.openapi.from_dict(described()).exclude(operation_id="stream")


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with served(folder=tmp_path_factory.mktemp("contract")) as made:
        draft = made.client.open("preservation", ["RU"], BODIES["open"], office=OFFICE)
        made.approve(draft)
        made.client.send(draft.draft)
        made.client.open("preservation", ["RU"], BODIES["open"], office=OFFICE)
        made.two.deliver()
        ready(made.here)
        yield made, made.token(*tokens.TOGETHER)


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_the_document_names(case, api):
    made, token = api
    by_passkey = case.operation.definition.raw["x-policy"] == Door.PASSKEY
    headers = {} if by_passkey else {"Authorization": f"Bearer {token}"}
    if "office" in (case.path_parameters or {}) and case.meta.generation.mode.is_positive:
        # Nobody would guess the name of an office, and behind a wrong one there is nothing to try.
        case.path_parameters["office"] = OFFICE
    case.call_and_validate(
        base_url=made.address + BASE,
        headers=headers,
        checks=[
            checks.not_a_server_error,
            schemathesis.specs.openapi.checks.status_code_conformance,
            schemathesis.specs.openapi.checks.content_type_conformance,
            schemathesis.specs.openapi.checks.response_schema_conformance,
            schemathesis.specs.openapi.checks.negative_data_rejection,
        ],
    )
