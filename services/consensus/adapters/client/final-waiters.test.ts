import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { transactionOf } from '#libs/chain/transaction.ts';
import { MemoryChain } from '#test/support/chain/memory-chain.ts';
import { anybody, callerAt } from '#test/support/consensus/callers.ts';
import { AwaitedPlaces } from './awaited-places.ts';
import { FinalWaiters } from './final-waiters.ts';

const apple = Buffer.from('apple');
const pear = Buffer.from('pear');
const patient = { signal: new AbortController().signal, caller: anybody };

function listen(limits: Partial<ConstructorParameters<typeof FinalWaiters>[1]> = {}): {
  readonly chain: MemoryChain;
  readonly waiters: FinalWaiters;
} {
  const chain = new MemoryChain();
  const awaited = new AwaitedPlaces({ chain, final: chain.final });
  const waiters = new FinalWaiters(awaited, { waitersMax: [3, 3, 3, 3], waitMsMax: 5_000, ...limits });
  awaited.start();
  return { chain, waiters };
}

describe('FinalWaiters', () => {
  test('answers at once for a transaction that is final', async () => {
    const { chain, waiters } = listen();
    chain.append(pear, apple);
    assert.deepEqual(await waiters.wait(transactionOf(apple).hash, patient), { height: 1n, index: 1 });
  });

  test('answers everyone who waits for a transaction that was not seen yet', async () => {
    const { chain, waiters } = listen();
    const hash = transactionOf(apple).hash;
    const both = Promise.all([waiters.wait(hash, patient), waiters.wait(hash, patient)]);
    chain.append(pear);
    chain.append(apple);
    assert.deepEqual(await both, [
      { height: 2n, index: 0 },
      { height: 2n, index: 0 },
    ]);
  });

  test('gives up when the caller does', async () => {
    const { waiters } = listen();
    const caller = new AbortController();
    const waiting = waiters.wait(transactionOf(apple).hash, { signal: caller.signal, caller: anybody });
    caller.abort();
    await assert.rejects(waiting, { detail: { code: 'CONSENSUS_WAIT_EXPIRED' } });
  });

  test('does not begin for a caller who is gone', async () => {
    const waiting = listen().waiters.wait(transactionOf(apple).hash, {
      signal: AbortSignal.abort(),
      caller: anybody,
    });
    await assert.rejects(waiting, { detail: { code: 'CONSENSUS_WAIT_EXPIRED' } });
  });

  test('gives up at the deadline', async () => {
    const deadline = new Date(Date.now() + 5);
    const waiting = listen().waiters.wait(transactionOf(apple).hash, { ...patient, deadline });
    await assert.rejects(waiting, { detail: { code: 'CONSENSUS_WAIT_EXPIRED' } });
  });

  test('bounds the wait of a caller without a deadline, or with one far away', async () => {
    const { waiters } = listen({ waitMsMax: 5 });
    const far = new Date(Date.now() + 1_000_000_000_000);
    for (const call of [patient, { ...patient, deadline: far }]) {
      const waiting = waiters.wait(transactionOf(apple).hash, call);
      await assert.rejects(waiting, { detail: { code: 'CONSENSUS_WAIT_EXPIRED' } });
    }
  });

  test('refuses more waiters than allowed, and has room again when one is answered', async () => {
    const { chain, waiters } = listen({ waitersMax: [1, 1, 1, 1] });
    const first = waiters.wait(transactionOf(apple).hash, patient);
    const second = waiters.wait(transactionOf(pear).hash, patient);
    await assert.rejects(second, { detail: { code: 'CONSENSUS_TOO_MANY_WAITERS' } });
    chain.append(apple);
    await first;
    const third = waiters.wait(transactionOf(pear).hash, patient);
    chain.append(pear);
    assert.deepEqual(await third, { height: 2n, index: 0 });
  });

  test('F-07: give a newcomer a place, also at the address that waits for all it can get', async () => {
    const { chain, waiters } = listen({ waitersMax: [8, 8, 6, 4] });
    const outcomes = Array.from({ length: 40 }, (_, at) =>
      waiters
        .wait(transactionOf(apple).hash, { ...patient, caller: callerAt('attacker', `c${at % 9}`) })
        .catch((error: { detail: { code: string } }) => error.detail.code),
    );
    const honest = [callerAt('honest'), callerAt('attacker', 'an honest one')].map((caller) =>
      waiters.wait(transactionOf(pear).hash, { ...patient, caller }),
    );
    chain.append(pear, apple);
    for (const each of await Promise.all(honest)) assert.deepEqual(each, { height: 1n, index: 0 });
    const refused = (await Promise.all(outcomes)).filter((each) => each === 'CONSENSUS_TOO_MANY_WAITERS');
    assert.ok(refused.length >= 34, `${refused.length} of 40`);
  });

  test('sends everyone away when the member stops', async () => {
    const { waiters } = listen();
    const waiting = waiters.wait(transactionOf(apple).hash, patient);
    waiters.stop();
    await assert.rejects(waiting, { detail: { code: 'CONSENSUS_STOPPING' } });
  });
});
