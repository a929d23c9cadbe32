import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OPERATOR_URGENCY, SigningQueue, type Urgency, urgencyOf } from './signing-queue.ts';

test('votes and proposals come before timeouts, these before operators, and newer views before older ones', () => {
  assert.ok(urgencyOf('commit', 1n).rank < urgencyOf('timeout', 9n).rank);
  assert.equal(urgencyOf('proposal', 1n).rank, urgencyOf('prepare', 1n).rank);
  assert.ok(urgencyOf('timeout', 1n).rank < OPERATOR_URGENCY.rank);
});

const anyUrgency = fc.record({ rank: fc.integer({ min: 0, max: 2 }), view: fc.bigInt({ min: 0n, max: 5n }) });

test('whatever waits, the next that begins is the most urgent, and who is turned away was the least', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyUrgency, { maxLength: 20 }),
      fc.integer({ min: 0, max: 6 }),
      async (all, waitingMax) => {
        const queue = new SigningQueue({
          inFlightMax: 1,
          waitingMax,
          displaced: () => new Error('displaced'),
        });
        const begun: Urgency[] = [];
        const first = Promise.withResolvers<void>();
        const running = [queue.run(() => first.promise, { rank: 0, view: 9n })];
        const refused: Urgency[] = [];
        for (const urgency of all) {
          if (!queue.hasPlaceFor(urgency)) refused.push(urgency);
          else {
            running.push(
              queue
                .run(async () => {
                  begun.push(urgency);
                }, urgency)
                .catch(() => {
                  refused.push(urgency);
                }),
            );
          }
          assert.ok(queue.waiting <= waitingMax);
        }
        first.resolve();
        await Promise.all(running);
        assert.equal(queue.waiting, 0);
        assert.equal(begun.length + refused.length, all.length);
        assert.deepEqual(begun, begun.toSorted(order));
        const [last] = begun.slice(-1);
        for (const each of refused) assert.ok(last === undefined || order(each, last) >= 0);
      },
    ),
    { numRuns: 200 },
  );
});

test('as many are made at once as there are cores, also after one that failed', async () => {
  const queue = new SigningQueue({ inFlightMax: 2, waitingMax: 4, displaced: () => new Error('displaced') });
  let now = 0;
  let most = 0;
  const task = async (): Promise<void> => {
    now += 1;
    most = Math.max(most, now);
    await Promise.resolve();
    now -= 1;
    throw new Error('no memory');
  };
  const made = Array.from({ length: 6 }, () => queue.run(task, OPERATOR_URGENCY));
  const results = await Promise.allSettled(made);
  assert.ok(results.every(({ status }) => status === 'rejected'));
  assert.equal(most, 2);
  assert.equal(await queue.run(async () => 'made', OPERATOR_URGENCY), 'made');
});

test('tells how many signatures end before one begins, by its urgency', async () => {
  const queue = new SigningQueue({ inFlightMax: 2, waitingMax: 8, displaced: () => new Error('displaced') });
  const gate = Promise.withResolvers<void>();
  const vote = (view: bigint) => urgencyOf('commit', view);
  assert.equal(queue.roundsBefore(vote(1n)), 0);
  const made = [5n, 5n, 4n, 4n, 3n].map((view) => queue.run(() => gate.promise, vote(view)));
  assert.deepEqual(
    [9n, 4n, 3n, 1n].map((view) => queue.roundsBefore(vote(view))),
    [1, 2, 2, 2],
  );
  assert.equal(queue.roundsBefore(OPERATOR_URGENCY), 2);
  gate.resolve();
  await Promise.all(made);
  assert.equal(queue.roundsBefore(OPERATOR_URGENCY), 0);
});

function order(a: Urgency, b: Urgency): number {
  return a.rank === b.rank ? Number(b.view - a.view) : a.rank - b.rank;
}
