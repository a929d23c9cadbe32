import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { concatBytes, equalBytes } from '#libs/bytes/bytes.ts';
import { FakeStream } from '#test/support/gateway/fake-stream.ts';
import { JOINED_VIEW_BYTES_MAX, SEND_QUEUE_BOUND, WRITE_CHUNK_BYTES } from '../core/limits.ts';
import { FrameWriter } from './frame-writer.ts';
import { encodeFrame } from './rules/framing.ts';
import { SendQueue } from './rules/send-queue.ts';

function writerOf(): { queue: SendQueue; writer: FrameWriter } {
  const queue = new SendQueue(SEND_QUEUE_BOUND);
  return { queue, writer: new FrameWriter(queue, () => {}) };
}

const payloadOf = (sizeBytes: number, mark: number): Uint8Array => new Uint8Array(sizeBytes).fill(mark);

/** The frame on the wire. */
const frameOf = (sizeBytes: number, mark: number): Uint8Array =>
  new Uint8Array(encodeFrame(payloadOf(sizeBytes, mark)));

describe('frame writer', () => {
  test('hands a frame of consensus on in the very call that queued it', () => {
    const { queue, writer } = writerOf();
    const stream = new FakeStream();
    writer.open('consensus', stream);
    queue.push('consensus', payloadOf(100, 1));
    writer.pump();
    assert.deepEqual(stream.sent, [frameOf(100, 1)]);
  });

  test('TW-2.7.4: hands a vote on at once, before all transactions that wait, however many they are', async () => {
    const { queue, writer } = writerOf();
    const [consensus, transactions] = [new FakeStream(), new FakeStream()];
    transactions.room = 1;
    writer.open('consensus', consensus);
    writer.open('transaction', transactions);
    for (let mark = 0; mark < 10_000; mark++) queue.push('transaction', payloadOf(1_000, mark));
    writer.pump();
    const before = transactions.sent.length;
    queue.push('consensus', payloadOf(100, 7));
    writer.pump();
    assert.deepEqual([consensus.sent, transactions.sent.length - before], [[frameOf(100, 7)], 0]);
    transactions.drain(1_000);
    for (let count = 0; count < 5; count++) await turn();
    assert.ok(transactions.sent.length > before, 'they go on behind it');
  });

  test('cuts a large frame into pieces that together are the frame', () => {
    const { queue, writer } = writerOf();
    const stream = new FakeStream();
    queue.push('consensus', payloadOf(200_000, 1));
    writer.open('consensus', stream);
    assert.ok(stream.sent.every((piece) => piece.length <= WRITE_CHUNK_BYTES));
    assert.equal(stream.sent.length, 4);
    assert.ok(equalBytes(stream.sentBytes, frameOf(200_000, 1)));
  });

  test('puts small frames that wait together into one piece', () => {
    const { queue, writer } = writerOf();
    const stream = new FakeStream();
    for (let mark = 0; mark < 100; mark++) queue.push('consensus', payloadOf(1_000, mark));
    writer.open('consensus', stream);
    assert.equal(stream.sent.length, 2);
    assert.equal(stream.sentBytes.length, 100 * 1_004);
    assert.ok(equalBytes(stream.sentBytes.subarray(99 * 1_004), frameOf(1_000, 99)));
  });

  test('writes the same bytes for frames of all sizes, in pieces that are full but the last', () => {
    const around = (bytes: number) => fc.integer({ min: bytes - 6, max: bytes + 6 });
    const size = fc.oneof(
      fc.nat(3_000),
      around(JOINED_VIEW_BYTES_MAX + 6),
      around(WRITE_CHUNK_BYTES),
      around(2 * WRITE_CHUNK_BYTES),
    );
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 8 }), (sizes) => {
        const { queue, writer } = writerOf();
        const stream = new FakeStream();
        for (const [mark, bytes] of sizes.entries()) queue.push('consensus', payloadOf(bytes, mark));
        writer.open('consensus', stream);
        assert.ok(
          equalBytes(stream.sentBytes, concatBytes(sizes.map((bytes, mark) => frameOf(bytes, mark)))),
        );
        assert.ok(stream.sent.slice(0, -1).every(({ length }) => length === WRITE_CHUNK_BYTES));
        assert.ok((stream.sent.at(-1)?.length ?? 0) <= WRITE_CHUNK_BYTES);
      }),
      { numRuns: 60 },
    );
  });

  test('hands a large payload on where it lies', () => {
    const { queue, writer } = writerOf();
    const stream = new FakeStream();
    const given: Uint8Array[] = [];
    stream.send = (...pieces) => {
      given.push(...pieces);
      return true;
    };
    const payload = payloadOf(100_000, 1);
    queue.push('consensus', payload);
    writer.open('consensus', stream);
    assert.deepEqual(
      given.map(({ buffer, length }) => [buffer === payload.buffer, length]),
      [
        [false, 4],
        [true, WRITE_CHUNK_BYTES - 4],
        [true, 100_000 + 4 - WRITE_CHUNK_BYTES],
      ],
    );
  });

  test('sends nothing into a full stream and goes on where it stopped', async () => {
    const { queue, writer } = writerOf();
    const stream = new FakeStream();
    stream.room = 1;
    queue.push('consensus', payloadOf(150_000, 1));
    writer.open('consensus', stream);
    writer.pump();
    assert.equal(stream.sent.length, 1);
    stream.drain(10);
    await turn();
    assert.ok(equalBytes(stream.sentBytes, frameOf(150_000, 1)));
  });

  test('writes one piece of bulk for each turn of the event loop, and consensus in between', async () => {
    const { queue, writer } = writerOf();
    const [consensus, sync] = [new FakeStream(), new FakeStream()];
    queue.push('sync', payloadOf(300_000, 1));
    writer.open('consensus', consensus);
    writer.open('sync', sync);
    assert.equal(sync.sent.length, 1);
    queue.push('consensus', payloadOf(10, 2));
    writer.pump();
    assert.deepEqual([consensus.sent.length, sync.sent.length], [1, 1]);
    for (let count = 0; count < 6; count++) await turn();
    assert.ok(equalBytes(sync.sentBytes, frameOf(300_000, 1)));
  });

  test('lets transactions wait while sync has something to write, but not while sync cannot write', async () => {
    const { queue, writer } = writerOf();
    const [sync, transactions] = [new FakeStream(), new FakeStream()];
    sync.room = 1;
    queue.push('sync', payloadOf(300_000, 1));
    queue.push('transaction', payloadOf(10, 2));
    writer.open('sync', sync);
    writer.open('transaction', transactions);
    assert.deepEqual([sync.sent.length, transactions.sent.length], [1, 0]);
    await turn();
    assert.deepEqual([sync.sent.length, transactions.sent.length], [1, 1]);
  });

  test('starts with a whole frame on a stream that replaces another', () => {
    const { queue, writer } = writerOf();
    const [broken, fresh] = [new FakeStream(), new FakeStream()];
    broken.room = 1;
    queue.push('consensus', payloadOf(150_000, 1));
    queue.push('consensus', payloadOf(10, 2));
    writer.open('consensus', broken);
    broken.close();
    writer.open('consensus', fresh);
    assert.deepEqual(fresh.sent, [frameOf(10, 2)]);
  });

  test('writes nothing after it was closed', async () => {
    const { queue, writer } = writerOf();
    const stream = new FakeStream();
    queue.push('sync', payloadOf(300_000, 1));
    writer.open('sync', stream);
    writer.close();
    await turn();
    stream.drain(10);
    await turn();
    assert.equal(stream.sent.length, 1);
  });
});
