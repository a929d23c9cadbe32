import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sha256 } from '#libs/bytes/sha256.ts';
import { toHeight } from '#libs/chain/ids.ts';
import type { Caller } from '#libs/grpc/caller.ts';
import type { WatchRequest, WatchResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { anybody, callerAt } from '#test/support/consensus/callers.ts';
import { type MemoryMember, memoryMember } from '#test/support/consensus/client-ports.ts';
import { CLIENT_LIMITS, type ClientLimits } from './limits.ts';
import { ReadTurns } from './read-turns.ts';
import { Watches } from './watches.ts';

const apple = Buffer.from('apple');
const pear = Buffer.from('pear');

interface Watching {
  readonly member: MemoryMember;
  readonly watches: Watches;
  /** Ends the watches that `open` opened. */
  readonly caller: AbortController;
  open(request?: Partial<WatchRequest>, from?: Caller): AsyncGenerator<WatchResponse, void, void>;
}

function watching(limits: Partial<ClientLimits> = {}): Watching {
  const member = memoryMember();
  const watches = new Watches(member.ports, { ...CLIENT_LIMITS, ...limits }, new ReadTurns(CLIENT_LIMITS));
  const caller = new AbortController();
  const open: Watching['open'] = (request, from = anybody) =>
    watches.watch(
      { startHeight: 0n, includeTransactions: false, progressIntervalS: 0, ...request },
      { signal: caller.signal, caller: from },
    );
  return { member, watches, caller, open };
}

/** Short form of the next message, for comparing: `created 1`, `block 1`, `progress 1`, `end`. */
async function next(watch: AsyncGenerator<WatchResponse, void, void>): Promise<string> {
  const { value } = await watch.next();
  const body = value?.body;
  switch (body?.$case) {
    case 'created':
      return `created ${body.value.startHeight}`;
    case 'block':
      return `block ${body.value.block?.header?.height}`;
    case 'progress':
      return `progress ${body.value.height}`;
    case undefined:
      return 'end';
  }
}

async function take(watch: AsyncGenerator<WatchResponse, void, void>, count: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < count) taken.push(await next(watch));
  return taken;
}

describe('Watch', () => {
  test('starts at the height asked for, inclusive, and goes on as blocks become final', async () => {
    const { member, caller, open } = watching();
    member.chain.append(apple);
    member.chain.append();
    const watch = open({ startHeight: 1n });
    assert.deepEqual(await take(watch, 4), ['created 1', 'block 1', 'block 2', 'progress 2']);
    const third = next(watch);
    member.chain.append(pear);
    assert.equal(await third, 'block 3');
    caller.abort();
  });

  test('starts with the next block when no height is asked for', async () => {
    const { member, caller, open } = watching();
    member.chain.append(apple);
    const watch = open();
    assert.deepEqual(await take(watch, 2), ['created 2', 'progress 1']);
    member.chain.append(pear);
    assert.equal(await next(watch), 'block 2');
    caller.abort();
  });

  test('waits for a height that is not final yet, and promises no more than there is', async () => {
    const { member, caller, open } = watching();
    const watch = open({ startHeight: 3n });
    assert.deepEqual(await take(watch, 2), ['created 3', 'progress 0']);
    member.chain.append();
    member.chain.append();
    member.chain.append();
    assert.equal(await next(watch), 'block 3');
    caller.abort();
  });

  test('loses no block that becomes final while its reader is busy', async () => {
    const { member, caller, open } = watching();
    const watch = open({ startHeight: 1n });
    assert.equal(await next(watch), 'created 1');
    for (let round = 0; round < 5; round++) member.chain.append(Buffer.from(`first ${round}`));
    assert.equal(await next(watch), 'block 1');
    for (let round = 0; round < 5; round++) member.chain.append(Buffer.from(`second ${round}`));
    const rest = Array.from({ length: 9 }, (_, at) => `block ${at + 2}`);
    assert.deepEqual(await take(watch, 10), [...rest, 'progress 10']);
    caller.abort();
  });

  test('sends hashes always and transactions when asked for', async () => {
    const { member, caller, open } = watching();
    member.chain.append(apple, pear);
    for (const includeTransactions of [false, true]) {
      const watch = open({ startHeight: 1n, includeTransactions });
      await next(watch);
      const body = (await watch.next()).value?.body;
      assert.ok(body?.$case === 'block');
      assert.deepEqual(body.value.transactionHashes, [sha256(apple), sha256(pear)]);
      assert.deepEqual(body.value.block?.transactions, includeTransactions ? [apple, pear] : []);
    }
    caller.abort();
  });

  test('tells its progress again and again while nothing happens', async () => {
    const { caller, open } = watching({ progressMsDefault: 5 });
    const watch = open();
    assert.deepEqual(await take(watch, 4), ['created 1', 'progress 0', 'progress 0', 'progress 0']);
    caller.abort();
  });

  test('names the member and its height in every message', async () => {
    const { member, caller, open } = watching();
    member.chain.append(apple);
    const watch = open({ startHeight: 1n });
    for (let message = 0; message < 3; message++) {
      const { value } = await watch.next();
      assert.equal(value?.header?.member, 'alpha');
      assert.equal(value?.header?.finalHeight, 1n);
    }
    caller.abort();
  });

  test('ends when the caller is gone, and listens no more', async () => {
    const { member, caller, open } = watching();
    const watch = open();
    await take(watch, 2);
    const waiting = next(watch);
    caller.abort();
    assert.equal(await waiting, 'end');
    assert.equal(member.chain.final.listeners, 0);
  });

  test('takes its place from a reader that takes too long, and tells it where to resume', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { member, open } = watching({ watchReaderMsMax: 500, watchesMax: [1, 1, 1, 1] });
    member.chain.append();
    member.chain.append();
    const watch = open({ startHeight: 1n });
    assert.deepEqual(await take(watch, 2), ['created 1', 'block 1']);
    context.mock.timers.tick(499);
    assert.equal(member.chain.final.listeners, 1);
    context.mock.timers.tick(1);
    assert.equal(member.chain.final.listeners, 0);
    assert.equal(await next(open({ startHeight: 2n })), 'created 2');
    await assert.rejects(next(watch), {
      detail: {
        code: 'CONSENSUS_WATCH_TOO_SLOW',
        resumeHeight: 2n,
        trailer: { 'btcfed-resume-height': '2' },
      },
    });
  });

  test('bears a reader that is far behind but takes each message in time', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { member, caller, open } = watching({ watchReaderMsMax: 500 });
    for (let block = 0; block < 200; block++) member.chain.append();
    const watch = open({ startHeight: 1n });
    for (let message = 0; message <= 200; message++) {
      assert.equal(await next(watch), message === 0 ? 'created 1' : `block ${message}`);
      context.mock.timers.tick(499);
    }
    caller.abort();
  });

  test('ends with an error that sends its reader elsewhere when the member stops', async () => {
    const { watches, open } = watching();
    const watch = open();
    await take(watch, 2);
    const waiting = next(watch);
    watches.stop();
    await assert.rejects(waiting, { detail: { code: 'CONSENSUS_STOPPING' } });
  });

  test('ends at a height that the member does not hold', async () => {
    const { member, open } = watching();
    member.chain.append();
    member.chain.hidden = { from: toHeight(1n), to: toHeight(1n) };
    const watch = open({ startHeight: 1n });
    await next(watch);
    await assert.rejects(next(watch), {
      detail: { code: 'CONSENSUS_HISTORY_MISSING', from: 1n, to: 1n },
    });
  });

  test('is refused beyond the number that may stand, until one ends', async () => {
    const { open } = watching({ watchesMax: [1, 1, 1, 1] });
    const first = open();
    await next(first);
    await assert.rejects(next(open()), { detail: { code: 'CONSENSUS_TOO_MANY_WATCHES' } });
    await first.return();
    assert.equal(await next(open()), 'created 1');
  });

  test('F-07: give a newcomer a place; the oldest of the caller with most ends, and says where to resume', async () => {
    const { member, open } = watching({ watchesMax: [8, 8, 6, 4] });
    member.chain.append();
    const greedy = Array.from({ length: 8 }, (_, at) => open({}, callerAt('attacker', `c${at}`)));
    const [oldest] = greedy;
    assert.ok(oldest);
    for (const watch of greedy) assert.equal(await next(watch).catch(() => 'refused'), 'created 2');
    for (const caller of [callerAt('attacker', 'an honest one'), callerAt('honest')]) {
      assert.equal(await next(open({}, caller)), 'created 2');
    }
    await assert.rejects(next(oldest), {
      detail: {
        code: 'CONSENSUS_WATCH_GAVE_WAY',
        resumeHeight: 2n,
        trailer: { 'btcfed-resume-height': '2' },
      },
    });
  });

  for (const [field, request] of [
    ['progress_interval_s', { progressIntervalS: 3_601 }],
    ['start_height', { startHeight: 2n ** 64n - 1n }],
  ] as const) {
    test(`is refused with a ${field} out of bounds`, async () => {
      const detail = { code: 'CONSENSUS_REQUEST_INVALID', field };
      await assert.rejects(next(watching().open(request)), { detail });
    });
  }
});
