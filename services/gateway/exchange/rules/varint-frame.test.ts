import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encodeVarintFrame, type VarintFeed, VarintFrameReader } from './varint-frame.ts';

const MAX = 100_000;

function feedAll(chunks: readonly Uint8Array[], most = MAX): VarintFeed | undefined {
  const reader = new VarintFrameReader(most);
  let last: VarintFeed | undefined;
  for (const chunk of chunks) {
    last = reader.feed(chunk);
    if (last.kind !== 'more') return last;
  }
  return last;
}

describe('frame behind a varint', () => {
  test('is read as it was written, however it was split', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(fc.nat(410), { maxLength: 5 }),
        (payload, cuts) => {
          const frame = encodeVarintFrame(payload);
          const ends = [
            0,
            ...cuts.filter((cut) => cut < frame.length).toSorted((a, b) => a - b),
            frame.length,
          ];
          const chunks = ends.slice(1).map((end, index) => frame.subarray(ends[index], end));
          const fed = feedAll(chunks);
          assert.ok(fed?.kind === 'message' && Buffer.from(payload).equals(fed.payload));
        },
      ),
    );
  });

  test('has the length that libp2p gives it', () => {
    assert.deepEqual([...encodeVarintFrame(new Uint8Array(0))], [0]);
    assert.deepEqual([...encodeVarintFrame(new Uint8Array(127)).subarray(0, 1)], [127]);
    assert.deepEqual([...encodeVarintFrame(new Uint8Array(300)).subarray(0, 2)], [0b1010_1100, 2]);
  });

  test('P2P-77 is refused for its length before a byte of it came, and for bytes behind it', () => {
    const tooLarge = encodeVarintFrame(new Uint8Array(MAX + 1)).subarray(0, 3);
    assert.deepEqual(feedAll([tooLarge]), { kind: 'bad', problem: 'message too large' });
    assert.deepEqual(feedAll([Uint8Array.of(255, 255, 255, 255, 255)], 2 ** 40), {
      kind: 'bad',
      problem: 'bad length',
    });
    assert.deepEqual(feedAll([Uint8Array.of(129, 0)]), { kind: 'bad', problem: 'bad length' });
    assert.deepEqual(feedAll([Uint8Array.of(1, 7, 7)]), { kind: 'bad', problem: 'bytes after the message' });
  });
});
