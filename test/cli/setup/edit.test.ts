import { describe, expect, it } from 'vitest';
import { clients, type McpClient } from '../../../src/cli/setup/clients.ts';
import { readEntry, withEntry } from '../../../src/cli/setup/edit.ts';

const launch = {
  command: 'C:\\Program Files\\nodejs\\node.exe',
  args: ['C:\\x\\bin.cjs', '--config', '/home/a b/ö.json'],
};
const name = 'data-platforms';
const path = 'the file';

/** What people have in such files; `same`: taking the entry out again gives every byte back. */
const files: Record<McpClient['format'], { text: string; same: boolean; keeps?: string[] }[]> = {
  json: [
    { text: '', same: false },
    { text: '{}', same: false },
    {
      text: '{\n  "theme": "dark", // mine\n  "SERVERS": {\n    "x": {\n      "command": "y"\n    }\n  }\n}\n',
      same: true,
      keeps: ['// mine'],
    },
    {
      text: '{\n\t/* ours */\n\t"SERVERS": {\n\t\t"x": { "command": "y" }, // one line\n\t},\n\t"a": [1, 2],\n}\n',
      same: false,
      keeps: ['/* ours */', '// one line', '"a": [1, 2],'],
    },
    {
      text: '\uFEFF{\r\n  "SERVERS": {\r\n    "x": {\r\n      "command": "y"\r\n    }\r\n  }\r\n}\r\n',
      same: true,
      keeps: ['\uFEFF{\r\n'],
    },
    { text: '{"SERVERS":{"data-platforms":{"command":"old"},"b":{}},"z":1}', same: false },
  ],
  toml: [
    { text: '', same: false },
    {
      text: '# mine\nmodel = "x" # y\n\n[SERVERS.other]\ncommand = "u"\nargs = [ "a",\n "b", # c\n]\n\n[p.x]\na = 1\nd = 2026-01-02T03:04:05Z\n',
      same: true,
      keeps: ['# mine', '# y', '# c'],
    },
    { text: '[SERVERS]\n# none yet\n', same: true, keeps: ['# none yet'] },
    { text: 'a = 1\r\n[SERVERS.x]\r\ncommand = "u"\r\n', same: true },
    {
      text: '[SERVERS.data-platforms]\ncommand="old"\n[SERVERS.data-platforms.env]\nA="1"\n\n[x]\ny=1 # keep\n',
      same: false,
      keeps: ['y=1 # keep'],
    },
  ],
  yaml: [
    { text: '', same: false },
    {
      text: '# mine\nGOOSE_MODEL: a   # spaced\nSERVERS:\n  developer:\n    enabled: true\n    args: [a,  b]\n    folded: >-\n      one\n      two\n\n  memory: {enabled: false}\n\nz: "1"\n',
      same: true,
      keeps: ['a   # spaced', '[a,  b]', '>-\n      one\n      two', '{enabled: false}'],
    },
    { text: 'SERVERS:\n    a:\n        x: 1', same: false },
    { text: 'SERVERS: {}\nb: 1 # keep\n', same: false, keeps: ['# keep'] },
    { text: 'SERVERS:\nb: 1\n', same: false },
    { text: 'SERVERS:\n  data-platforms:\n    cmd: old\n  z:\n    cmd: y # c\n', same: true, keeps: ['cmd: y # c'] },
    { text: 'b: 1', same: false },
  ],
};

describe.each(clients)('the configuration of $title', client => {
  const [key = ''] = client.servers;
  const entry = client.entry(launch);

  it.each(files[client.format])('takes an entry and gives it back: $text', async ({ text: form, same, keeps = [] }) => {
    const text = form.replaceAll('SERVERS', key);
    const before = await readEntry(client, text, path, name);
    const changed = await withEntry(client, { text, path, name, entry });
    expect(await readEntry(client, changed, path, name)).toEqual(entry);
    for (const kept of keeps) expect(changed).toContain(kept.replaceAll('SERVERS', key));
    // Written again it is what it was.
    expect(await withEntry(client, { text: changed, path, name, entry })).toBe(changed);
    const back = await withEntry(client, { text: changed, path, name, entry: before });
    expect(await readEntry(client, back, path, name)).toEqual(before);
    for (const kept of keeps) expect(back).toContain(kept.replaceAll('SERVERS', key));
    if (same) expect(back).toBe(text);
  });

  const broken = {
    json: ['{ "a": ', '[1]', '"text"'],
    toml: ['a = \n', '[x'],
    yaml: ['a: [1\n', '- one\n', 'a: b: c\n'],
  };
  it.each(broken[client.format])('is left alone where it cannot be read: %s', async text => {
    await expect(withEntry(client, { text, path, name, entry })).rejects.toMatchObject({
      code: 'not_configured',
      message: expect.stringMatching(
        /^The configuration of .*, the file, cannot be read: .+\. It was left as it is\.$/,
      ),
      hint: expect.stringContaining(`setup --print ${client.name}`),
    });
  });
});
