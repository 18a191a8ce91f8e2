"""Each client by its name: connects to a target, and calls tools the way its users would."""

import asyncio
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Awaitable, Callable


@dataclass
class Contract:
    """What the contract asks of a client; None: the client offers no such thing."""

    names: list[str]
    call: Callable[[str, dict], Any]
    read: Callable[[str], Awaitable[Any]] | None = None
    progress: Callable[[str, dict, Callable], Awaitable[Any]] | None = None
    asked: Callable[[], bool] = lambda: False


def is_stdio(target):
    return "command" in target


def find(tools, name, key=lambda tool: tool.name):
    return next(tool for tool in tools if key(tool).endswith(name))


@asynccontextmanager
async def official(target, transport):
    """The protocol's own SDK."""
    from mcp import ClientSession, StdioServerParameters, types
    from mcp.client.stdio import stdio_client

    times = []

    async def accept(*_):
        times.append(1)
        return types.ElicitResult(action="accept", content={})

    if is_stdio(target):
        streams = stdio_client(StdioServerParameters(**target))
    elif transport == "sse":
        from mcp.client.sse import sse_client

        streams = sse_client(target["url"])
    else:
        from mcp.client import streamable_http

        open_streams = getattr(streamable_http, "streamable_http_client", None) or streamable_http.streamablehttp_client
        streams = open_streams(target["url"])
    async with streams as ends, ClientSession(*ends[:2], elicitation_callback=accept) as session:
        await session.initialize()

        async def progress(name, args, listen):
            async def told(_, __, message):
                listen(message)

            await session.call_tool(name, args, progress_callback=told)

        listed = await session.list_tools()
        yield Contract([tool.name for tool in listed.tools], session.call_tool, session.read_resource, progress,
                       lambda: bool(times))


@asynccontextmanager
async def fastmcp(target, transport):
    from fastmcp import Client
    from fastmcp.client.transports import SSETransport, StdioTransport, StreamableHttpTransport

    times = []

    async def accept(*_):
        times.append(1)
        return {}

    if is_stdio(target):
        way = StdioTransport(**target)
    else:
        way = (SSETransport if transport == "sse" else StreamableHttpTransport)(target["url"])
    async with Client(way, elicitation_handler=accept) as client:

        async def progress(name, args, listen):
            async def told(_, __, message):
                listen(message)

            await client.call_tool(name, args, progress_handler=told)

        names = [tool.name for tool in await client.list_tools()]
        yield Contract(names, client.call_tool, client.read_resource, progress, lambda: bool(times))


@asynccontextmanager
async def langchain(target, transport):
    from langchain_mcp_adapters.client import MultiServerMCPClient
    from langchain_mcp_adapters.tools import load_mcp_tools

    way = "stdio" if is_stdio(target) else "sse" if transport == "sse" else "streamable_http"
    client = MultiServerMCPClient({"platforms": {"transport": way, **target}})
    async with client.session("platforms") as session:
        tools = await load_mcp_tools(session)
        yield Contract([tool.name for tool in tools], lambda name, args: find(tools, name).ainvoke(args),
                       session.read_resource)


@asynccontextmanager
async def openai_agents(target, transport):
    from agents.mcp import MCPServerSse, MCPServerStdio, MCPServerStreamableHttp

    kind = MCPServerStdio if is_stdio(target) else MCPServerSse if transport == "sse" else MCPServerStreamableHttp
    async with kind(params=target, client_session_timeout_seconds=60) as server:
        names = [tool.name for tool in await server.list_tools()]
        yield Contract(names, server.call_tool)


@asynccontextmanager
async def google_adk(target, transport):
    from google.adk.tools.mcp_tool import mcp_session_manager as ways
    from google.adk.tools.mcp_tool.mcp_toolset import McpToolset
    from mcp import StdioServerParameters

    if is_stdio(target):
        way = ways.StdioConnectionParams(server_params=StdioServerParameters(**target), timeout=60)
    elif transport == "sse":
        way = ways.SseConnectionParams(url=target["url"])
    else:
        way = ways.StreamableHTTPConnectionParams(url=target["url"])
    toolset = McpToolset(connection_params=way)
    tools = await toolset.get_tools()

    class Context:
        """What the tools ask of an agent's run."""

        tool_confirmation = None
        state: dict = {}

        def __getattr__(self, _):
            return None

    yield Contract([tool.name for tool in tools],
                   lambda name, args: find(tools, name).run_async(args=args, tool_context=Context()))
    await toolset.close()


@asynccontextmanager
async def pydantic_ai(target, transport):
    from fastmcp.client.transports import SSETransport, StdioTransport, StreamableHttpTransport
    from pydantic_ai.mcp import MCPToolset

    if is_stdio(target):
        way = StdioTransport(**target)
    else:
        way = (SSETransport if transport == "sse" else StreamableHttpTransport)(target["url"])
    async with MCPToolset(way) as server:
        names = [tool.name for tool in await server.list_tools()]
        yield Contract(names, server.direct_call_tool, server.read_resource)


@asynccontextmanager
async def llama_index(target, transport):
    from llama_index.tools.mcp import BasicMCPClient, McpToolSpec

    client = BasicMCPClient(target["command"], args=target["args"]) if is_stdio(target) else BasicMCPClient(target["url"])
    tools = await McpToolSpec(client=client).to_tool_list_async()
    yield Contract([tool.metadata.name for tool in tools],
                   lambda name, args: find(tools, name, lambda tool: tool.metadata.name).acall(**args),
                   client.read_resource)


@asynccontextmanager
async def crewai(target, transport):
    from crewai_tools import MCPServerAdapter
    from mcp import StdioServerParameters

    way = {"url": target.get("url"), "transport": "sse" if transport == "sse" else "streamable-http"}
    with MCPServerAdapter(StdioServerParameters(**target) if is_stdio(target) else way, connect_timeout=60) as tools:
        yield Contract([tool.name for tool in tools],
                       lambda name, args: asyncio.to_thread(lambda: find(tools, name).run(**args)))


@asynccontextmanager
async def autogen(target, transport):
    from autogen_core import CancellationToken
    from autogen_ext.tools.mcp import SseServerParams, StdioServerParams, StreamableHttpServerParams, mcp_server_tools

    if is_stdio(target):
        way = StdioServerParams(**target, read_timeout_seconds=60)
    else:
        way = (SseServerParams if transport == "sse" else StreamableHttpServerParams)(url=target["url"])
    tools = await mcp_server_tools(way)
    yield Contract([tool.name for tool in tools],
                   lambda name, args: find(tools, name).run_json(args, CancellationToken()))


@asynccontextmanager
async def smolagents(target, transport):
    from mcp import StdioServerParameters
    from smolagents import MCPClient

    way = {"url": target.get("url"), "transport": "sse" if transport == "sse" else "streamable-http"}
    client = MCPClient(StdioServerParameters(**target) if is_stdio(target) else way, structured_output=True)
    tools = client.get_tools()
    yield Contract([tool.name for tool in tools],
                   lambda name, args: asyncio.to_thread(lambda: find(tools, name)(**args)))
    client.disconnect()


@asynccontextmanager
async def haystack(target, transport):
    from haystack_integrations.tools.mcp import MCPToolset, SSEServerInfo, StdioServerInfo, StreamableHttpServerInfo

    if is_stdio(target):
        way = StdioServerInfo(**target)
    else:
        way = (SSEServerInfo if transport == "sse" else StreamableHttpServerInfo)(url=target["url"])
    tools = await asyncio.to_thread(lambda: MCPToolset(way, connection_timeout=60, invocation_timeout=60, eager_connect=True))
    yield Contract([tool.name for tool in tools],
                   lambda name, args: asyncio.to_thread(lambda: find(list(tools), name).invoke(**args)))
    await asyncio.to_thread(tools.close)


@asynccontextmanager
async def mcp_proxy(target, transport):
    """The package of this name on PyPI makes a server at an address one over stdio."""
    program = Path(sys.executable).with_name("mcp-proxy")
    bridge = {"command": str(program), "args": ["--transport", "streamablehttp", target["url"]]}
    async with official(bridge, "stdio") as contract:
        yield contract


ADAPTERS = {
    "mcp": official,
    "fastmcp": fastmcp,
    "langchain-mcp-adapters": langchain,
    "openai-agents": openai_agents,
    "google-adk": google_adk,
    "pydantic-ai-slim": pydantic_ai,
    "llama-index-tools-mcp": llama_index,
    "crewai-tools": crewai,
    "autogen-ext": autogen,
    "smolagents": smolagents,
    "mcp-haystack": haystack,
    "mcp-proxy": mcp_proxy,
}
