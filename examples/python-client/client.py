# An MCP client that asks the server over HTTP. Start the server first: data-platforms-mcp http --sandbox
# Its one package: pip install -r requirements.txt
import asyncio
import sys

from mcp import Client


async def main(url: str) -> None:
    async with Client(url) as client:
        listed = await client.list_tools()
        print(f"{len(listed.tools)} tools")
        answer = await client.call_tool(
            "datarock_list_holes", {"project": "Copperhead North", "limit": 3}
        )
        for part in answer.content:
            if part.type == "text":
                print(part.text)
        # The same as data: items, and whether they are all.
        page = answer.structured_content["page"]
        print(f"{page['returned']} of {page['total']}")


asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:3333/mcp"))
