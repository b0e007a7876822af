"""The commands of `tests/opensearch/cluster`."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from tests.opensearch.java import ClusterError, class_path, find_java, find_maven
from tests.opensearch.nodes import Cluster

URLS = "SEARCHKIT_TEST_OPENSEARCH"
FOLDER = "SEARCHKIT_TEST_CLUSTER"
_OF_NODES = ("kill-nodes", "start-nodes", "pause-nodes", "resume-nodes")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 2 with the reason on standard error, or what the command of `run` ended with."""
    arguments = _parser().parse_args(argv)
    try:
        if arguments.command == "check":
            return _check()
        if arguments.command == "run":
            return _run(arguments.words, arguments.heap)
        return _manage(arguments, Cluster(arguments.at.absolute()))
    except ClusterError as error:
        print(f"cluster: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tests/opensearch/cluster",
        description="Three nodes of OpenSearch on loopback ports, for the tests. Needs a JDK of 21 or newer, and Maven.",
    )
    usual = Path(os.environ.get(FOLDER) or f"{gettempdir()}/searchkit-cluster-{os.getuid()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        if name not in ("check", "run"):
            command.add_argument(
                "--at", type=Path, default=usual, metavar="DIR", help=f"the cluster of (default {usual})"
            )
        if name in ("start", "run"):
            command.add_argument("--heap", default="512m", help="of each node (default 512m)")
        return command

    add("check", "Tell whether this machine can run a cluster; status 2 and the reason if it cannot.")
    add("start", "Start the nodes and print their addresses.")
    add("status", "Print health, version and nodes; status 1 if no node answers.")
    add("stop", "End the nodes and remove their data.")
    run = add("run", f"Start, run a command with {URLS} set, stop; ends with the status of the command.")
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND ...")
    for name in _OF_NODES:
        told = f"{name.partition('-')[0].capitalize()} the nodes with these numbers."
        add(name, told).add_argument("numbers", type=int, nargs="+", metavar="N")
    return parser


def _manage(arguments: argparse.Namespace, cluster: Cluster) -> int:
    match arguments.command:
        case "start":
            cluster.start(arguments.heap)
            print(",".join(cluster.urls()))
        case "stop":
            cluster.stop()
        case "status":
            return _status(cluster)
        case "kill-nodes":
            for number in arguments.numbers:
                cluster.kill_node(number)
        case "start-nodes":
            cluster.start_nodes(*arguments.numbers)
        case "pause-nodes":
            for number in arguments.numbers:
                cluster.pause_node(number)
        case "resume-nodes":
            for number in arguments.numbers:
                cluster.resume_node(number)
    return 0


def _check() -> int:
    java, maven = find_java(), find_maven()
    class_path()
    print(f"{java}, {maven}")
    return 0


def _status(cluster: Cluster) -> int:
    health = cluster.health()
    print(f"OpenSearch {cluster.version()}, {health['status']}" if health else "no node answers")
    for node in cluster.nodes():
        print(f"node {node.number}\t{node.url}\t{f'process {node.pid}' if cluster.is_running(node) else 'not running'}")
    return 0 if health else 1


def _run(words: list[str], heap: str) -> int:
    if not words or shutil.which(words[0]) is None:
        raise ClusterError(f"there is no command {words[0]!r}" if words else "run needs a command")

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, end)
    with TemporaryDirectory(prefix="searchkit-cluster-") as folder:
        cluster = Cluster(Path(folder) / "cluster")
        try:
            cluster.start(heap, until_eof=True)
            environment = os.environ | {URLS: ",".join(cluster.urls()), FOLDER: str(cluster.folder)}
            with subprocess.Popen(words, env=environment) as command:
                try:
                    return _status_of(command)
                except BaseException:
                    command.terminate()
                    raise
        finally:
            cluster.stop()


def _status_of(command: subprocess.Popen[bytes]) -> int:
    """Wait for the command; Ctrl-C is meant for it, and it gets it from the terminal itself."""
    while True:
        try:
            status = command.wait()
            return 128 - status if status < 0 else status
        except KeyboardInterrupt:
            continue
