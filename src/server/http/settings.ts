import * as z from 'zod';

const flag = z.union([z.boolean(), z.stringbool()]);

/** Names from a list, or from a text with commas. */
const names = z.union([
  z.array(z.string()),
  z.string().transform(text =>
    text
      .split(',')
      .map(part => part.trim())
      .filter(Boolean),
  ),
]);

/**
 * What an operator can set for `data-platforms-mcp http`. One table gives the key under "http" in the configuration
 * file, the variable `DATA_PLATFORMS_HTTP_<KEY>`, the flag `--<key>` of the command and the row in the documentation.
 */
export const httpSettings = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on; any other than loopback needs callers'),
  port: z.coerce.number().int().min(0).max(65_535).default(3333).describe('Port to listen on; 0 takes a free one'),
  public_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address of /mcp as clients reach it, where a proxy stands in front'),
  allowed_hosts: names
    .optional()
    .describe('Host names that requests may name, besides loopback and that of the public URL, comma-separated'),
  allowed_origins: names
    .optional()
    .describe('Host names of web pages that may send requests, comma-separated (default: the allowed hosts)'),
  allow_unauthenticated: flag
    .default(false)
    .describe('Listen beyond loopback although nobody has to say who they are: everybody who reaches it may use it'),
  body_limit_mib: z.coerce.number().positive().max(64).default(4).describe('Size of one request, MiB'),
});

export type HttpSettings = z.output<typeof httpSettings>;
