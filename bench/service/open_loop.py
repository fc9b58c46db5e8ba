"""Posts forms at fixed times, however slow the answers are, and writes down what came, raw.

    python -I open_loop.py PLAN

A program of its own, on CPUs of its own. PLAN is a JSON file: `url`, `forms` (paths),
`content_type`, `rate` (a second), `seconds`, `timeout_s`, and `output`, the file that is written: a
line for each request with its picture, when it was due, sent and answered in ns of CLOCK_MONOTONIC,
its status (0 without an answer) and body. Requests are due at equal distances; each is a task of
its own, and the connections have no limit, so that none waits for another's answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any, TextIO

import aiohttp


async def attack(plan: dict[str, Any], output: TextIO) -> None:
    """Send all requests of the plan when they are due, then wait for the last answer."""
    forms = [Path(path).read_bytes() for path in plan["forms"]]
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=plan["timeout_s"]),
        headers={"Content-Type": plan["content_type"]},
    )
    async with session as client:
        begin_ns, tasks = time.monotonic_ns(), []
        for number in range(round(plan["rate"] * plan["seconds"])):
            due_ns = begin_ns + round(number / plan["rate"] * 1e9)
            await asyncio.sleep(max(due_ns - time.monotonic_ns(), 0) / 1e9)
            picture = number % len(forms)
            request = client.post(plan["url"], data=forms[picture])
            tasks.append(asyncio.create_task(_exchange(request, (picture, due_ns), output)))
        await asyncio.gather(*tasks)


async def _exchange(request: Any, asked: tuple[int, int], output: TextIO) -> None:
    sent_ns = time.monotonic_ns()
    try:
        async with request as answer:
            status, body = answer.status, await answer.text(errors="replace")
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        status, body = 0, f"{type(error).__name__}: {error}"
    answered_ns = time.monotonic_ns()
    fields = (*asked, sent_ns, answered_ns, status, " ".join(body.split()))
    output.write("\t".join(map(str, fields)) + "\n")


def main(path: Path) -> None:
    """Do what the plan says."""
    plan = json.loads(path.read_text(encoding="utf-8"))
    with Path(plan["output"]).open("w", encoding="utf-8") as output:
        asyncio.run(attack(plan, output))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
