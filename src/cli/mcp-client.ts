/** The client that the demo plays the assistant with. Apart, so that the build keeps it out of the server's own file. */
export { Client } from '@modelcontextprotocol/client';
export { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
