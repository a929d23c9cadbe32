import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Caller } from '#libs/grpc/caller.ts';
import { CLIENT_LIMITS } from './limits.ts';
import { ReadTurns } from './read-turns.ts';

const FLOODER: Caller = { kind: 'address', owner: '192.0.2.1', connection: '192.0.2.1:1' };
const OTHER: Caller = { kind: 'address', owner: '192.0.2.2', connection: '192.0.2.2:1' };

const made: ReadTurns[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.stop();
});

function turns(limits: Partial<Pick<typeof CLIENT_LIMITS, 'readsMax' | 'readSliceMs'>> = {}): ReadTurns {
  const one = new ReadTurns({ ...CLIENT_LIMITS, ...limits });
  made.push(one);
  return one;
}

const callOf = (caller: Caller, signal = new AbortController().signal) => ({ caller, signal });

/** A read that takes as long as all of a slice. */
function long(readSliceMs: number): void {
  const endMs = performance.now() + readSliceMs;
  while (performance.now() < endMs);
}

describe('reads of clients', () => {
  test('F-07: of a thousand that come at once one alone is done at once, and all else has its turn after each', async () => {
    const one = turns({ readSliceMs: 1 });
    let done = 0;
    const reads = Array.from({ length: 50 }, () =>
      one.take(callOf(FLOODER), () => {
        long(1);
        done += 1;
      }),
    );
    assert.equal(done, 1);
    for (let before = done; done < reads.length; before = done) {
      await turn();
      assert.ok(done - before <= 1, `${done - before} slices in one turn of the event loop`);
    }
    await Promise.all(reads);
  });

  test('F-07: a caller has its turn after one of a caller that asks for thousands', async () => {
    const one = turns({ readSliceMs: 1 });
    const order: string[] = [];
    const read = (caller: Caller) =>
      one.take(callOf(caller), () => {
        long(1);
        order.push(caller.owner);
      });
    const flood = Array.from({ length: 20 }, () => read(FLOODER));
    await read(OTHER);
    assert.ok(order.indexOf(OTHER.owner) <= 2, `${order}`);
    await Promise.all(flood);
  });

  test('F-07: who has most of the places gives one up for a newcomer, and is told so', async () => {
    const one = turns({ readSliceMs: 0, readsMax: [4, 4, 4, 4] });
    const flood = Array.from({ length: 6 }, () =>
      one.take(callOf(FLOODER), () => 'read').catch(({ detail }) => detail.code),
    );
    assert.equal(await one.take(callOf(OTHER), () => 'read'), 'read');
    const answers = await Promise.all(flood);
    assert.equal(answers.filter((each) => each === 'CONSENSUS_TOO_MANY_READS').length, 2);
  });

  test('a read that throws is told to its caller, and one of a caller that is gone is not done', async () => {
    const one = turns({ readSliceMs: 0 });
    const fault = new Error('damaged');
    const fail = (): never => {
      throw fault;
    };
    const gone = new AbortController();
    const all = [
      one.take(callOf(FLOODER), fail),
      one.take(callOf(FLOODER), fail),
      one.take(callOf(OTHER, gone.signal), () => assert.fail('nobody waits for it')),
    ];
    gone.abort();
    const [first, second, third] = await Promise.allSettled(all);
    assert.deepEqual([first, second], Array(2).fill({ status: 'rejected', reason: fault }));
    assert.equal(third?.status, 'rejected');
  });

  test('those that wait are told that the member stops', async () => {
    const one = turns({ readSliceMs: 0 });
    await one.take(callOf(OTHER), () => 'read');
    const waiting = one.take(callOf(OTHER), () => 'read');
    one.stop();
    await assert.rejects(waiting, { detail: { code: 'CONSENSUS_STOPPING' } });
  });
});
