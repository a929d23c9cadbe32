import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { toEpoch, toHeight, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { RemoteError } from '#libs/grpc/client.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { memberOf } from '#test/support/chain/membership.ts';
import { automaticVotes } from './automatic-votes.ts';

const LEAVES = { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: ['m3'], join: [] };
const BACK = { ...LEAVES, leave: [], join: [memberOf(3)] };

test('a vote that the signer signs is given on, and said in words', async () => {
  const log = memoryLogger();
  const votes = automaticVotes(
    { signAutomaticVote: async () => Uint8Array.of(7) },
    { protocol: 'pbft', log },
  );
  const given: unknown[] = [];
  for (const change of [LEAVES, BACK])
    votes.sign({ change, goodUntil: toHeight(100n) }, (bytes) => given.push(bytes));
  await turn();
  assert.deepEqual(given, [Uint8Array.of(7), Uint8Array.of(7)]);
  assert.deepEqual(
    log.lines.map(({ fields }) => fields['change']),
    ['m3 leaves', 'm3 comes back'],
  );
});

test('the members that are suspended are told to whoever wants to know', () => {
  const told: unknown[] = [];
  const signer = { signAutomaticVote: async () => Uint8Array.of(7) };
  const options = { protocol: 'pbft', log: memoryLogger() };
  automaticVotes(signer, { ...options, suspended: (names) => void told.push(names) }).suspended?.(['m3']);
  assert.deepEqual(told, [['m3']]);
  assert.equal(automaticVotes(signer, options).suspended, undefined);
});

test('a refusal is no vote, and is said once with the cure, until the signer signs or says something else', async () => {
  const log = memoryLogger();
  let reason = 'may not ask for this (membership-automatic)';
  const refuse = () => {
    throw new RemoteError(reason, {
      ...{ code: 'REMOTE_CALL_FAILED', method: 'SignAutomaticVote' },
      ...{ status: 'PERMISSION_DENIED', errorCode: 'SIGNER_NOT_ALLOWED' },
    });
  };
  const votes = automaticVotes({ signAutomaticVote: async () => refuse() }, { protocol: 'pbft', log });
  const given: unknown[] = [];
  const ask = async (): Promise<void> => {
    votes.sign({ change: LEAVES, goodUntil: toHeight(100n) }, (bytes) => given.push(bytes));
    await turn();
  };
  await ask();
  await ask();
  assert.deepEqual(given, [undefined, undefined]);
  const [line, ...more] = log.lines;
  assert.equal(more.length, 0);
  assert.match(
    String(line?.fields['cure']),
    /client add consensus --home HOME .* --protocol pbft .* membership-automatic/,
  );
  reason = 'it names terms of the next epoch';
  await ask();
  assert.equal(log.lines.length, 2);
});
