import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { describe, type TestContext, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { ed25519FromSeed } from '#libs/crypto/ed25519.ts';
import type { CertifiedKey } from '#libs/pki/pki.ts';
import { HttpError } from './http-error.ts';
import { HttpsClient } from './https-client.ts';
import { HttpsServer } from './https-server.ts';
import { BODY_BYTES_MAX, REQUESTS_PER_CALLER_MAX } from './limits.ts';
import { ownCertificate } from './own-certificate.ts';
import type { HttpRoute } from './route.ts';

const SCHEMA = {
  type: 'object',
  properties: { word: { type: 'string', maxLength: BODY_BYTES_MAX } },
  required: ['word'],
  additionalProperties: false,
} as const;

interface Party {
  readonly key: Uint8Array;
  readonly certificate: CertifiedKey;
}

function party(): Party {
  const seed = randomBytes(32);
  return { key: ed25519FromSeed(seed).publicKey, certificate: ownCertificate(seed, 'm0') };
}

const who: HttpRoute = {
  method: 'POST',
  path: '/Who',
  summary: 'Says by which key the caller is known.',
  schema: SCHEMA,
  handle: ({ caller, body }) => {
    const { word } = body as { readonly word: string };
    if (word === 'refuse') throw new HttpError({ status: 409, error: 'no', field: 'word', cure: 'say yes' });
    if (word === 'fail') throw new Error('ours');
    const key = caller.publicKey === undefined ? 'nobody' : toHex(caller.publicKey);
    return { status: 200, body: { key, length: word.length } };
  },
};

async function serving(t: TestContext, routes: readonly HttpRoute[] = [who]) {
  const owner = party();
  const faults: unknown[] = [];
  const ended: string[] = [];
  const server = new HttpsServer({
    listen: { host: '127.0.0.1', port: 0 },
    certificate: owner.certificate,
    info: { title: 'test', version: '1' },
    routes,
    onFault: (error) => faults.push(error),
    metrics: { ended: (route, status) => ended.push(`${route} ${status}`) },
  });
  t.after(() => server.stop());
  await server.start();
  return { owner, server, faults, ended };
}

function clientOf(t: TestContext, port: number, { key, me = party() }: { key: Uint8Array; me?: Party }) {
  const connection = { host: '127.0.0.1', port, serverKey: key, connectionsMax: 4 };
  const client = new HttpsClient({ ...connection, certificate: me.certificate });
  t.after(() => client.close());
  return client;
}

/** A caller without a certificate, and without bounds. */
function plain(port: number, options: { path: string; method?: string; body?: string; type?: string }) {
  const { path, method = 'POST', body, type = 'application/json' } = options;
  return new Promise<{ status: number; body: string; retryAfter: string | undefined }>((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': type };
    const place = { host: '127.0.0.1', port, path, method, headers, rejectUnauthorized: false, agent: false };
    const call = request(place, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: text,
          retryAfter: response.headers['retry-after'],
        }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

const json = (value: unknown): string => JSON.stringify(value);

describe('HTTPS between parties that are known by their keys', () => {
  test('each knows the other by the key that TLS proved, over one connection', async (t) => {
    const { owner, server } = await serving(t);
    const me = party();
    const client = clientOf(t, server.port, { key: owner.key, me });
    for (const word of ['one', 'three']) {
      const { status, text } = await client.post('/Who', json({ word }), 5_000);
      assert.deepEqual([status, JSON.parse(text)], [200, { key: toHex(me.key), length: word.length }]);
    }
  });

  test('a caller that may not ask is refused before its body is read, however wrong or large that is', async (t) => {
    const admit: HttpRoute['admit'] = ({ publicKey }) => {
      if (publicKey !== undefined) return;
      throw new HttpError({ status: 401, error: 'nobody', field: 'certificate', cure: 'show one' });
    };
    const { owner, server } = await serving(t, [{ ...who, admit }]);
    for (const body of ['{', json({ word: 1 }), json({ word: 'fail' })]) {
      const { status, body: told } = await plain(server.port, { path: '/Who', body });
      assert.deepEqual([status, JSON.parse(told).field], [401, 'certificate'], body);
    }
    const client = clientOf(t, server.port, { key: owner.key });
    assert.equal((await client.post('/Who', '{', 5_000)).status, 400);
    assert.equal((await client.post('/Who', json({ word: 'yes' }), 5_000)).status, 200);
  });

  test('nothing is written to a server with another key', async (t) => {
    const { server, ended } = await serving(t);
    const client = clientOf(t, server.port, { key: party().key });
    await assert.rejects(client.post('/Who', json({ word: 'secret' }), 5_000), {
      detail: { code: 'HTTP_WRONG_PEER' },
      message: /another key than the member that is expected there: correct its address in peers\.yaml/,
    });
    assert.deepEqual(ended, []);
  });

  test('a caller without a certificate is known by no key', async (t) => {
    const { server } = await serving(t);
    const { body } = await plain(server.port, { path: '/Who', body: json({ word: 'x' }) });
    assert.deepEqual(JSON.parse(body), { key: 'nobody', length: 1 });
  });

  test('a client waits no longer than it says, and reads no more than an answer may have', async (t) => {
    const slow: HttpRoute = { ...who, path: '/Slow', handle: () => new Promise(() => {}) };
    const large: HttpRoute = {
      ...who,
      path: '/Large',
      handle: () => ({ status: 200, body: { text: 'x'.repeat(BODY_BYTES_MAX) } }),
    };
    const { owner, server } = await serving(t, [slow, large]);
    const client = clientOf(t, server.port, { key: owner.key });
    await assert.rejects(client.post('/Slow', json({ word: 'x' }), 200), { name: 'AbortError' });
    await assert.rejects(client.post('/Large', json({ word: 'x' }), 5_000), {
      detail: { code: 'HTTP_ANSWER_TOO_LARGE' },
    });
  });

  test('an address that is taken is refused, with the key of conf.yaml', async (t) => {
    const { owner, server } = await serving(t);
    const second = new HttpsServer({
      listen: { host: '127.0.0.1', port: server.port },
      certificate: owner.certificate,
      info: { title: 'test', version: '1' },
      routes: [],
      onFault: () => {},
      metrics: { ended: () => {} },
    });
    t.after(() => second.stop());
    await assert.rejects(second.start(), /EADDRINUSE.*network\.addresses of conf\.yaml/);
  });
});

describe('a request that is refused', () => {
  const CASES = [
    ['is no JSON', { body: '{' }, 400, 'body'],
    ['lacks a field', { body: '{}' }, 400, 'body.word'],
    ['has a field that is unknown', { body: json({ word: 'x', more: 1 }) }, 400, 'body.more'],
    ['has a field of another type', { body: json({ word: 1 }) }, 400, 'body.word'],
    ['has no body', {}, 400, 'body'],
    ['is no JSON by its type', { body: 'x', type: 'text/x' }, 415, 'content-type'],
    ['is too large', { body: json({ word: 'x'.repeat(BODY_BYTES_MAX) }) }, 413, 'body'],
    ['is for no route', { path: '/None', body: '{}' }, 404, 'path'],
    ['has the method of no route', { method: 'GET' }, 404, 'path'],
    ['is refused by its route', { body: json({ word: 'refuse' }) }, 409, 'word'],
  ] as const;
  for (const [what, given, status, field] of CASES) {
    test(`${what}: ${status} with error, field and cure`, async (t) => {
      const { server, faults } = await serving(t);
      const answer = await plain(server.port, { path: '/Who', ...given });
      const said = JSON.parse(answer.body) as Record<string, string>;
      assert.deepEqual([answer.status, said['field']], [status, field]);
      assert.ok(said['error'] !== '' && said['cure'] !== '');
      assert.deepEqual(Object.keys(said).sort(), ['cure', 'error', 'field']);
      assert.deepEqual(faults, []);
    });
  }

  test('a fault of ours is told to us, and says nothing to the caller', async (t) => {
    const { server, faults } = await serving(t);
    const answer = await plain(server.port, { path: '/Who', body: json({ word: 'fail' }) });
    assert.equal(answer.status, 500);
    assert.doesNotMatch(answer.body, /ours/);
    assert.equal(faults.length, 1);
  });

  test('one caller has so many requests under way, and is told when to come again', async (t) => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const waiting: HttpRoute = {
      ...who,
      handle: async () => {
        await held;
        return { status: 200, body: {} };
      },
    };
    const { server, ended } = await serving(t, [waiting]);
    const calls = Array.from({ length: REQUESTS_PER_CALLER_MAX + 1 }, async () => {
      const answer = await plain(server.port, { path: '/Who', body: json({ word: 'x' }) });
      if (answer.status === 429) release();
      return answer;
    });
    const answers = await Promise.all(calls);
    const refused = answers.filter(({ status }) => status === 429);
    assert.deepEqual(
      refused.map(({ retryAfter }) => retryAfter),
      ['1'],
    );
    const again = await plain(server.port, { path: '/Who', body: json({ word: 'x' }) });
    assert.equal(again.status, 200);
    assert.equal(ended.filter((line) => line.endsWith(' 200')).length, REQUESTS_PER_CALLER_MAX + 1);
  });

  test('the schema of each route is in /openapi.json', async (t) => {
    const { server } = await serving(t);
    const { status, body } = await plain(server.port, { path: '/openapi.json', method: 'GET' });
    const { paths } = JSON.parse(body) as { paths: Record<string, { post: { requestBody: unknown } }> };
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(paths), ['/Who']);
    assert.match(json(paths['/Who']?.post.requestBody), /"additionalProperties":false/);
  });
});
