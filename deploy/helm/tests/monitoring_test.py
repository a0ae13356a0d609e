"""Tests of what Prometheus Operator and Grafana get: the files of deploy/, and the labels that the rules expect."""

import json
import pathlib
import re
import tempfile
import unittest

import yaml
from chart import DEPLOY, HERE, load, objects, run, template

OPERATOR, FULL = HERE / "values" / "operator.yaml", HERE / "values" / "full.yaml"


def rules_of(values):
    """The PrometheusRules by the name of their file."""
    found = {}
    for one in objects(template(values), "PrometheusRule"):
        found[one["metadata"]["name"].rpartition("-")[2]] = one["spec"]
    return found


class Monitoring(unittest.TestCase):
    maxDiff = None

    def test_rules_are_those_of_the_files(self):
        files = {path.stem: load(path.read_text()) for path in (DEPLOY / "prometheus/rules").glob("*.yml")}
        made = rules_of(OPERATOR)
        made.pop("replicas")
        self.assertEqual(set(made), set(files))
        for name, spec in made.items():
            for group in spec["groups"]:
                self.assertEqual(group.pop("interval"), "5s")
            self.assertEqual(spec, files[name])

    def test_prometheus_takes_the_rules_and_the_alert_of_the_chart_fires_as_it_should(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "rules").mkdir()
            for name, spec in rules_of(OPERATOR).items():
                (folder / "rules" / f"{name}.yml").write_text(yaml.safe_dump(spec, sort_keys=False))
            (folder / "test.yml").write_text((HERE / "rules.yml").read_text())
            for words in (("check", "rules", *map(str, (folder / "rules").iterdir())),
                          ("test", "rules", str(folder / "test.yml"))):
                done = run("promtool", *words)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_intervals_are_those_of_the_tested_prometheus(self):
        tested = load((DEPLOY / "prometheus/prometheus.yml").read_text())["global"]
        (monitor,) = objects(template(OPERATOR), "ServiceMonitor")
        self.assertEqual(monitor["spec"]["endpoints"][0]["interval"], tested["scrape_interval"])
        groups = [group for spec in rules_of(OPERATOR).values() for group in spec["groups"]]
        intervals = {group.get("interval", tested["evaluation_interval"]) for group in groups}
        self.assertEqual(intervals, {tested["evaluation_interval"]})

    def test_runbooks_are_at_the_address_of_the_wiki(self):
        texts = template(FULL)
        alerts = [rule for spec in rules_of(FULL).values() for group in spec["groups"] for rule in group["rules"]]
        addresses = [rule["annotations"]["runbook_url"] for rule in alerts if "alert" in rule]
        self.assertGreater(len(addresses), 30)
        for address in addresses:
            name = address.removeprefix("https://wiki.example/runbooks/")
            self.assertTrue((DEPLOY.parent / "docs/runbooks" / name).exists(), address)
        self.assertNotIn("docs/runbooks", "".join(texts.split("kind: PrometheusRule")[1:]))

    def test_dashboards_are_those_of_the_files(self):
        files = {f"ensilinja-{path.name}": path.read_text() for path in (DEPLOY / "grafana/dashboards").glob("*.json")}
        found = {}
        for one in objects(template(OPERATOR), "ConfigMap"):
            self.assertEqual(one["metadata"]["labels"]["grafana_dashboard"], "1")
            found |= one["data"]
        address = "http://ensilinja.figures.svc:9464"
        self.assertEqual(found, {name: text.replace("http://127.0.0.1:9464", address) for name, text in files.items()})

    def test_dashboards_ask_the_given_data_source_and_link_to_the_given_board(self):
        texts = [text for one in objects(template(FULL), "ConfigMap") for text in one["data"].values()]
        self.assertEqual(len(texts), 4)
        for text in texts:
            sources = set(re.findall(r'"datasource": \{[^}]*"uid": "([^"]*)"', text))
            self.assertEqual(sources - {"-- Grafana --", "grafana"}, {"mimir"})
            self.assertIn("https://boards.example/county", text)
            self.assertNotIn("127.0.0.1", text)
            json.loads(text)

    def test_two_processes_are_two_targets_that_differ_only_in_instance(self):
        """By the Prometheus of this machine, with the labels that Prometheus Operator gives a target."""
        (monitor,) = objects(template(OPERATOR), "ServiceMonitor")
        relabelings = [as_prometheus_writes_it(rule) for rule in monitor["spec"]["endpoints"][0]["relabelings"]]
        pods = ("ensilinja-7c9d-abcde", "ensilinja-7c9d-fghij")
        given = [
            {"targets": [f"10.0.0.{index}:9464"], "labels": {
                "namespace": "figures", "service": "ensilinja", "pod": pod, "container": "ensilinja",
                "endpoint": "http", "job": "ensilinja-by-service", "node": f"node-{index}",
            }}
            for index, pod in enumerate(pods)
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "prometheus.yml"
            scrape = {"job_name": "pods", "static_configs": given, "relabel_configs": relabelings}
            path.write_text(yaml.safe_dump({"scrape_configs": [scrape]}))
            done = run("promtool", "check", "service-discovery", str(path), "pods")
            self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)
        labels = [{k: v for k, v in one["labels"].items() if not k.startswith("__")} for one in found]
        self.assertCountEqual(labels, [{"job": "ensilinja", "instance": pod} for pod in pods])


def as_prometheus_writes_it(rule):
    names = {"sourceLabels": "source_labels", "targetLabel": "target_label"}
    return {names.get(key, key): value for key, value in rule.items()}

