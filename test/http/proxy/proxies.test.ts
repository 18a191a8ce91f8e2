import { expect, test } from 'vitest';
import { readProxies } from '../../../src/http/proxy/proxies.ts';
import { proxyVariables } from '../../../src/http/proxy/variables.ts';

function proxies(env: Record<string, string>) {
  const variables = proxyVariables(env);
  if (!variables) throw new Error('no proxy is named');
  return readProxies(variables);
}

/** The variable that the way to a URL is chosen by. */
const way = (env: Record<string, string>, url: string) => proxies(env).to(new URL(url))?.variable;

test('each protocol has its variable, in both cases of letters, the lower one first', () => {
  const both = { HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:2' };
  expect(way(both, 'https://x.example')).toBe('HTTPS_PROXY');
  expect(way(both, 'http://x.example')).toBe('HTTP_PROXY');
  expect(way({ ...both, https_proxy: 'http://c:3' }, 'https://x.example')).toBe('https_proxy');
  expect(way({ HTTP_PROXY: 'http://b:2' }, 'https://x.example')).toBeUndefined();
  expect(way({ http_proxy: 'http://b:2', HTTPS_PROXY: 'http://a:1', https_proxy: '' }, 'https://x.example')).toBe(
    undefined,
  );
  for (const none of [{}, { NO_PROXY: '*' }, { HTTPS_PROXY: ' ' }, { https_proxy: '', HTTPS_PROXY: 'http://a:1' }])
    expect(proxyVariables(none)).toBeUndefined();
});

test('this machine is never behind a proxy', () => {
  const env = { HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://a:1' };
  for (const host of ['localhost', '127.0.0.1', '127.8.9.1', '[::1]'])
    expect([way(env, `http://${host}:8080`), way(env, `https://${host}`)]).toEqual([undefined, undefined]);
});

test.each([
  ['*', ['https://x.example', 'https://10.0.0.1:8443'], []],
  ['x.example', ['https://x.example', 'https://a.b.x.example'], ['https://yx.example', 'https://x.example.org']],
  ['.x.example', ['https://x.example', 'https://a.x.example'], ['https://ax.example']],
  ['*.X.example', ['https://x.example', 'https://a.x.example'], ['https://ax.example']],
  ['x.example:8443', ['https://x.example:8443'], ['https://x.example', 'https://x.example:84']],
  ['x.example:443', ['https://x.example'], ['https://x.example:8443']],
  [
    'a.example, b.example c.example,,',
    ['https://a.example', 'https://b.example', 'https://c.example'],
    ['https://d.example'],
  ],
  ['10.1.2.3', ['https://10.1.2.3'], ['https://10.1.2.30', 'https://110.1.2.3']],
  ['10.0.0.0/8', ['https://10.255.0.1:8443'], ['https://11.0.0.1', 'https://10.example']],
  ['10.0.0.0/8:443', ['https://10.1.1.1'], ['https://10.1.1.1:8443']],
  ['2001:db8::1', ['https://[2001:0db8:0::1]'], ['https://[2001:db8::2]']],
  ['[2001:db8::1]:443', ['https://[2001:db8::1]'], ['https://[2001:db8::1]:8443']],
  ['2001:db8::/32', ['https://[2001:db8:ffff::9]'], ['https://[2001:db9::1]', 'https://10.0.0.1']],
  ['10.0.0.0/99,/8,:443,[]', [], ['https://10.0.0.1', 'https://x.example']],
])('NO_PROXY=%s', (NO_PROXY, without, through) => {
  const env = { HTTPS_PROXY: 'http://proxy.example:3128', NO_PROXY };
  expect(without.map(url => way(env, url))).toEqual(without.map(() => undefined));
  expect(through.map(url => way(env, url))).toEqual(through.map(() => 'HTTPS_PROXY'));
});

test('an address may lack its scheme, and hold a user and a password in any form', () => {
  const read = (HTTPS_PROXY: string) => {
    const found = proxies({ HTTPS_PROXY });
    const proxy = found.to(new URL('https://x.example'));
    const [, account = ''] = proxy?.authorization?.split(' ') ?? [];
    return [proxy?.url.href, Buffer.from(account, 'base64').toString(), found.secrets];
  };
  expect(read('proxy.example:3128')).toEqual(['http://proxy.example:3128/', '', []]);
  expect(read('https://proxy.example')).toEqual(['https://proxy.example/', '', []]);
  expect(read('http://me:p%40ss%3A@proxy.example:3128')).toEqual([
    'http://proxy.example:3128/',
    'me:p@ss:',
    ['p@ss:', 'me:p@ss:', 'p%40ss%3A'],
  ]);
  expect(read('me:100%@proxy.example').slice(0, 2)).toEqual(['http://proxy.example/', 'me:100%']);
  expect(read('http://me@proxy.example').slice(0, 2)).toEqual(['http://proxy.example/', 'me:']);
});

test.each(['socks5://proxy.example:1080', 'http://', 'ftp://proxy.example', 'http://me:secret word@proxy example'])(
  'what is no address of a proxy is refused when it is needed, and not shown: %s',
  HTTPS_PROXY => {
    const found = proxies({ HTTPS_PROXY, NO_PROXY: 'near.example' });
    expect(found.to(new URL('https://near.example'))).toBeUndefined();
    expect(() => found.to(new URL('https://x.example'))).toThrow(
      'The variable HTTPS_PROXY does not name an HTTP proxy.',
    );
    expect(found.secrets).toEqual([HTTPS_PROXY]);
  },
);
