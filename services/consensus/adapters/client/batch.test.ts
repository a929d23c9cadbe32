import assert from 'node:assert/strict';
import { afterEach, describe, mock, test } from 'node:test';
import { type Digest, digestBytes } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { anybody, callerAt } from '#test/support/consensus/callers.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { clientApi } from '../client-api.ts';
import type { ClientCall } from './client-call.ts';
import { CLIENT_LIMITS } from './limits.ts';

const patient: ClientCall = { signal: new AbortController().signal, caller: anybody };
const apis: ReturnType<typeof clientApi>[] = [];

afterEach(async () => {
  for (const api of apis.splice(0)) await api.stop();
});

/** A member that counts the looks into its chain, where each part of a batch takes all of a slice of reads. */
async function open(limits: Partial<typeof CLIENT_LIMITS> = {}) {
  const member = memoryMember();
  member.mempoolMax = 1_000;
  let looks = 0;
  for (const name of ['isCommitted', 'positionOf'] as const) {
    const look = member.chain[name].bind(member.chain);
    mock.method(member.chain, name, (hash: Digest) => {
      looks += 1;
      return look(hash);
    });
  }
  const api = clientApi(member.ports, { ...CLIENT_LIMITS, readSliceMs: 0, batchPartMax: 10, ...limits });
  apis.push(api);
  await api.start();
  return { ...api.handlers, member, looks: () => looks };
}

const texts = Array.from({ length: 45 }, (_, at) => `transaction ${at}`);
const transactions = texts.map((text) => Buffer.from(text));
const transactionHashes = transactions.map((bytes) => digestBytes(transactionOf(bytes).hash));

describe('a batch', () => {
  test('F-07: of a thousand transactions is taken in part by part, and the results are whole and in order', async () => {
    const { submitTransactions, looks } = await open();
    const answer = submitTransactions({ transactions }, patient);
    assert.equal(looks(), 10, 'all else has its turn after the first part');
    const { results } = await answer;
    assert.deepEqual(
      results.map(({ transactionHash }) => transactionHash),
      transactionHashes,
    );
  });

  test('F-07: of a thousand hashes is looked up part by part, and no block between two parts is missed', async () => {
    const { waitTransactions, member, looks } = await open();
    const places = new Set<number>();
    const reading = (async () => {
      for await (const answer of waitTransactions({ transactionHashes }, patient))
        for (const { item } of answer.places) places.add(item);
    })();
    assert.equal(looks(), 10, 'all else has its turn after the first part');
    for (const bytes of transactions) {
      member.chain.append(bytes);
      await new Promise((resolve) => setTimeout(resolve));
    }
    await reading;
    assert.equal(places.size, texts.length);
  });

  test('F-07: of one caller waits for its turn with as many parts as its places allow, and a newcomer finds some', async () => {
    const { submitTransactions } = await open({ readsMax: [64, 64, 64, 32] });
    const code = (call: Promise<unknown>) =>
      call.then(
        () => 'taken',
        ({ detail }) => detail.code,
      );
    const flood = Array.from({ length: 6 }, () => code(submitTransactions({ transactions }, patient)));
    const other = { ...patient, caller: callerAt('192.0.2.2') };
    assert.equal(await code(submitTransactions({ transactions }, other)), 'taken');
    const told = await Promise.all(flood);
    assert.ok(told.includes('taken') && told.includes('CONSENSUS_TOO_MANY_READS'), `${told}`);
  });
});
