"""Makes JSON Schemas that kubeconform reads: schemas.py WHEEL DEFINITIONS OUTPUT VERSION...

WHEEL has those of Kubernetes, DEFINITIONS those of Prometheus Operator. An API server drops a field that it does not
know. Here that is an error: objects are closed.
"""

import json
import pathlib
import sys

import yaml

KINDS = ("servicemonitors", "prometheusrules")


def closed(schema):
    """The schema with no other properties than those that it names, and with numbers where it takes both."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: closed(value) for key, value in schema.items()}
    if schema.get("x-kubernetes-int-or-string"):
        schema["type"] = ["integer", "string"]
    if isinstance(schema.get("properties"), dict) and not schema.get("x-kubernetes-preserve-unknown-fields"):
        schema.setdefault("additionalProperties", False)
    return schema


def of_operator(definitions, output):
    for plural in KINDS:
        text = (definitions / f"monitoring.coreos.com_{plural}.yaml").read_text()
        spec = yaml.load(text, yaml.CSafeLoader)["spec"]
        version = next(version for version in spec["versions"] if version["name"] == "v1")
        schema = closed(version["schema"]["openAPIV3Schema"])
        # Its members are described elsewhere.
        schema["properties"]["metadata"] = {"type": "object"}
        name = f"{spec['names']['kind'].lower()}-monitoring-v1.json"
        (output / name).write_text(json.dumps(terse(schema)))


def terse(schema):
    """The schema without descriptions, which are most of it."""
    if isinstance(schema, list):
        return [terse(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    described = {key: terse(value) for key, value in schema.items()}
    if isinstance(described.get("description"), str):
        del described["description"]
    return described


def of_kubernetes(wheel, output, version):
    """They refer to each other by an address from which nothing can be read here: by file names instead."""
    (output / f"v{version}").mkdir()
    for path in (wheel / f"v{version}-local-strict").glob("*.json"):
        schema = json.loads(path.read_text().replace('"/api/_definitions.json#', '"_definitions.json#'))
        schema.pop("$id", None)
        (output / f"v{version}" / path.name).write_text(json.dumps(terse(schema)))


def main(wheel, definitions, output, *versions):
    output.mkdir()
    of_operator(definitions, output)
    for version in versions:
        of_kubernetes(wheel, output, version)


main(*map(pathlib.Path, sys.argv[1:4]), *sys.argv[4:])
