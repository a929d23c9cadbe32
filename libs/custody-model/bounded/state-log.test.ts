import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { StateLog } from './state-log.ts';

const part = fc.nat({ max: 2 ** 24 - 1 });
const state = fc.tuple(part, part, part, part);

describe('the log of states', () => {
  test('keeps every state once, in the order of its discovery, with the one that it came from', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 300 }), (states) => {
        const log = new StateLog(2 ** 30);
        const seen = new Map<string, number>();
        for (const [at, each] of states.entries()) {
          const isNew = !seen.has(each.join());
          if (isNew) seen.set(each.join(), at);
          assert.equal(log.add(each, at), isNew);
        }
        assert.equal(log.size, seen.size);
        for (const [index, [name, at]] of [...seen].entries()) {
          assert.deepEqual([log.at(index).join(), log.parent(index)], [name, at]);
        }
      }),
    );
  });

  test('finds all of them when it has grown', () => {
    const log = new StateLog(2 ** 30);
    const nth = (at: number) => [at % 97, at % 1009, at >> 4, at & 15] as const;
    for (let at = 0; at < 200_000; at++) assert.equal(log.add(nth(at), at), true);
    for (let at = 0; at < 200_000; at += 13) {
      assert.equal(log.add(nth(at), 0), false);
      assert.deepEqual(log.at(at), nth(at));
    }
    assert.equal(log.size, 200_000);
  });

  test('takes no state that its memory has no room for, and still knows the others', () => {
    const log = new StateLog(2 ** 23);
    let at = 0;
    while (log.add([at, 0, 0, 0], 0) === true) at++;
    assert.equal(log.add([at, 0, 0, 0], 0), undefined);
    assert.ok(at > 100_000 && log.bytes <= 2 ** 23, `${at} states, ${log.bytes} bytes`);
    assert.deepEqual([log.add([0, 0, 0, 0], 0), log.size], [false, at]);
  });
});
