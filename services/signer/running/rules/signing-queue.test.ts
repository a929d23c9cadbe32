import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toView } from '#libs/chain/ids.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { comparePositions } from '#libs/protocol/vote/position.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { OPERATOR_URGENCY, SigningQueue, type Urgency, urgencyOf } from './signing-queue.ts';

const at = (kind: string, view: bigint, instance = 0n) => ({ kind, instance, view: toView(view) });

for (const table of [HOTSTUFF_TABLE, ROUNDS_TABLE]) {
  test(`votes and proposals come before what gives a view up, and that before operators: ${table.protocol}`, () => {
    const ranks = Object.entries(table.kinds).map(([kind, { leaves }]) => {
      return { leaves, rank: urgencyOf(table, at(kind, leaves === undefined ? 1n : 9n)).rank };
    });
    assert.ok(ranks.some(({ leaves }) => leaves !== undefined));
    for (const { leaves, rank } of ranks) assert.equal(rank, leaves === undefined ? 0 : 1);
    assert.ok(OPERATOR_URGENCY.rank > 1);
  });
}

test('a newer height comes before an older one, whatever its view', async () => {
  const queue = new SigningQueue({ inFlightMax: 1, waitingMax: 4, displaced: () => new Error('displaced') });
  const gate = Promise.withResolvers<void>();
  const begun: string[] = [];
  const run = (name: string, instance: bigint, view: bigint) =>
    queue.run(async () => void begun.push(name), urgencyOf(ROUNDS_TABLE, at('commit', view, instance)));
  const first = queue.run(() => gate.promise, urgencyOf(ROUNDS_TABLE, at('commit', 0n, 1n)));
  const others = [run('old', 4n, 9n), run('new', 5n, 0n), run('newest', 5n, 1n)];
  gate.resolve();
  await Promise.all([first, ...others]);
  assert.deepEqual(begun, ['newest', 'new', 'old']);
});

const anyUrgency = fc.record({
  rank: fc.integer({ min: 0, max: 2 }),
  instance: fc.bigInt({ min: 0n, max: 2n }),
  view: fc.bigInt({ min: 0n, max: 5n }).map(toView),
});

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
        const running = [queue.run(() => first.promise, { rank: 0, instance: 9n, view: toView(9n) })];
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
  const vote = (view: bigint) => urgencyOf(HOTSTUFF_TABLE, at('commit', view));
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
  return a.rank === b.rank ? comparePositions(b, a) : a.rank - b.rank;
}
