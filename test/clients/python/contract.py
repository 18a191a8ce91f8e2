"""One contract for every client: python contract.py CLIENT TRANSPORT TARGET. Prints what each step came to, as JSON.

TARGET: {"command": ..., "args": [...]} over stdio, {"url": ...} over HTTP and SSE.
"""

import asyncio
import inspect
import json
import re
import sys
import time

from adapters import ADAPTERS

LITTLE = {"project": "Copperhead North", "artefact": "RQD", "holes": "DDH001, DDH002", "again": True}
REPOSITORY = "meridian/data/drill-assays"
NEEDED = ("datarock_create_export", "dataops_delete_branch", "wait_for_run", "read_result")


class Unexpected(Exception):
    """A client gave something else than the contract says."""


def expect(text, pattern):
    if not re.search(pattern, text, re.S):
        raise Unexpected("the client gave " + re.sub(r"\s+", " ", text)[:160])
    return "works"


async def text_of(client, name, args):
    try:
        answer = client.call(name, args)
        if inspect.isawaitable(answer):
            answer = await answer
        return answer if isinstance(answer, str) else repr(answer)
    except Exception as error:  # What clients throw is of their own kinds.
        return f"thrown: {error!r} {error}"


async def listing(client, _):
    for name in NEEDED:
        if not any(one.endswith(name) for one in client.names):
            raise Unexpected(f"{name} is not among {len(client.names)} tools")
    return "works"


async def call(client, _):
    return expect(await text_of(client, "datarock_list_projects", {}), r"All 4 projects|Copperhead North")


async def ids(client, _):
    text = await text_of(client, "dataops_list_pipelines", {"project": REPOSITORY, "limit": "1"})
    [number] = re.findall(r"(?<!\d)(\d{5})(?!\d)", text)[:1] or [None]
    if number is None:
        raise Unexpected("no pipeline in " + text[:160])
    # As it was shown, and as a number: both are how people and models write it.
    return expect(await text_of(client, "dataops_get_pipeline", {"project": REPOSITORY, "pipeline": number}), number)


async def error(client, _):
    text = await text_of(client, "datarock_list_holes", {"project": "Coperhead North"})
    return expect(text, r"Did you mean .{0,6}Copperhead North")


async def run(client, _):
    started = await text_of(client, "datarock_create_export", {**LITTLE, "wait_seconds": 0})
    uri = re.search(r"datarock://exports/[\w-]+", started)
    if not uri:
        return expect(started, "datarock://exports")
    return expect(await text_of(client, "wait_for_run", {"run": uri.group(), "wait_seconds": 45}), "succeeded")


async def progress(client, _):
    if client.progress is None:
        return "not offered by the client"
    told = []
    await client.progress("datarock_create_export", {**LITTLE, "wait_seconds": 45}, told.append)
    return expect("\n".join(map(str, told)), "of 2 files")


async def picture(client, _):
    made = await text_of(client, "datarock_create_export", {**LITTLE, "wait_seconds": 45})
    handle = re.search(r"result://\w+", made)
    if not handle:
        return expect(made, "result://")
    wanted = {"result": handle.group(), "type": "histogram", "x": "rqd_percent"}
    drawn = await text_of(client, "chart_result", wanted)
    if "PNG" in drawn and "image" not in drawn and len(drawn) < 1000:
        return "the client shows texts only"
    return expect(drawn, r"iVBORw0KGgo|image/png|PngImageFile|ImageContent")


async def question(client, branch):
    made = await text_of(client, "dataops_create_branch", {"project": REPOSITORY, "branch": branch, "ref": "main"})
    expect(made, re.escape(branch))
    wanted = {"project": REPOSITORY, "branch": branch}
    deleted = await text_of(client, "dataops_delete_branch", wanted)
    if "needs_confirmation" in deleted:
        token = re.search(r'confirm: \\*"([^"\\]+)\\*"', deleted)
        if not token:
            raise Unexpected("no token in " + deleted[:160])
        expect(await text_of(client, "dataops_delete_branch", {**wanted, "confirm": token.group(1)}), "(?i)done|deleted")
        return "in two steps"
    if "cancelled" in deleted:
        expect(await text_of(client, "dataops_delete_branch", wanted), "two-step")
        return "the client cancels by itself: set consent to two-step"
    expect(deleted, "(?i)done|deleted|no branch")
    return "asked" if client.asked() else "works"


async def resource(client, _):
    if client.read is None:
        return "not offered by the client"
    return expect(repr(await client.read("datarock://projects")), "Copperhead North")


STEPS = {"list": listing, "call": call, "ids": ids, "error": error, "run": run, "progress": progress,
         "picture": picture, "question": question, "resource": resource}


async def main(name, transport, target):
    outcome = {}
    try:
        async with ADAPTERS[name](target, transport) as client:
            for step, act in STEPS.items():
                branch = f"of-{name}-{transport}-{int(time.time() * 10) % 1_000_000}"
                try:
                    outcome[step] = await asyncio.wait_for(act(client, branch), 60)
                except Exception as error:  # Each step is judged by itself.
                    outcome[step] = f"no: {error!r}"[:300]
            print("OUTCOME " + json.dumps(outcome), flush=True)
    except BaseException as error:  # Task groups throw more than Exception.
        if not outcome:
            print("OUTCOME " + json.dumps({"connect": f"no: {error!r}"[:300]}), flush=True)


asyncio.run(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
