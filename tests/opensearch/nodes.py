"""A cluster of three nodes on loopback ports, each in a process of its own, in one folder that is thrown away with it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from tests.opensearch.java import ClusterError, class_path, find_java

NODES = 3
START_TIMEOUT_S = 240.0
_MAIN = Path(__file__).with_name("ClusterNode.java")
_JVM = (
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dfile.encoding=UTF-8",
    "--add-modules=jdk.incubator.vector",
    "--enable-native-access=ALL-UNNAMED",
)


@dataclass(frozen=True)
class Node:
    """One node: its number from 1, its ports, and the process that runs it."""

    number: int
    http_port: int
    transport_port: int
    pid: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.http_port}"


class Cluster:
    """The cluster of a folder. Its state is in the folder, so that another process can go on with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._lifeline = ExitStack()
        self._stdin: int | None = None

    def start(self, heap: str = "512m", *, until_eof: bool = False) -> None:
        """Start all nodes and wait until the cluster is green; with `until_eof` none of them outlives this process."""
        if any(self.is_running(node) for node in self.nodes()):
            raise ClusterError(f"a cluster runs in {self.folder}; stop it first")
        self._make_folder()
        java, jars = find_java(), class_path()
        ports = _free_ports(2 * NODES)
        nodes = [Node(i + 1, ports[2 * i], ports[2 * i + 1], 0) for i in range(NODES)]
        self._save(nodes, {"java": str(java), "heap": heap, "class_path": jars})
        if until_eof:
            self._stdin, held = os.pipe()
            self._lifeline.callback(os.close, held)
            self._lifeline.callback(os.close, self._stdin)
        try:
            for node in nodes:
                self._spawn(node)
            self.wait(NODES)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the processes of the nodes, and remove all that the cluster left."""
        for node in self.nodes():
            self.kill_node(node.number)
        self._lifeline.close()
        if self._state_path.exists():
            shutil.rmtree(self.folder)

    def kill_node(self, number: int) -> None:
        """End a node as a power cut does; its data stays."""
        node = self.node(number)
        if self.is_running(node):
            os.kill(node.pid, signal.SIGKILL)
            while self.is_running(node):
                sleep(0.05)

    def start_nodes(self, *numbers: int) -> None:
        """Start nodes that were killed, with their data, and wait until the cluster is green."""
        for node in map(self.node, numbers):
            if self.is_running(node):
                raise ClusterError(f"node {node.number} is running")
            self._spawn(node)
        self.wait(sum(self.is_running(each) for each in self.nodes()))

    def pause_node(self, number: int) -> None:
        """Let a node hold its connections and answer nothing, as one does whose machine hangs."""
        self._signal(number, signal.SIGSTOP)

    def resume_node(self, number: int) -> None:
        """Let a paused node go on."""
        self._signal(number, signal.SIGCONT)

    def wait(self, nodes: int, timeout_s: float = START_TIMEOUT_S) -> None:
        """Wait until this many nodes make a green cluster."""
        end = monotonic() + timeout_s
        while monotonic() < end:
            for node in self.nodes():
                if node.number in self._children and not self.is_running(node):
                    raise ClusterError(f"node {node.number} ended; the end of its log:\n{self.log(node.number)}")
            if self.health().get("status") == "green" and self.health()["number_of_nodes"] == nodes:
                return
            sleep(0.3)
        raise ClusterError(f"the cluster is not green after {timeout_s:.0f} s: {self.health() or 'no node answers'}")

    def health(self) -> dict[str, Any]:
        """What the first node that answers says of the cluster; empty when none does."""
        return self._ask("/_cluster/health")

    def version(self) -> str:
        """The version of OpenSearch that the cluster states."""
        return str(self._ask("/").get("version", {}).get("number", ""))

    def urls(self) -> list[str]:
        """Where the nodes answer, or would if they ran."""
        return [node.url for node in self.nodes()]

    def nodes(self) -> list[Node]:
        """All nodes, running or not; none where no cluster was started."""
        return [Node(**node) for node in self._state().get("nodes", [])]

    def node(self, number: int) -> Node:
        """The node with this number."""
        for node in self.nodes():
            if node.number == number:
                return node
        raise ClusterError(f"there is no node {number} in {self.folder}; start the cluster first")

    def is_running(self, node: Node) -> bool:
        """Whether the process of this node lives. A process that only got its number by chance does not count."""
        if child := self._children.get(node.number):
            return child.poll() is None
        if not node.pid:
            return False
        return str(self._home(node)) in _command_line(node.pid)

    def log(self, number: int, lines: int = 12) -> str:
        """The last lines that a node printed."""
        text = (self.folder / f"node-{number}.log").read_text("utf-8", "replace")
        return "\n".join(text.splitlines()[-lines:])

    def _spawn(self, node: Node) -> None:
        state = self._state()
        home = self._home(node)
        (home / "tmp").mkdir(parents=True, exist_ok=True)
        command = [state["java"], f"-Xms{state['heap']}", f"-Xmx{state['heap']}", f"-Djava.io.tmpdir={home / 'tmp'}"]
        command += [*_JVM, "-cp", state["class_path"], str(_MAIN), str(home)]
        command += ["--until-eof"] if self._stdin is not None else []
        command += [f"{name}={value}" for name, value in self._settings(node).items()]
        with (self.folder / f"node-{node.number}.log").open("ab") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL if self._stdin is None else self._stdin,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._children[node.number] = child
        self._save([replace(each, pid=child.pid) if each == node else each for each in self.nodes()], {})

    def _settings(self, node: Node) -> dict[str, str]:
        nodes = self.nodes()
        return {
            "cluster.name": "searchkit-tests",
            "node.name": f"node-{node.number}",
            "network.host": "127.0.0.1",
            "http.port": str(node.http_port),
            "transport.port": str(node.transport_port),
            "discovery.type": "zen",
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{each.transport_port}" for each in nodes),
            "cluster.initial_cluster_manager_nodes": ",".join(f"node-{each.number}" for each in nodes),
            # A test cluster need not care how full the disk is that it shares with everything else.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            # With this collector garbage stays until memory is full: counted as use, it would have requests refused.
            "indices.breaker.total.use_real_memory": "false",
        }

    def _ask(self, path: str) -> dict[str, Any]:
        opener = build_opener(ProxyHandler({}))
        for node in self.nodes():
            try:
                with opener.open(node.url + path, timeout=5) as answer:
                    return dict(json.load(answer))
            except (URLError, OSError, ValueError):
                continue
        return {}

    def _signal(self, number: int, which: signal.Signals) -> None:
        node = self.node(number)
        if not self.is_running(node):
            raise ClusterError(f"node {number} is not running")
        os.kill(node.pid, which)

    def _make_folder(self) -> None:
        if self.folder.exists() and not self._state_path.exists() and any(self.folder.iterdir()):
            raise ClusterError(f"{self.folder} holds something else; name an empty folder, or one that does not exist")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True)

    @property
    def _state_path(self) -> Path:
        return self.folder / "cluster.json"

    def _home(self, node: Node) -> Path:
        return self.folder / f"home-{node.number}"

    def _state(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._state_path.read_text("utf-8")))
        except FileNotFoundError:
            return {}

    def _save(self, nodes: list[Node], more: dict[str, str]) -> None:
        state = self._state() | more | {"nodes": [asdict(node) for node in nodes]}
        self._state_path.write_text(json.dumps(state, indent=1), "utf-8")
        (self.folder / "urls").write_text(",".join(node.url for node in nodes) + "\n", "utf-8")


def _command_line(pid: int) -> str:
    """The command line of a process; empty if there is none. /proc tells it faster, and where there is no ps."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
        except OSError:
            return ""
    return subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True).stdout


def _free_ports(count: int) -> list[int]:
    """Ports on which nobody listened a moment ago; all are held until each is known, so that no two are one."""

    def held() -> Iterator[socket.socket]:
        for _ in range(count):
            yield stack.enter_context(socket.create_server(("127.0.0.1", 0)))

    with ExitStack() as stack:
        return [each.getsockname()[1] for each in held()]
