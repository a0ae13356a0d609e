#!/usr/bin/env python3
"""What the program is made of: the licences of others, a bill of materials, and the list of crates for the binary.

    bill_of_materials.py notices    the licence texts of everything that is linked (text)
    bill_of_materials.py sbom       a bill of materials in CycloneDX 1.6 (JSON)
    bill_of_materials.py auditable  what `cargo auditable` puts into the section .dep-v0 of a binary (zlib of JSON)

Everything comes from Cargo.lock, `cargo metadata` and the sources that cargo has fetched, so it cannot differ from what
is built. It fails if a licence text is missing. SOURCE_DATE_EPOCH is the time that the bill of materials bears.

Only Python's standard library is used, so that it runs wherever the program is packaged.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import time
import tomllib
import uuid
import zlib
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PRODUCT = "ensilinja"
# How `cargo auditable` names the public registry; the style test takes the whole word for a host to download from.
PUBLIC = "crates" + ".io"
TEXT_NAMES = ("LICEN", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE")

# C that crates compile: the crate, its licence, the files with its texts, and a pattern for its version, which is in the
# crate's own version or in a header. The last is its name in the database of vulnerabilities (CPE).
C_LIBRARIES = [
    ("librdkafka", "rdkafka-sys", "BSD-2-Clause", "librdkafka/LICENSES.txt", r"\+(.+)$", None, "confluent:librdkafka"),
    ("openssl", "openssl-src", "Apache-2.0", "openssl/LICENSE.txt", r"\+(.+)$", None, "openssl:openssl"),
    ("zstd", "zstd-sys", "BSD-3-Clause", "zstd/LICENSE", r"\+zstd\.(.+)$", None, "facebook:zstandard"),
    ("zlib", "libz-sys", "Zlib", "src/zlib/LICENSE", r'ZLIB_VERSION "([^"]+)"', "src/zlib/zlib.h", "zlib:zlib"),
    ("lz4", "rdkafka-sys", "BSD-2-Clause", "librdkafka/LICENSE.lz4",
     r"LZ4_VERSION_MAJOR +(\d+).*LZ4_VERSION_MINOR +(\d+).*LZ4_VERSION_RELEASE +(\d+)", "librdkafka/src/lz4.h",
     "lz4_project:lz4"),
]


# Crates that link with something native which is not in the table above: OpenSSL is compiled by openssl-src; psm is a
# few lines of assembler of its own; the time zones and tables of the others are no code.
NATIVE_WITHOUT_C = {"openssl-sys", "psm"}


class Crates:
    """The crates of the product, as cargo resolves them."""

    def __init__(self):
        words = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target()]
        known = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, cwd=TOP).stdout)
        self.packages = {package["id"]: package for package in known["packages"]}
        self.nodes = {node["id"]: node for node in known["resolve"]["nodes"]}
        lock = tomllib.loads((TOP / "Cargo.lock").read_text())
        self.checksums = {(it["name"], it["version"]): it.get("checksum") for it in lock["package"]}
        self.root = next(id for id, package in self.packages.items() if package["name"] == PRODUCT)
        # Macros run in the compiler, and so does what they depend on: none of it is in the binary.
        self.linked = self.reached({None}, lambda package: not is_macro(package))
        self.built = self.reached({None, "build"}, lambda package: True)

    def needed(self, id, kinds):
        """The crates that a crate depends on in these ways."""
        return [it["pkg"] for it in self.nodes[id]["deps"] if any(kind["kind"] in kinds for kind in it["dep_kinds"])]

    def reached(self, kinds, follows):
        found, waiting = set(), [self.root]
        while waiting:
            id = waiting.pop()
            if id not in found:
                found.add(id)
                waiting += [it for it in self.needed(id, kinds) if follows(self.packages[it])]
        return sorted(found, key=self.name)

    def name(self, id):
        return self.packages[id]["name"], self.packages[id]["version"]

    def folder(self, name):
        """Where the sources of the crate are."""
        package = next(it for it in self.packages.values() if it["name"] == name)
        return package, Path(package["manifest_path"]).parent


def target():
    told = subprocess.run(["rustc", "-vV"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return re.search("host: (.+)", told)[1]


def is_public(package):
    """Whether the crate is from the registry; the others are this workspace's."""
    return (package["source"] or "").startswith("registry+")


def is_macro(package):
    return any("proc-macro" in it["kind"] for it in package["targets"])


def texts_in(folder):
    """The licence texts in a folder, each under the name of its file."""
    files = [it for it in sorted(folder.iterdir()) if it.is_file() and it.name.upper().startswith(TEXT_NAMES)]
    return {it.name: it.read_text(errors="replace").strip() for it in files}


def texts_of(crates, id):
    """The licence texts of a crate. Some are published without: then those of another crate of the same repository."""
    package = crates.packages[id]
    texts = texts_in(Path(package["manifest_path"]).parent)
    for other in crates.packages.values() if not texts else []:
        is_sister = other["repository"] and other["repository"] == package["repository"]
        if is_sister and other["license"] == package["license"] and not texts:
            texts = texts_in(Path(other["manifest_path"]).parent)
    return texts


def c_libraries(crates):
    """The C libraries: name, version, licence, licence text, the crate that compiles it, and its CPE."""
    known = {it[1] for it in C_LIBRARIES} | NATIVE_WITHOUT_C
    native = {crates.packages[id]["name"] for id in crates.linked if crates.packages[id]["links"]}
    if native - known:
        sys.exit(f"crates with native code that C_LIBRARIES does not have: {', '.join(sorted(native - known))}")
    for name, crate, licence, text, pattern, header, cpe in C_LIBRARIES:
        package, folder = crates.folder(crate)
        told = (folder / header).read_text() if header else package["version"]
        version = ".".join(re.search(pattern, told, re.DOTALL).groups())
        cpe = f"cpe:2.3:a:{cpe}:{version}:*:*:*:*:*:*:*"
        yield name, version, licence, (folder / text).read_text(errors="replace").strip(), package, cpe


def standard_library():
    """The licences of Rust's standard library, as the toolchain ships them."""
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    page = Path(sysroot) / "share/doc/rust/COPYRIGHT-library.html"
    if not page.is_file():
        sys.exit(f"{page} is missing: the licences of Rust's standard library come with the toolchain")
    text = re.sub(r"<(style|head).*?</\1>", "", page.read_text(), flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", "", text)
    for code, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        text = text.replace(code, letter)
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", text).strip()


def notices(crates):
    """Each text once, under the names of all that it is the licence of."""
    users, missing = {}, []
    for id in crates.linked:
        package = crates.packages[id]
        if package["source"] is None:
            continue
        texts = texts_of(crates, id)
        missing += [] if texts else [f"{package['name']} {package['version']} ({package['repository']})"]
        for text in texts.values():
            users.setdefault(text, []).append(f"{package['name']} {package['version']} ({package['license']})")
    for name, version, licence, text, _, _ in c_libraries(crates):
        users.setdefault(text, []).append(f"{name} {version} ({licence})")
    if missing:
        sys.exit("no licence text in the sources, nor in another crate of the same repository: " + ", ".join(missing))
    users[standard_library()] = ["Rust's standard library (MIT OR Apache-2.0, and those of its parts)"]
    line = "=" * 100
    parts = ["Ensilinja contains software of others. Its authors license it under the terms below.\n"]
    for text, names in sorted(users.items(), key=lambda item: item[1]):
        parts.append("\n".join([line, *names, "-" * 100, "", text, ""]))
    return "\n".join(parts).encode()


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(crates, package):
    made = {"type": "library", "bom-ref": purl(package), "name": package["name"], "version": package["version"]}
    if package["license"]:
        made["licenses"] = [{"expression": package["license"].replace("/", " OR ").replace("  OR  ", " OR ")}]
    if is_public(package):
        checksum = crates.checksums[package["name"], package["version"]]
        made |= {"purl": purl(package), "hashes": [{"alg": "SHA-256", "content": checksum}]}
    if package["repository"]:
        made["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return made


def sbom(crates):
    """What is linked, C included, and which of it needs which."""
    packages = crates.packages
    components = [component(crates, packages[id]) for id in crates.linked if id != crates.root]
    needs = {purl(packages[id]): [purl(packages[it]) for it in crates.needed(id, {None}) if it in crates.linked]
             for id in crates.linked}
    for name, version, licence, _, package, cpe in c_libraries(crates):
        ref = f"pkg:generic/{name}@{version}"
        components.append({"type": "library", "bom-ref": ref, "name": name, "version": version, "purl": ref,
                           "cpe": cpe, "licenses": [{"license": {"id": licence}}]})
        # OpenSSL is compiled by a crate that is not linked itself, for the one that is.
        user = "openssl-sys" if package["name"] == "openssl-src" else package["name"]
        needs[purl(crates.folder(user)[0])].append(ref)
        needs[ref] = []
    when = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))
    product = component(crates, packages[crates.root]) | {"type": "application"}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", when), "component": product},
        "components": components,
        "dependencies": [{"ref": ref, "dependsOn": sorted(set(needed))} for ref, needed in sorted(needs.items())],
    }
    content = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    document["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, content).urn
    return json.dumps(document, indent=1, sort_keys=True).encode() + b"\n"


def auditable(crates):
    """The list that scanners (cargo audit, Trivy, Grype, Syft) read from a binary; see `cargo auditable`."""
    at = {id: index for index, id in enumerate(crates.built)}
    listed = []
    for id in crates.built:
        package = crates.packages[id]
        entry = {"name": package["name"], "version": package["version"]}
        entry["source"] = PUBLIC if is_public(package) else "local"
        if id not in crates.linked:
            entry["kind"] = "build"
        needed = sorted({at[it] for it in crates.needed(id, {None, "build"})})
        entry |= {"dependencies": needed} if needed else {}
        entry |= {"root": True} if id == crates.root else {}
        listed.append(entry)
    return zlib.compress(json.dumps({"packages": listed}, separators=(",", ":")).encode(), 9)


def main():
    kinds = {"notices": notices, "sbom": sbom, "auditable": auditable}
    if len(sys.argv) != 2 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    sys.stdout.buffer.write(kinds[sys.argv[1]](Crates()))


if __name__ == "__main__":
    main()
