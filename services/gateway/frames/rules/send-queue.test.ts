import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FRAME_BYTES_MAX, SEND_QUEUE_BOUND } from '../../core/limits.ts';
import { byClass, TRAFFIC_CLASSES } from '../../core/traffic-class.ts';
import { LENGTH_BYTES } from './framing.ts';
import { SendQueue } from './send-queue.ts';

const FEW = byClass(() => ({ framesMax: 3, bytesMax: 100 }));
const frameOf = (sizeBytes: number, mark = 0): Uint8Array => new Uint8Array(sizeBytes).fill(mark);

describe('send queue', () => {
  test('gives the frames of a class in the order they came', () => {
    const queue = new SendQueue(FEW);
    for (const mark of [1, 2, 3]) queue.push('sync', frameOf(1, mark));
    assert.deepEqual([queue.take('sync')?.[0], queue.take('sync')?.[0], queue.take('sync')?.[0]], [1, 2, 3]);
    assert.equal(queue.take('sync'), undefined);
  });

  test('drops the oldest of its own class beyond the number of frames', () => {
    const queue = new SendQueue(FEW);
    queue.push('consensus', frameOf(1, 9));
    const dropped = [1, 2, 3, 4, 5].map((mark) => queue.push('transaction', frameOf(1, mark)));
    assert.deepEqual(dropped, [0, 0, 0, 1, 1]);
    assert.equal(queue.take('transaction')?.[0], 3);
    assert.equal(queue.take('consensus')?.[0], 9);
  });

  test('drops as many as it takes beyond the number of bytes', () => {
    const queue = new SendQueue(FEW);
    queue.push('sync', frameOf(40, 1));
    queue.push('sync', frameOf(40, 2));
    assert.equal(queue.push('sync', frameOf(90, 3)), 2);
    assert.equal(queue.take('sync')?.[0], 3);
  });

  test('keeps a frame that is larger than its bound alone', () => {
    const queue = new SendQueue(FEW);
    assert.equal(queue.push('sync', frameOf(1000, 1)), 0);
    assert.equal(queue.take('sync')?.length, 1000);
  });

  test('never holds more than its bounds, and what it holds is the newest, whatever comes and goes', () => {
    const operation = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(0));
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const queue = new SendQueue(FEW);
        let model: Uint8Array[] = [];
        for (const [index, sizeBytes] of operations.entries()) {
          if (sizeBytes === 0) {
            assert.equal(queue.take('consensus'), model.shift());
            continue;
          }
          const frame = frameOf(sizeBytes, index % 256);
          const before = model.length + 1;
          model = newest([...model, frame]);
          assert.equal(queue.push('consensus', frame), before - model.length);
        }
        assert.equal(queue.clear(), model.length);
      }),
    );
  });

  test('forgets everything of every class at once', () => {
    const queue = new SendQueue(FEW);
    for (const each of TRAFFIC_CLASSES) queue.push(each, frameOf(1));
    assert.equal(queue.isEmptyOfAll, false);
    assert.equal(queue.clear(), 3);
    assert.equal(queue.isEmptyOfAll, true);
  });

  test('has room for the largest frame of every class', () => {
    for (const each of TRAFFIC_CLASSES) {
      assert.ok(SEND_QUEUE_BOUND[each].bytesMax >= FRAME_BYTES_MAX[each] + LENGTH_BYTES);
    }
  });
});

/** The bound of the test, computed in the slow and plain way. */
function newest(frames: readonly Uint8Array[]): Uint8Array[] {
  const kept = [...frames];
  const bytes = (): number => kept.reduce((sum, frame) => sum + frame.length, 0);
  while (kept.length > 1 && (kept.length > 3 || bytes() > 100)) kept.shift();
  return kept;
}
