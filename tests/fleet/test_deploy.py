"""What is written for deployment holds: manifests fit their schemas, and the commands in them exist."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tutela.cli import COMMANDS

DEPLOY = Path(__file__).parents[2] / "deploy"
MANIFESTS = [
    (path.name, document)
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text())
]


def named(entry: tuple[str, dict[str, Any]]) -> str:
    return f"{entry[0]}:{entry[1]['kind']}"


@pytest.mark.parametrize("entry", MANIFESTS, ids=named)
def test_manifest_fits_its_schema(entry: tuple[str, dict[str, Any]]) -> None:
    kubernetes_validate.validate(entry[1], kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize("entry", [e for e in MANIFESTS if e[1]["kind"] in ("Deployment", "Job")], ids=named)
def test_commands_in_manifests_have_the_options_they_are_given(entry: tuple[str, dict[str, Any]]) -> None:
    for container in entry[1]["spec"]["template"]["spec"]["containers"]:
        command, *arguments = container["args"]
        module, member, _ = COMMANDS[command]
        known = inspect.signature(getattr(importlib.import_module(module), member)).parameters
        for argument in arguments:
            if argument.startswith("--"):
                option = argument.removeprefix("--").partition("=")[0].replace("-", "_")
                assert {"map": "columns"}.get(option, option) in known, argument


@pytest.mark.parametrize("entry", [e for e in MANIFESTS if e[1]["kind"] in ("Deployment", "Job")], ids=named)
def test_no_container_may_gain_rights(entry: tuple[str, dict[str, Any]]) -> None:
    pod = entry[1]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    for container in pod["containers"]:
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert "limits" in container["resources"]
