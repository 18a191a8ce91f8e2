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
