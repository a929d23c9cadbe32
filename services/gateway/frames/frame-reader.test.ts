import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { concatBytes } from '#libs/bytes/bytes.ts';
import { FakeStream } from '#test/support/gateway/fake-stream.ts';
import { FRAME_BYTES_MAX, HELLO_TIMEOUT_MS } from '../core/limits.ts';
import { FrameReader } from './frame-reader.ts';
import { encodeFrame } from './rules/framing.ts';
import { encodeHello, HELLO_BYTES_MAX } from './rules/hello.ts';
import type { PushResult } from './rules/inbox.ts';

const TAG = new Uint8Array(8).fill(1);
const HELLO = encodeFrame(encodeHello(TAG));
const frameOf = (...bytes: number[]): Uint8Array => encodeFrame(Uint8Array.from(bytes));

interface Options {
  readonly tag?: Uint8Array | undefined;
  readonly answer?: PushResult;
  readonly bytesMax?: number;
}

function readerOf({ tag, answer = 'taken', bytesMax = 1_000_000 }: Options) {
  const stream = new FakeStream();
  const said: string[] = [];
  const chain = { tag };
  const reader = new FrameReader({
    trafficClass: 'transaction',
    stream,
    chainTag: () => chain.tag,
    mayReceive: (bytes) => bytes <= bytesMax,
    onHello: () => said.push('hello'),
    onRefused: (fault) => said.push(`refused: ${fault}`),
    onFault: (fault) => said.push(`fault: ${fault}`),
    onFrame: (payload) => {
      said.push(`frame ${payload.join()}`);
      return answer;
    },
    onClosed: () => said.push('closed'),
  });
  return { stream, said, reader, chain };
}

describe('frame reader', () => {
  test('takes a hello of our chain, then frames', (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { stream, said, reader } = readerOf({ tag: TAG });
    stream.receive(concatBytes([HELLO, frameOf(1), frameOf(2)]));
    assert.deepEqual(said, ['hello', 'frame 1', 'frame 2']);
    assert.deepEqual([reader.isAccepted, stream.isPaused], [true, false]);
    context.mock.timers.tick(HELLO_TIMEOUT_MS);
    assert.equal(stream.resetReason, undefined);
  });

  test('resets a stream of another chain and gives none of its frames', () => {
    const { stream, said, reader } = readerOf({ tag: new Uint8Array(8) });
    stream.receive(concatBytes([HELLO, frameOf(1)]));
    assert.deepEqual(said, ['closed', 'refused: another chain']);
    assert.deepEqual([reader.isAccepted, stream.resetReason], [false, 'another chain']);
  });

  test('rests until our chain is known, then gives what came behind the hello', () => {
    const { stream, said, reader, chain } = readerOf({ tag: undefined });
    stream.receive(concatBytes([HELLO, frameOf(1)]));
    assert.deepEqual([said, stream.isPaused], [[], true]);
    chain.tag = TAG;
    reader.judge();
    assert.deepEqual([said, stream.isPaused], [['hello', 'frame 1'], false]);
  });

  test('rests again when consensus is slow, and reads on when it is told', () => {
    const { stream, reader } = readerOf({ tag: TAG, answer: 'full' });
    stream.receive(concatBytes([HELLO, frameOf(1)]));
    assert.equal(stream.isPaused, true);
    reader.resume();
    assert.equal(stream.isPaused, false);
  });

  test('F-15: takes not one frame more than there is room for, however many one read brings', () => {
    const { stream, said, reader } = readerOf({ tag: TAG, answer: 'full' });
    stream.receive(concatBytes([HELLO, frameOf(1), frameOf(2), frameOf(3)]));
    assert.deepEqual([said, stream.isPaused], [['hello', 'frame 1'], true]);
    reader.resume();
    assert.deepEqual([said.at(-1), stream.isPaused], ['frame 2', true]);
    reader.resume();
    assert.deepEqual([said.at(-1), stream.isPaused], ['frame 3', true]);
    reader.resume();
    assert.equal(stream.isPaused, false);
  });

  test('resets a first frame that is no hello by its length alone', () => {
    const { stream, said } = readerOf({ tag: TAG });
    const header = Buffer.alloc(4);
    header.writeUInt32BE(HELLO_BYTES_MAX + 1);
    stream.receive(header);
    assert.deepEqual(said, ['closed', 'fault: frame too large']);
  });

  test('resets a frame beyond the limit of its class, and looks at nothing after it', () => {
    const { stream, said } = readerOf({ tag: TAG });
    const header = Buffer.alloc(4);
    header.writeUInt32BE(FRAME_BYTES_MAX.transaction + 1);
    stream.receive(concatBytes([HELLO, header]));
    stream.receive(frameOf(1));
    assert.deepEqual(said, ['hello', 'closed', 'fault: frame too large']);
  });

  test('resets a stream that says nothing in time', (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { stream, said } = readerOf({ tag: TAG });
    stream.receive(HELLO.subarray(0, 3));
    context.mock.timers.tick(HELLO_TIMEOUT_MS);
    assert.deepEqual([said, stream.resetReason], [['closed', 'fault: no hello in time'], 'no hello in time']);
  });

  test('resets a stream above the byte rate before it parses the bytes', () => {
    const { stream, said } = readerOf({ tag: TAG, bytesMax: HELLO.length });
    stream.receive(HELLO);
    stream.receive(new Uint8Array(HELLO.length + 1));
    assert.deepEqual(said, ['hello', 'closed', 'fault: bytes above the rate limit']);
  });
});
