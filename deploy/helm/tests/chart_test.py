"""Tests of the chart, without a cluster: `check` runs them. Names of tests are sentences."""

import gzip
import json
import os
import pathlib
import re
import tempfile
import unittest

import values_table
from chart import CHART, DEPLOY, HERE, KUBERNETES, helm, load, objects, pods, run, snapshot, template, values_files

UPDATE = "UPDATE_DOCS" in os.environ
# What Kubernetes allows a Secret, in which Helm keeps a release.
MOST_OF_A_RELEASE = 1024 * 1024


class Chart(unittest.TestCase):
    maxDiff = None

    def test_lint_finds_nothing(self):
        for values in values_files():
            helm("lint", "--strict", "--quiet", str(CHART), "--values", str(values))

    def test_manifests_are_those_that_were_reviewed(self):
        for values in values_files():
            with self.subTest(values.stem):
                self.same(HERE / "expected" / values.name, snapshot(template(values)))

    def test_manifests_fit_the_schemas_of_each_version_of_kubernetes(self):
        for version in KUBERNETES:
            every = "".join(template(values, kubernetes=version) for values in values_files())
            done = self.kubeconform(every, version)
            self.assertEqual(done.returncode, 0, f"{version}: {done.stdout}{done.stderr}")

    def test_a_misspelt_field_does_not_fit_the_schemas(self):
        parts = template(HERE / "values" / "operator.yaml").split("\n---\n")
        fields = ("maxUnavailable", "matchNames", "relabelings", "alert:", "podSelector", "topologyKey")
        wrong = [next(part for part in parts if field in part).replace(field, "x" + field) for field in fields]
        done = self.kubeconform("\n---\n".join(wrong), KUBERNETES[-1])
        self.assertEqual(done.stdout.count("is invalid"), len(fields), done.stdout)

    def test_values_that_cannot_be_right_are_refused_with_what_to_do(self):
        cases = sorted((HERE / "refused").glob("*.yaml"))
        self.assertGreater(len(cases), 10)
        for case in cases:
            with self.subTest(case.stem):
                expected = case.read_text().splitlines()[0].removeprefix("# ")
                base = ["--values", str(HERE / "values" / "minimal.yaml")]
                done = run("helm", "template", "e", str(CHART), *base, "--values", str(case))
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(expected, done.stderr)

    def test_an_old_kubernetes_is_refused(self):
        done = run("helm", "template", "e", str(CHART), "--values", str(values_files()[0]), "--kube-version", "1.26.0")
        self.assertIn("incompatible with Kubernetes v1.26.0", done.stderr)

    def test_pods_fulfil_the_restricted_standard_of_kubernetes(self):
        for values in values_files():
            done = self.podsecurity(template(values))
            self.assertEqual(done.returncode, 0, f"{values.stem}: {done.stdout}{done.stderr}")
        root = template(HERE / "values" / "minimal.yaml", "--set", "podSecurityContext.runAsNonRoot=null")
        self.assertIn("runAsNonRoot != true", self.podsecurity(root).stdout)

    def test_the_file_system_is_read_only_and_no_token_is_mounted(self):
        for values in values_files():
            for pod in pods(template(values)):
                self.assertIs(pod["spec"]["automountServiceAccountToken"], False)
                for container in pod["spec"]["containers"]:
                    self.assertIs(container["securityContext"]["readOnlyRootFilesystem"], True)

    def test_a_changed_configuration_has_another_name_and_the_old_one_stays_as_it_is(self):
        minimal, none = HERE / "values" / "minimal.yaml", ["--set", "config.existingConfigMap="]
        found = []
        for text in ("one", "two"):
            manifests = template(minimal, *none, "--set-string", f"config.text={text}")
            (configuration,) = objects(manifests, "ConfigMap")
            (deployment,) = objects(manifests, "Deployment")
            volume = deployment["spec"]["template"]["spec"]["volumes"][0]
            self.assertEqual(volume["configMap"]["name"], configuration["metadata"]["name"])
            self.assertEqual((configuration["data"], configuration["immutable"]), ({"ensilinja.toml": text}, True))
            found.append(configuration["metadata"]["name"])
        self.assertNotEqual(*found)

    def test_a_configuration_is_passed_on_byte_for_byte(self):
        sample = DEPLOY / "ensilinja.toml"
        words = ["--set", "config.existingConfigMap=", "--set-file", f"config.text={sample}"]
        (configuration,) = objects(template(HERE / "values" / "minimal.yaml", *words), "ConfigMap")
        self.assertEqual(configuration["data"]["ensilinja.toml"], sample.read_text())

    def test_selectors_of_one_release_find_its_processes_and_nothing_else(self):
        manifests = template(HERE / "values" / "operator.yaml")
        (deployment,) = objects(manifests, "Deployment")
        process, (test,) = deployment["spec"]["template"]["metadata"]["labels"], objects(manifests, "Pod")
        (service,) = objects(manifests, "Service")
        selectors = {
            "Deployment": deployment["spec"]["selector"]["matchLabels"],
            "Service": service["spec"]["selector"],
            "NetworkPolicy": objects(manifests, "NetworkPolicy")[0]["spec"]["podSelector"]["matchLabels"],
            "PodDisruptionBudget": objects(manifests, "PodDisruptionBudget")[0]["spec"]["selector"]["matchLabels"],
        }
        for what, selector in selectors.items():
            self.assertLessEqual(selector.items(), process.items(), what)
            self.assertFalse(selector.items() <= test["metadata"]["labels"].items(), what)
        monitor = objects(manifests, "ServiceMonitor")[0]["spec"]
        self.assertLessEqual(monitor["selector"]["matchLabels"].items(), service["metadata"]["labels"].items())
        self.assertEqual(monitor["endpoints"][0]["port"], service["spec"]["ports"][0]["name"])

    def test_each_shard_has_its_processes_its_service_and_its_host(self):
        manifests = template(HERE / "values" / "shards.yaml")
        names = {"far_south": "ensilinja-far-south", "north": "ensilinja-north"}
        deployments, services = objects(manifests, "Deployment"), objects(manifests, "Service")
        processes = {}
        for shard, deployment in zip(names, deployments, strict=True):
            template_of = deployment["spec"]["template"]
            processes[shard] = template_of["metadata"]["labels"]
            self.assertEqual(deployment["metadata"]["name"], names[shard])
            self.assertIn(f"--shard={shard}", template_of["spec"]["containers"][0]["args"])
        selectors = [one["spec"]["selector"]["matchLabels"] for one in deployments]
        selectors += [one["spec"]["selector"] for one in services]
        selectors += [one["spec"]["selector"]["matchLabels"] for one in objects(manifests, "PodDisruptionBudget")]
        found = [[shard for shard, labels in processes.items() if selector.items() <= labels.items()]
                 for selector in selectors]
        self.assertEqual(found, [["far_south"], ["north"], ["far_south"], ["north"], ["far_south"]])
        (monitor,) = objects(manifests, "ServiceMonitor")
        for service in services:
            self.assertLessEqual(monitor["spec"]["selector"]["matchLabels"].items(), service["metadata"]["labels"].items())
        (policy,) = objects(manifests, "NetworkPolicy")
        for labels in processes.values():
            self.assertLessEqual(policy["spec"]["podSelector"]["matchLabels"].items(), labels.items())
        (ingress,) = objects(manifests, "Ingress")
        boards = {rule["host"]: rule["http"]["paths"][0]["backend"]["service"]["name"]
                  for rule in ingress["spec"]["rules"]}
        self.assertEqual(boards, {"far-south.boards.example": "ensilinja-far-south", "north.boards.example": "ensilinja-north"})
        self.assertEqual(ingress["spec"]["tls"][0]["hosts"], list(boards))

    def test_the_table_of_values_in_the_readme_is_made_from_values_yaml(self):
        text = (CHART / "values.yaml").read_text()
        readme = CHART / "README.md"
        before, rest = readme.read_text().split(values_table.START)
        after = rest.split(values_table.END)[1]
        self.same(readme, before + values_table.START + values_table.table(text) + values_table.END + after)
        documented = values_table.documented(text)
        for path in values_table.leaves(load(text)):
            self.assertTrue(any(path[: len(known)] == known for known in documented), f"{path} has no comment")

    def test_the_schema_knows_each_value_and_no_other(self):
        schema = json.loads((CHART / "values.schema.json").read_text())
        self.same_keys(schema, load((CHART / "values.yaml").read_text()), "values")

    def test_a_package_holds_the_files_that_the_links_lead_to(self):
        operator = HERE / "values" / "operator.yaml"
        with tempfile.TemporaryDirectory() as folder:
            helm("package", str(CHART), "--destination", folder)
            (package,) = pathlib.Path(folder).glob("*.tgz")
            self.assertEqual(template(operator, chart=package), template(operator))
            stored = gzip.compress(package.read_bytes() + template(operator).encode())
            self.assertLess(len(stored) * 4 / 3, MOST_OF_A_RELEASE, "Helm keeps a release in a Secret")

    def test_a_chart_without_its_links_is_refused_and_says_why(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "ensilinja"
            run("cp", "-r", "--no-dereference", str(CHART), str(copy))
            for link in (copy / "files").iterdir():
                link.unlink()
            words = ["--values", str(HERE / "values" / "operator.yaml")]
            done = run("helm", "template", "e", str(copy), *words)
            self.assertIn("It is a symbolic link into deploy/", done.stderr)

    def test_the_versions_are_those_of_the_program(self):
        cargo = (DEPLOY.parent / "Cargo.toml").read_text()
        version = re.search(r'^version = "(.*)"$', cargo, re.MULTILINE)[1]
        chart = load((CHART / "Chart.yaml").read_text())
        self.assertEqual((chart["version"], chart["appVersion"]), (version, version))

    def kubeconform(self, manifests, version):
        schemas = os.environ["CHART_SCHEMAS"]
        name = "{{ .ResourceKind }}{{ .KindSuffix }}.json"
        locations = (f"{schemas}/{{{{ .NormalizedKubernetesVersion }}}}/{name}", f"{schemas}/{name}")
        words = [word for location in locations for word in ("-schema-location", location)]
        return run("kubeconform", "-kubernetes-version", version, *words, text=manifests)

    def podsecurity(self, manifests):
        return run("podsecurity", text=json.dumps(pods(manifests)))

    def same(self, path, text):
        if UPDATE:
            path.write_text(text)
        kept = path.read_text() if path.exists() else ""
        self.assertEqual(text, kept, f"{path.name}: if this is intended, run check with UPDATE_DOCS=1")

    def same_keys(self, schema, values, path):
        if schema.get("additionalProperties") is not False or not isinstance(values, dict):
            return
        known = set(schema["properties"]) - {"global", "initialDelaySeconds", "claims"}
        self.assertEqual(known, set(values), path)
        for key, value in values.items():
            self.same_keys(schema["properties"][key], value, f"{path}.{key}")
