"""The chart as `helm` makes it: what the tests ask for."""

import functools
import pathlib
import re
import subprocess

import yaml

HERE = pathlib.Path(__file__).parent
CHART = HERE.parent / "ensilinja"
DEPLOY = HERE.parent.parent
# The oldest version that Chart.yaml allows, the first whose pods sleep before they stop, and the newest.
KUBERNETES = ("1.27.0", "1.30.0", "1.37.0")


def load(text):
    return yaml.load(text, yaml.CSafeLoader)


def run(*words, text=None):
    return subprocess.run(words, input=text, capture_output=True, text=True, check=False)


def helm(*words):
    done = run("helm", *words)
    if done.returncode:
        raise AssertionError(f"helm {' '.join(words)}: {done.stderr}")
    return done.stdout


def values_files():
    return sorted((HERE / "values").glob("*.yaml"))


@functools.cache
def template(values, *words, chart=CHART, kubernetes=KUBERNETES[-1]):
    """The manifests that the chart makes of a file of values."""
    place = ["--namespace", "figures", "--kube-version", kubernetes]
    return helm("template", "ensilinja", str(chart), *place, "--values", str(values), *words)


def objects(manifests, kind=None):
    every = [one for one in yaml.load_all(manifests, yaml.CSafeLoader) if one]
    return [one for one in every if kind in (None, one["kind"])]


def snapshot(manifests):
    """The manifests, sorted, without what comes from files of their own."""
    parts = re.split(r"^---\n(?=# Source: )", manifests, flags=re.MULTILINE)[1:]
    texts = []
    for part in parts:
        part = part.rstrip() + "\n"
        if "templates/dashboards.yaml" in part or "PrometheusRule" in part and "-replicas\n" not in part:
            part = re.sub(r"^(data|spec):\n.*", r"\1: ...\n", part, flags=re.MULTILINE | re.DOTALL)
        texts.append("---\n" + part)
    return "".join(sorted(texts))


def pods(manifests):
    """The pods of the manifests, and those that their Deployments make."""
    made = [(one["metadata"]["name"], one["spec"]["template"]) for one in objects(manifests, "Deployment")]
    own = [(one["metadata"]["name"], one) for one in objects(manifests, "Pod")]
    return [{"name": name, "metadata": pod["metadata"], "spec": pod["spec"]} for name, pod in made + own]
