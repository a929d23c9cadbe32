import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';

const INTERVAL_MS = 10_000;
const MESSAGE_MS = 5;

/** Four members in which messages take their time, and the terms ask for ten seconds between blocks. */
function paced(): Federation {
  const federation = new Federation(4, undefined, undefined, { blockIntervalMs: INTERVAL_MS });
  federation.messageMs = MESSAGE_MS;
  return federation;
}

/** Lets time pass until a transaction is final everywhere. @returns the time by then. */
function untilFinal(federation: Federation, text: string, patienceMs = 5 * INTERVAL_MS): number {
  const endMs = federation.nowMs + patienceMs;
  while (!federation.members.every((each) => transactionsOf(each).includes(text))) {
    assert.ok(federation.nowMs < endMs, `${text} is not final`);
    federation.pass(MESSAGE_MS);
  }
  return federation.nowMs;
}

describe('TW-2.12.5 a time between blocks', () => {
  test('TW-2.12.5 goes by from each final block to the next proposal, however much waits, and no view is given up for it', () => {
    const federation = paced();
    federation.pass(INTERVAL_MS);
    const finalMs: number[] = [];
    for (let at = 0; at < 5; at++) {
      federation.submit(at % 4, `at once ${at}`);
      finalMs.push(untilFinal(federation, `at once ${at}`));
    }
    const gaps = finalMs.slice(1).map((ms, at) => ms - (finalMs[at] ?? 0));
    for (const gap of gaps) assert.ok(gap >= INTERVAL_MS && gap < INTERVAL_MS + 1_000, `${gap} ms`);
    assert.equal(federation.sent.filter((kind) => kind === 'timeout').length, 0);
  });

  test('is over where nothing waited for it: a transaction that comes later is proposed at once', () => {
    const federation = paced();
    federation.pass(10 * INTERVAL_MS);
    const startMs = federation.nowMs;
    federation.submit(0, 'late');
    assert.ok(untilFinal(federation, 'late') - startMs < 1_000);
  });

  test('does not keep a federation from going on without a leader', () => {
    const federation = paced();
    federation.pass(INTERVAL_MS);
    const { leader } = federation.member(0).node.protocol();
    federation.away.add(leader);
    federation.submit((leader + 1) % 4, 'without it');
    const here = federation.members.filter(({ index }) => index !== leader);
    for (let waited = 0; waited < 5 * INTERVAL_MS; waited += 100) federation.pass(100);
    for (const member of here) assert.deepEqual(transactionsOf(member), ['without it']);
  });

  test('is no work for a member that stopped', () => {
    const federation = paced();
    federation.submit(0, 'never');
    for (const { node } of federation.members) node.stop();
    federation.pass(3 * INTERVAL_MS);
    assert.deepEqual(federation.members.flatMap(transactionsOf), []);
  });
});
