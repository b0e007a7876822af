"""What a run was made on: figures of different machines do not compare."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_CPUINFO = Path("/proc/cpuinfo")
_MEMINFO = Path("/proc/meminfo")


def describe() -> dict[str, Any]:
    """The day, the processor, how many cores may be used, memory, system, Python, and how busy the machine was."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "cpu": cpu_name(_CPUINFO.read_text()) or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(int(re.findall(r"MemTotal:\s+(\d+)", _MEMINFO.read_text())[0]) / 1e6, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_at_start": round(os.getloadavg()[0], 2),
    }


def cpu_name(cpuinfo: str) -> str:
    """The model as the kernel names it, "" where it does not."""
    found = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return found.group(1).strip() if found else ""


def folder_name(machine: dict[str, Any]) -> str:
    """`<date>-<cpu>`, fit for a path."""
    cpu = re.sub(r"[^a-z0-9]+", "-", machine["cpu"].lower().split("@")[0]).strip("-")
    return f"{machine['date']}-{cpu}"
