import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { concatBytes } from '#libs/bytes/bytes.ts';
import { FRAME_BUFFER_BYTES_MIN, FRAME_BUFFER_GROWTH } from '../../core/limits.ts';
import { encodeFrame, FrameParser, frameHead, keptPayload } from './framing.ts';

const PAYLOAD_BYTES_MAX = 3 * FRAME_BUFFER_BYTES_MIN;

function parserOf(payloadBytesMax: number): { parser: FrameParser; frames: Uint8Array[] } {
  const frames: Uint8Array[] = [];
  return { frames, parser: new FrameParser(payloadBytesMax, (payload) => frames.push(payload)) };
}

/** Cuts `bytes` at the given points, in any order and with repeats. */
function split(bytes: Uint8Array, points: readonly number[]): Uint8Array[] {
  const cuts = [0, ...points.map((point) => point % (bytes.length + 1)), bytes.length].toSorted(
    (a, b) => a - b,
  );
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

describe('frame parser', () => {
  test('gives the same frames for every split of the bytes', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 });
    fc.assert(
      fc.property(payloads, fc.array(fc.nat()), (sent, points) => {
        const { parser, frames } = parserOf(300);
        for (const chunk of split(concatBytes(sent.map(encodeFrame)), points)) {
          assert.equal(parser.feed(chunk).kind, 'ok');
        }
        assert.deepEqual(
          frames.map((frame) => [...frame]),
          sent.map((payload) => [...payload]),
        );
      }),
    );
  });

  test('joins a frame that is larger than its first piece of memory', () => {
    const sent = Uint8Array.from({ length: PAYLOAD_BYTES_MAX }, (_, index) => index % 251);
    const { parser, frames } = parserOf(PAYLOAD_BYTES_MAX);
    for (const chunk of split(encodeFrame(sent), [1, 5, 70_000, 140_000, 196_000])) parser.feed(chunk);
    assert.deepEqual(frames, [sent]);
  });

  test('takes a frame of exactly the limit and refuses one byte more at its header', () => {
    const { parser, frames } = parserOf(10);
    assert.deepEqual(parser.feed(encodeFrame(new Uint8Array(10))), { kind: 'ok' });
    assert.deepEqual(parser.feed(encodeFrame(new Uint8Array(11)).subarray(0, 4)), {
      kind: 'oversized',
      lengthBytes: 11,
    });
    assert.equal(frames.length, 1);
  });

  test('gives no frame any more after an oversized one', () => {
    const { parser, frames } = parserOf(10);
    parser.feed(concatBytes([encodeFrame(new Uint8Array(11)), encodeFrame(new Uint8Array(2))]));
    assert.equal(parser.feed(encodeFrame(new Uint8Array(2))).kind, 'oversized');
    assert.deepEqual(frames, []);
  });

  test('refuses a claim of four gigabytes without memory for it', () => {
    const before = process.memoryUsage().arrayBuffers;
    const { parser } = parserOf(10);
    assert.equal(parser.feed(Uint8Array.of(255, 255, 255, 255)).kind, 'oversized');
    assert.ok(process.memoryUsage().arrayBuffers - before < FRAME_BUFFER_BYTES_MIN);
  });

  test('keeps memory for what arrived, not for what a header announces', () => {
    const claimedBytes = 512 * 1024 * 1024;
    const before = process.memoryUsage().arrayBuffers;
    const { parser } = parserOf(claimedBytes);
    const header = Buffer.alloc(4);
    header.writeUInt32BE(claimedBytes);
    parser.feed(header);
    parser.feed(new Uint8Array(1000));
    assert.ok(process.memoryUsage().arrayBuffers - before < 1024 * 1024);
  });

  test('never has more memory than a few times what arrived, nor more than the frame', () => {
    const sizeBytes = 5 * 1024 * 1024;
    const pieceBytes = 30_000;
    const sent = encodeFrame(new Uint8Array(sizeBytes));
    const { parser, frames } = parserOf(sizeBytes);
    const before = process.memoryUsage().arrayBuffers;
    for (let at = 0; at < sent.length / 8; at += pieceBytes) parser.feed(sent.subarray(at, at + pieceBytes));
    const grownBytes = process.memoryUsage().arrayBuffers - before;
    assert.ok(grownBytes < FRAME_BUFFER_GROWTH * (sent.length / 8) + 2 * 1024 * 1024, `${grownBytes}`);
    for (let at = Math.ceil(sent.length / 8 / pieceBytes) * pieceBytes; at < sent.length; at += pieceBytes) {
      parser.feed(sent.subarray(at, at + pieceBytes));
    }
    assert.equal(frames[0]?.buffer.byteLength, sizeBytes);
  });

  test('keeps an empty frame as a frame', () => {
    const { parser, frames } = parserOf(10);
    parser.feed(concatBytes([encodeFrame(new Uint8Array(0)), encodeFrame(Uint8Array.of(1))]));
    assert.deepEqual(frames, [new Uint8Array(0), Uint8Array.of(1)]);
  });

  test('copies a small frame out of a large read, and shows a large one where it lies', () => {
    const chunk = concatBytes([encodeFrame(new Uint8Array(10)), encodeFrame(new Uint8Array(990))]);
    const { parser, frames } = parserOf(1000);
    parser.feed(chunk);
    assert.deepEqual(
      frames.map((frame) => frame.buffer === chunk.buffer),
      [false, true],
    );
  });

  test('F-15: gives no frame more while it is held, whatever comes, and all in order when it is released', () => {
    const frames: number[] = [];
    const parser = new FrameParser(10, ([first = 0]) => {
      frames.push(first);
      parser.hold();
    });
    const bytes = concatBytes([1, 2, 3, 4].map((value) => encodeFrame(Uint8Array.of(value))));
    for (const chunk of split(bytes, [3, 9, 13])) parser.feed(chunk);
    assert.deepEqual([frames, parser.isHeld], [[1], true]);
    for (const count of [2, 3, 4]) {
      parser.release();
      assert.equal(frames.length, count);
    }
    assert.deepEqual(frames, [1, 2, 3, 4]);
    parser.release();
    assert.equal(parser.isHeld, false);
  });

  test('says when it is released that an oversized frame waited', () => {
    const parser = new FrameParser(1, () => parser.hold());
    parser.feed(concatBytes([encodeFrame(Uint8Array.of(1)), encodeFrame(new Uint8Array(2))]));
    assert.equal(parser.release().kind, 'oversized');
  });

  test('takes another limit from one frame to the next', () => {
    const frames: Uint8Array[] = [];
    const parser = new FrameParser(4, (payload) => {
      frames.push(payload);
      parser.payloadBytesMax = 100;
    });
    parser.feed(concatBytes([encodeFrame(new Uint8Array(4)), encodeFrame(new Uint8Array(100))]));
    assert.equal(frames.length, 2);
  });
});

describe('a frame that is written', () => {
  test('is its head and its payload, for every size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000 }), (payload) => {
        const wire = encodeFrame(payload);
        assert.deepEqual([wire.subarray(0, 4), wire.length], [frameHead(payload), payload.length + 4]);
        assert.equal(Buffer.compare(wire.subarray(4), payload), 0);
      }),
    );
  });

  test('waits where it lies, unless it is but a small part of that: then as a copy', () => {
    const message = new Uint8Array(1_000_000).fill(7);
    const large = message.subarray(10, 300_000);
    assert.equal(keptPayload(large), large);
    const vote = keptPayload(message.subarray(10, 17_410));
    assert.deepEqual(vote, new Uint8Array(17_400).fill(7));
    assert.equal(vote.buffer.byteLength, vote.length, 'a vote does not hold the million bytes beside it');
  });

  test('is a copy of its own where it lies in a Buffer too, whose slice copies nothing', () => {
    const vote = keptPayload(Buffer.alloc(1_000_000, 7).subarray(10, 100));
    assert.equal(vote.buffer.byteLength, 90);
  });
});
