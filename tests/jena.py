"""Apache Jena's SHACL processor as Debian packages it, and a reason to skip where there is none."""

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from rdflib import Graph

JARS = Path("/usr/share/java")
# All of them together clash, for some hold other loggers; these are Jena's own and what it needs.
OWN = ("arq", "base", "cmds", "core", "iri", "shacl")
COMMONS = ("cli", "codec", "compress", "csv", "io", "lang3", "logging")
JSON = ("jackson-annotations", "jackson-core", "jackson-databind", "jsonld-java", "titanium-json-ld", "gson")
OTHERS = (
    "slf4j-api",
    "slf4j-nop",
    "dexx.collection",
    "guava",
    "httpclient",
    "httpcore",
    "thrift",
    "protobuf",
)
NEEDED = (*(f"jena-{each}" for each in OWN), *(f"commons-{each}" for each in COMMONS), *JSON, *OTHERS)
MISPLACED = "org/apache/jena/ext/"


def jena_report(shapes: str, data: Graph, folder: Path) -> Graph:
    """Return the validation report that Jena makes of a graph, in one run of its command.

    Args:
        shapes: The shapes as Turtle.
        data: What is validated.
        folder: Where files can be put.
    """
    java = shutil.which("java")
    absent = [name for name in NEEDED if not (JARS / f"{name}.jar").exists()]
    if java is None or "jena-shacl" in absent:
        pytest.skip("needs Java and Apache Jena (Debian: libapache-jena-java)")
    (folder / "shapes.ttl").write_text(shapes, encoding="utf-8")
    data.serialize(folder / "data.ttl", format="turtle", encoding="utf-8")
    path = [str(_messages(folder)), *(str(JARS / f"{name}.jar") for name in NEEDED if name not in absent)]
    command = [java, "-cp", ":".join(path), "shacl.shacl_validate"]
    command += ["--shapes", str(folder / "shapes.ttl"), "--data", str(folder / "data.ttl")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    return Graph().parse(data=run.stdout, format="turtle")


def _messages(folder: Path) -> Path:
    """Return a folder with the messages of Jena's XML library where that library looks for them.

    Debian's jar moved the classes and not the messages, without which no regular expression is read.
    """
    with zipfile.ZipFile(JARS / "jena-core.jar") as jar:
        for name in jar.namelist():
            if name.startswith(MISPLACED) and name.endswith(".properties"):
                place = folder / "messages" / name.removeprefix(MISPLACED)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(jar.read(name))
    return folder / "messages"
