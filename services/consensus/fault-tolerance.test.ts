import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEpoch } from '#libs/chain/ids.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { sayTolerance } from './fault-tolerance.ts';

function linesOf(...weights: readonly bigint[]) {
  const members = weights.map((weight, at) => ({ name: `m${at}`, publicKey: Uint8Array.of(at), weight }));
  const log = memoryLogger();
  sayTolerance(validatorSet(toEpoch(0n), members), log);
  return log.lines.map(({ level, message, fields }) => ({ level, message, fields }));
}

test('a federation of one to three members says at its start that no failure is tolerated', () => {
  for (const weights of [[1n], [1n, 1n], [1n, 1n, 1n], [5n, 5n]]) {
    const [line, ...more] = linesOf(...weights);
    assert.equal(line?.level, 'warn');
    assert.match(line?.message ?? '', /^no failure is tolerated/);
    assert.equal(line?.fields['members'], weights.length);
    assert.deepEqual(more, []);
  }
});

test('a federation in which some member may be down says nothing', () => {
  for (const weights of [
    [1n, 1n, 1n, 1n],
    [1n, 1n, 2n],
  ])
    assert.deepEqual(linesOf(...weights), []);
});
