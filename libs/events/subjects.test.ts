import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventsOf, FACT_SUBJECTS, subjectOf } from './subjects.ts';

const parts = { network: 'main', member: 'm3', service: 'consensus', noun: 'block', event: 'committed' };

describe('subjectOf', () => {
  test('puts the widest word first and the version last', () => {
    assert.equal(subjectOf(parts), 'btcfed.main.m3.consensus.block.committed.v1');
  });

  for (const bad of ['', 'a.b', '*', '>', '$JS', 'A', 'a b', '-a', 'é', 'a'.repeat(64), 'a\n']) {
    test(`refuses ${JSON.stringify(bad)} in any place`, () => {
      for (const place of Object.keys(parts)) {
        assert.throws(() => subjectOf({ ...parts, [place]: bad }), { name: 'SubjectError' });
      }
    });
  }
});

test('F-04: eventsOf covers one service of one member, and refuses what would cover more', () => {
  assert.equal(eventsOf(parts, 'gateway'), 'btcfed.main.m3.gateway.>');
  assert.throws(() => eventsOf({ ...parts, member: '*' }, 'gateway'), { name: 'SubjectError' });
  assert.throws(() => eventsOf(parts, '>'), { name: 'SubjectError' });
});

test('the stream keeps the facts of every member and no signal', () => {
  assert.deepEqual(FACT_SUBJECTS, [
    'btcfed.*.*.consensus.block.committed.v1',
    'btcfed.*.*.consensus.transaction.final.v1',
  ]);
});
