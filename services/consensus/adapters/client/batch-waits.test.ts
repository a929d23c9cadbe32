import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { digestBytes } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { WaitTransactionsResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { anybody, callerAt } from '#test/support/consensus/callers.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { responseHeader } from '../wire/wire-api.ts';
import { AwaitedPlaces } from './awaited-places.ts';
import { BatchWaits } from './batch-waits.ts';
import type { ClientCall } from './client-call.ts';
import { CLIENT_LIMITS } from './limits.ts';

const patient: ClientCall = { signal: new AbortController().signal, caller: anybody };

function open(limits: Partial<ConstructorParameters<typeof BatchWaits>[0]['limits']> = {}) {
  const { ports, chain } = memoryMember();
  const awaited = new AwaitedPlaces(ports);
  const stopListening = awaited.start();
  const waits = new BatchWaits({
    awaited,
    header: () => responseHeader(ports),
    turns: { take: async (_call, work) => work() },
    limits: { ...CLIENT_LIMITS, awaitedMax: [6, 6, 6, 4], batchMax: 4, waitMsMax: 5_000, ...limits },
  });
  const wait = (texts: readonly string[], call: ClientCall = patient) =>
    waits.wait({ transactionHashes: texts.map(hashOf) }, call);
  return { chain, waits, wait, stopListening };
}

const hashOf = (text: string): Uint8Array => digestBytes(transactionOf(Buffer.from(text)).hash);

const placesIn = ({ places }: WaitTransactionsResponse) =>
  places.map(({ item, height, index }) => [item, height, index]);

async function all(answers: AsyncIterable<WaitTransactionsResponse>) {
  const told: unknown[] = [];
  for await (const answer of answers) told.push(placesIn(answer));
  return told;
}

/** Begins, so that it waits already when this resolves. */
async function begun(answers: AsyncGenerator<WaitTransactionsResponse, void, void>) {
  const first = answers.next();
  await Promise.resolve();
  return { first, rest: answers };
}

describe('a wait for many transactions', () => {
  test('tells at once of all that are final, and ends', async () => {
    const { chain, wait } = open();
    chain.append(Buffer.from('pear'), Buffer.from('apple'));
    assert.deepEqual(await all(wait(['apple', 'pear', 'apple'])), [
      [
        [0, 1n, 1],
        [1, 1n, 0],
        [2, 1n, 1],
      ],
    ]);
  });

  test('tells of each block that has some, and ends after the last', async () => {
    const { chain, wait } = open();
    chain.append(Buffer.from('plum'));
    const { first, rest } = await begun(wait(['apple', 'pear', 'plum']));
    const answer = (await first).value ?? assert.fail();
    assert.deepEqual(placesIn(answer), [[2, 1n, 0]]);
    const second = rest.next();
    chain.append(Buffer.from('fig'));
    chain.append(Buffer.from('pear'));
    assert.deepEqual(placesIn((await second).value ?? assert.fail()), [[1, 3n, 0]]);
    chain.append(Buffer.from('apple'));
    assert.deepEqual(await all(rest), [[[0, 4n, 0]]]);
  });

  test('tells together what came while its reader was busy', async () => {
    const { chain, wait } = open();
    chain.append(Buffer.from('plum'));
    const { first, rest } = await begun(wait(['apple', 'pear', 'plum']));
    await first;
    chain.append(Buffer.from('pear'));
    chain.append(Buffer.from('apple'));
    assert.deepEqual(await all(rest), [
      [
        [1, 2n, 0],
        [0, 3n, 0],
      ],
    ]);
  });

  test('fails at its deadline, after it told of those that are final', async () => {
    const { chain, wait } = open();
    chain.append(Buffer.from('plum'));
    const told: unknown[] = [];
    const reading = async () => {
      for await (const answer of wait(['apple', 'plum'], { ...patient, deadline: new Date() }))
        told.push(placesIn(answer));
    };
    await assert.rejects(reading, { detail: { code: 'CONSENSUS_WAIT_EXPIRED' } });
    assert.deepEqual(told, [[[1, 1n, 0]]]);
  });

  test('fails when the member stops, or its caller is gone', async () => {
    const { wait, waits } = open();
    const { first } = await begun(wait(['apple']));
    waits.stop();
    await assert.rejects(first, { detail: { code: 'CONSENSUS_STOPPING' } });
    await assert.rejects(() => all(wait(['apple'], { ...patient, signal: AbortSignal.abort() })), {
      detail: { code: 'CONSENSUS_WAIT_EXPIRED' },
    });
  });

  test('takes a place for each transaction that is not final, and gives them back', async () => {
    const { chain, wait } = open();
    chain.append(Buffer.from('plum'));
    for (const round of ['a', 'b', 'c']) {
      const named = ['1', '2', '3'].map((text) => `${round}${text}`);
      const { first } = await begun(wait(named));
      await assert.rejects(() => all(wait(['4', '5'])), {
        message:
          'this caller waits for too many transactions here to wait for 2 more: come back later, or ask another member',
        detail: { code: 'CONSENSUS_TOO_MANY_WAITERS' },
      });
      assert.deepEqual(await all(wait(['plum'])), [[[0, 1n, 0]]], 'none is needed for what is final');
      chain.append(...named.map((text) => Buffer.from(text)));
      assert.equal((await first).value?.places.length, 3);
      const gone = new AbortController();
      const { first: unheard } = await begun(wait(['6', '7', '8', '9'], { ...patient, signal: gone.signal }));
      gone.abort();
      await assert.rejects(unheard);
    }
  });

  test('gives its places to a caller with fewer', async () => {
    const { chain, wait } = open();
    const { first: greedy } = await begun(wait(['1', '2', '3', '4']));
    const { first: modest } = await begun(
      wait(['5', '6', '7'], { ...patient, caller: callerAt('192.0.2.2') }),
    );
    await assert.rejects(greedy, { detail: { code: 'CONSENSUS_TOO_MANY_WAITERS' } });
    chain.append(Buffer.from('6'));
    assert.deepEqual(placesIn((await modest).value ?? assert.fail()), [[1, 1n, 0]]);
  });

  test('gives its places up at its deadline, also when its reader hears of it late', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { chain, wait } = open({ waitMsMax: 50 });
    chain.append(Buffer.from('plum'));
    const { first, rest } = await begun(wait(['plum', '1', '2', '3']));
    await first; // And does not ask for more.
    t.mock.timers.tick(51);
    const { first: next } = await begun(wait(['4', '5', '6', '7']));
    chain.append(Buffer.from('5'));
    assert.deepEqual(placesIn((await next).value ?? assert.fail()), [[1, 2n, 0]]);
    await assert.rejects(rest.next(), { detail: { code: 'CONSENSUS_WAIT_EXPIRED' } });
  });

  test('is refused without a hash, with too many, and with bytes that are none', async () => {
    const { wait, waits } = open();
    await assert.rejects(() => all(wait([])), { message: 'transaction_hashes is empty' });
    await assert.rejects(() => all(wait(['1', '2', '3', '4', '5'])), {
      detail: { code: 'CONSENSUS_BATCH_TOO_LARGE' },
    });
    await assert.rejects(() => all(waits.wait({ transactionHashes: [Buffer.from('short')] }, patient)), {
      message: 'transaction_hash is not 32 bytes',
    });
  });
});
