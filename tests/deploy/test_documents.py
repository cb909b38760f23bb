"""What the documents say about ./deploy.sh is what it understands."""

import re

import pytest

from deploy.options import COMMANDS, USAGE, VALUES, read_options
from deploy.refusals import POLICIES
from tests.deploy.clone import ROOT

DOCUMENTS = ("README.md", "tutorial.md", "docs/operations.md", "docs/security.md", "CHANGELOG.md")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_line_in_the_documents_is_valid(name: str) -> None:
    text = (ROOT / name).read_text().replace(" <walkthrough-project-id/>", " my-project")
    lines = [found[1].split() for found in re.finditer(r"[`$( ]\./deploy\.sh((?: [\w@.=-]+)*)[`)\n]", text)]

    assert lines
    for words in lines:
        read_options(words)


def test_every_command_and_option_is_in_the_help() -> None:
    for word in (*COMMANDS, *VALUES):
        assert word in USAGE or word == "deploy"


def test_every_policy_that_is_explained_is_in_the_table() -> None:
    table = (ROOT / "docs" / "operations.md").read_text()

    assert [name for name in POLICIES if f"`{name}`" not in table] == []
