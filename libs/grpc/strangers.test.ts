import assert from 'node:assert/strict';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { afterEach, describe, test } from 'node:test';
import { all, closeAll, failure, patiently, serve } from '#test/support/grpc/echo-stage.ts';
import { ROOMY } from '#test/support/grpc/roomy.ts';
import type { StrangerLimits } from './stranger-room.ts';

const CALM = constants.NGHTTP2_ENHANCE_YOUR_CALM;
const BIG = 'x'.repeat(100_000);

const open: ClientHttp2Session[] = [];

afterEach(async () => {
  for (const session of open.splice(0)) session.destroy();
  await closeAll();
});

async function stage(limits: Partial<StrangerLimits>) {
  const say = async ({ text }: { readonly text: string }) => ({ text: text === 'big' ? BIG : text });
  return serve({ say }, '127.0.0.1:0', { ...ROOMY, ...limits });
}

/** A connection whose owner keeps to no rule but those of HTTP/2; it takes `windowBytes` of each answer. */
function stranger(address: string, windowBytes = 65_535): ClientHttp2Session {
  const session = connect(`http://${address}`, { settings: { initialWindowSize: windowBytes } });
  session.on('error', () => undefined);
  open.push(session);
  return session;
}

function call(
  session: ClientHttp2Session,
  method: string,
  headers: Readonly<Record<string, string>> = {},
): ClientHttp2Stream {
  const stream = session.request({
    ...headers,
    ':method': 'POST',
    ':path': `/btcfed.test.v1.EchoService/${method}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.on('error', () => undefined);
  return stream;
}

/** The frame of a request with this text; `missing`: without its last bytes. */
function request(text: string, missing = 0): Buffer {
  const message = Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  const frame = Buffer.concat([head, message]);
  return frame.subarray(0, frame.length - missing);
}

/** How the server ended a stream. */
async function resetOf(stream: ClientHttp2Stream): Promise<number | undefined> {
  return new Promise((resolve) => stream.once('close', () => resolve(stream.rstCode)));
}

/** The code with which a call was refused, once the server says one. */
async function refusalOf(stream: ClientHttp2Stream): Promise<string> {
  return new Promise((resolve) => {
    const tell = (headers: object): void => {
      if ('btcfed-error-code' in headers) resolve(String(headers['btcfed-error-code']));
    };
    stream.on('response', tell);
    stream.on('trailers', tell);
    stream.resume();
  });
}

describe('a server for strangers', () => {
  test('serves calls of all shapes as any other', async () => {
    const { client } = await stage({});
    assert.deepEqual(await client.say({ text: 'apple' }), { text: 'apple' });
    assert.deepEqual(await all(client.count({ text: '3' })), ['0', '1', '2']);
    for (let call = 0; call < 20; call++) assert.equal((await client.say({ text: 'big' })).text, BIG);
  });

  test('F-32: refuses a request above its own bound with a code, however large it says it is', async () => {
    const { server, client } = await stage({});
    const refused = await failure(client.say({ text: 'x'.repeat(2_000) }));
    assert.deepEqual([refused.status, refused.errorCode], ['INVALID_ARGUMENT', 'REQUEST_TOO_LARGE']);
    const boasting = call(stranger(server.boundAddress()), 'Say');
    const refusal = refusalOf(boasting);
    boasting.write(Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1]));
    assert.equal(await refusal, 'REQUEST_TOO_LARGE');
    assert.deepEqual(await client.say({ text: 'apple' }), { text: 'apple' });
  });

  test('F-24: refuses a request that says it is compressed, with a code', async () => {
    const { server } = await stage({});
    const squeezed = call(stranger(server.boundAddress()), 'Say', { 'grpc-encoding': 'gzip' });
    squeezed.end(request('apple'));
    assert.equal(await refusalOf(squeezed), 'REQUEST_COMPRESSED');
  });

  test('F-24: refuses a request that never becomes whole, with a code, and lets go of it', async () => {
    const { server, client } = await stage({ requestMsMax: 20 });
    const half = call(stranger(server.boundAddress()), 'Say');
    half.write(request('never', 1));
    assert.equal(await refusalOf(half), 'REQUEST_LATE');
    // One of these may be late too, where the machine is busy.
    assert.deepEqual(await patiently(() => client.say({ text: 'apple' })), { text: 'apple' });
  });

  test('cuts a stream of requests, which is never whole', async () => {
    const { server } = await stage({ requestMsMax: 20 });
    const stream = call(stranger(server.boundAddress()), 'Talk');
    stream.write(request('one'));
    assert.equal(await resetOf(stream), CALM);
  });

  test('F-24: makes room for a new request by the oldest that dawdles', async () => {
    const { server, client } = await stage({ arrivingMax: 2, patienceMs: 0 });
    const session = stranger(server.boundAddress());
    const halves = [1, 2].map(() => call(session, 'Say'));
    for (const half of halves) half.write(request('never', 1));
    const refusal = refusalOf(halves[0]!);
    assert.equal(await patiently(async () => (await client.say({ text: 'apple' })).text), 'apple');
    await patiently(async () => assert.equal((await client.say({ text: 'pear' })).text, 'pear'));
    assert.equal(await refusal, 'REQUEST_GAVE_WAY');
  });

  test('gives no more answers than may wait for their readers', async () => {
    const { server } = await stage({ untakenBytesMax: 250_000 });
    const session = stranger(server.boundAddress(), 0);
    const calls = Array.from({ length: 5 }, () => call(session, 'Say'));
    const refusals = Promise.all(calls.slice(2).map(refusalOf));
    for (const each of calls) each.end(request('big'));
    assert.deepEqual(await refusals, Array(3).fill('SERVER_CROWDED'));
  });

  test('asks nothing of its service for a connection that leaves a quarter of that room unread', async () => {
    const asked: string[] = [];
    const say = async ({ text }: { readonly text: string }) => {
      asked.push(text);
      return { text: BIG };
    };
    const { server, client } = await serve({ say }, '127.0.0.1:0', { ...ROOMY, untakenBytesMax: 150_000 });
    const session = stranger(server.boundAddress(), 0);
    const reader = call(session, 'Say');
    reader.end(request('first'));
    await new Promise((resolve) => reader.once('response', resolve));
    const again = call(session, 'Say');
    again.end(request('second'));
    assert.equal(await refusalOf(again), 'SERVER_CROWDED');
    assert.deepEqual(asked, ['first']);
    await client.say({ text: 'third' });
    assert.deepEqual(asked, ['first', 'third']);
  });

  test('cuts a reader that never reads', async () => {
    const { server, client } = await stage({ untakenBytesMax: 150_000, answerMsMax: 20 });
    const reader = call(stranger(server.boundAddress(), 0), 'Say');
    reader.end(request('big'));
    assert.equal(await resetOf(reader), CALM);
    assert.equal((await patiently(() => client.say({ text: 'big' }))).text, BIG);
  });

  test('has its room back when a reader is gone before it read', async () => {
    const { server, client } = await stage({ untakenBytesMax: 250_000 });
    const session = stranger(server.boundAddress(), 0);
    const calls = [1, 2].map(() => call(session, 'Say'));
    for (const each of calls) each.end(request('big'));
    await Promise.all(calls.map((each) => new Promise((resolve) => each.once('response', resolve))));
    const third = call(session, 'Say');
    third.end(request('big'));
    assert.equal(await refusalOf(third), 'SERVER_CROWDED');
    session.destroy();
    assert.equal((await patiently(() => client.say({ text: 'big' }))).text, BIG);
  });

  test('F-07: lets the reader that leaves most unread give way to one that reads', async () => {
    const { server, client } = await stage({ untakenBytesMax: 250_000 });
    const session = stranger(server.boundAddress(), 0);
    const calls = [1, 2].map(() => call(session, 'Say'));
    const reset = resetOf(calls[0]!);
    for (const each of calls) each.end(request('big'));
    await Promise.all(calls.map((each) => new Promise((resolve) => each.once('response', resolve))));
    assert.equal((await client.say({ text: 'big' })).text, BIG);
    assert.equal(await reset, CALM);
  });
});
