import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from '../../src/base/redact.ts';

test('a known secret disappears in every form it travels in', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6 }), fc.string(), (secret, around) => {
      const redactor = createRedactor();
      redactor.add(secret);
      const forms = [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('base64url'),
        JSON.stringify(secret).slice(1, -1),
      ];
      for (const form of forms) {
        const text = redactor.text(`[${form}]`);
        expect(text).toMatch(/^\[\[redacted\]=*\]$/);
      }
      if (!around.includes(secret)) expect(redactor.text(`(${around.replace(/[^a-z ]/g, '')})`)).not.toContain(secret);
    }),
  );
});

test('several secrets, one within another, and short ones left alone', () => {
  const redactor = createRedactor();
  for (const secret of ['abcdef', 'abcdefghij', 'to', '$.*+secret']) redactor.add(secret);
  expect(redactor.text('abcdefghij abcdef to $.*+secret')).toBe('[redacted] [redacted] to [redacted]');
});

test('secrets nobody announced are known by where they stand', () => {
  const { text } = createRedactor();
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjF9.c2lnbmF0dXJl';
  const cases = [
    `Authorization: Bearer hush123`,
    `authorization: Basic aHVzaDE=`,
    `{"authorization":"hush123"}`,
    `PRIVATE-TOKEN: hush123`,
    `Signature: hush123`,
    `sent Bearer hush-123-hush`,
    `https://u:hush123@host/`,
    `https://h/f?X-Amz-Signature=hush123&X-Amz-Credential=hush123`,
    `client_secret=hush123&grant_type=client_credentials`,
    `access_token=hush123`,
    `private_token=hush123`,
    `https://h/f?sv=1&sig=hush123`,
    `{"client_secret": "hush\\"123"}`,
    `{"body":"{\\"access_token\\":\\"hush123\\"}"}`,
    `-----BEGIN RSA PRIVATE KEY-----\nhush123\n-----END RSA PRIVATE KEY-----`,
    `-----BEGIN PRIVATE KEY-----\\nhush123`,
  ];
  for (const one of cases) expect(text(one), one).not.toMatch(/hush|aHVz/);
  expect(text(`jwt ${jwt} end`)).toBe('jwt [redacted] end');
  expect(text(cases[7] ?? '')).toContain('https://h/f?X-Amz-Signature=[redacted]&X-Amz-Credential=[redacted]');
});

test('a field goes as far as its text does, however often it was written into another one', () => {
  const { text } = createRedactor();
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 4 }), (secret, times) => {
      let written = JSON.stringify({ first: 1, access_token: `a${secret}`, last: 'kept' });
      for (let time = 1; time < times; time += 1) written = JSON.stringify({ body: written });
      let safe: unknown = text(written);
      for (let time = 1; time < times; time += 1) safe = (JSON.parse(String(safe)) as { body: string }).body;
      expect(JSON.parse(String(safe))).toEqual({ first: 1, access_token: '[redacted]', last: 'kept' });
    }),
  );
  expect(text(`{'password': 'it\\'s me', 'user': 'x'}`)).toBe(`{'password': '[redacted]', 'user': 'x'}`);
});

test('a secret is known in every spelling: slashes escaped, in markup, cut, split by what is invisible', () => {
  const redactor = createRedactor();
  redactor.add('pa/ss"wo\\rd&long');
  redactor.add('glpat-0123456789abcdef');
  const inJson = JSON.stringify('pa/ss"wo\\rd&long').slice(1, -1);
  const spellings = [
    inJson.replaceAll('/', '\\/'),
    JSON.stringify(inJson).slice(1, -1),
    JSON.stringify(inJson.replaceAll('/', '\\/')).slice(1, -1),
    'pa/ss"wo\\rd&amp;long',
    'gl\u200bpat-0123\u00ad456789abcdef',
    'glpat\u0000-0123456789abcdef',
    'glpat-0123456789ab',
  ];
  for (const one of spellings) expect(redactor.text(`x ${one}`), one).toBe('x [redacted]');
  expect(redactor.text('x glpat-0123…, y')).toBe('x [redacted]…, y');
  expect(redactor.text('glpat-01 is how it begins')).toBe('glpat-01 is how it begins');
});

test('names in objects are safe too, none is lost, and what is right is given back itself', () => {
  const redactor = createRedactor();
  redactor.add('p4ssw0rd');
  expect(redactor.value({ p4ssw0rd: 1, 'p4ss\u200bw0rd': 2, tokens: ['a'], token: ['b', 'c'] })).toEqual({
    '[redacted]': 1,
    '[redacted] (2)': 2,
    tokens: ['a'],
    token: ['[redacted]', '[redacted]'],
  });
  expect(redactor.value({ column: 'api_key', min: 'a', max: 'b', nulls: 1 })).toEqual({
    column: 'api_key',
    min: '[redacted]',
    max: '[redacted]',
    nulls: 1,
  });
  expect(redactor.stored({ 'Q\u200b1': 'Q\u200b1', note: 'p4ss\u200bw0rd' })).toEqual({
    'Q◌1': 'Q◌1',
    note: '[redacted]',
  });
  const right = [{ a: 'x', b: [1, { c: null }] }];
  expect(redactor.value(right)).toBe(right);
  expect(redactor.stored(right)).toBe(right);
});

test('ordinary words stay as they are', () => {
  const { text, value, url } = createRedactor();
  const plain = [
    'token: has expired',
    'Bearer authentication failed',
    'The signature does not match; total tokens 35',
    'DDH001 from 12.5 m to 14 m, see https://host/a?page=2#top',
    'eyJ is how they begin',
  ];
  for (const one of plain) expect(text(one)).toBe(one);
  expect(value({ tokens: 35, next_page_token: 'abc', note: 'quartz' })).toEqual({
    tokens: 35,
    next_page_token: 'abc',
    note: 'quartz',
  });
  expect(url('https://host/a?page=2&q=x%20y')).toBe('https://host/a?page=2&q=x%20y');
});

test('URLs lose user, password and the values of secret fields; objects lose what their keys name', () => {
  const redactor = createRedactor();
  expect(redactor.url('https://me:pw@host/a?private_token=x&page=1&Signature=y%3D&Key-Pair-Id=k')).toBe(
    'https://host/a?private_token=[redacted]&page=1&Signature=[redacted]&Key-Pair-Id=[redacted]',
  );
  expect(redactor.url('not a url?token=abc')).toBe('not a url?token=[redacted]');
  const loop: Record<string, unknown> = { accessToken: 'x', list: [{ password: 'y', url: '/f?sig=z' }] };
  loop['self'] = loop;
  const safe = JSON.stringify(redactor.value(loop));
  expect(safe).toContain('"accessToken":"[redacted]","list":[{"password":"[redacted]","url":"/f?sig=[redacted]"}]');
  expect(JSON.stringify(redactor.value(new Error('token=abc')))).not.toContain('abc');
});

test('time is linear in the text, also for text made to prevent that', () => {
  const redactor = createRedactor();
  redactor.add('aaaaaaab');
  const seeds = [
    'eyJ',
    'eyJa.',
    'token',
    'token=',
    '"token":"',
    'a',
    '-----BEGIN PRIVATE KEY-----',
    'Bearer ',
    '://',
    '://a:',
    '\\"',
  ];
  for (const seed of seeds) {
    const text = seed.repeat(Math.ceil(200_000 / seed.length));
    const start = performance.now();
    redactor.text(text);
    // Milliseconds where it looks at each character once, minutes where it looks again and again.
    expect(performance.now() - start, seed).toBeLessThan(10_000);
  }
});

test.each([
  '"token":"',
  '\\"token\\":\\"',
  'token=',
  'authorization: ',
  'authorization: bearer ',
  'bearer ',
  '-----BEGIN PRIVATE KEY-----',
  'eyJ',
  'https://user:',
])('%s and a secret of 16 MB after it are no matter for the stack', head => {
  const { text } = createRedactor();
  for (const unit of ['a', '1.']) expect(() => text(head + unit.repeat(16_000_000 / unit.length)), unit).not.toThrow();
});
