import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PHASED_TABLE } from '#libs/custody/tables/rounds.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { DBFT_TABLE } from '../dbft/vote-table.ts';
import { HOTSTUFF_TABLE } from '../hotstuff/vote-table.ts';
import { PBFT_TABLE } from '../pbft/vote-table.ts';
import { tableFault } from './table-fault.ts';
import type { KindRow } from './vote-table.ts';

const TABLES = [HOTSTUFF_TABLE, ROUNDS_TABLE, PBFT_TABLE, DBFT_TABLE, PHASED_TABLE];

describe('a vote table', () => {
  for (const table of TABLES) {
    test(`is good: ${table.protocol}`, () => assert.equal(tableFault(table), undefined));

    test(`has no kind that another key than the member's own may sign: ${table.protocol}`, () => {
      for (const row of Object.values(table.kinds)) assert.equal(row.byCertifiedKey, undefined);
    });
  }

  const { commit, reject, prepare, proposal, leave } = ROUNDS_TABLE.kinds;
  const rows = (change: Readonly<Record<string, KindRow | undefined>>) => {
    const kinds = Object.entries({ ...ROUNDS_TABLE.kinds, ...change }).flatMap(([kind, row]) =>
      row === undefined ? [] : [[kind, row] as const],
    );
    return { kinds: Object.fromEntries(kinds) };
  };
  assert.ok(commit && reject && prepare && proposal && leave);
  test('is good with the longest name of a protocol', () => {
    assert.equal(tableFault({ ...ROUNDS_TABLE, protocol: 'a'.repeat(32) }), undefined);
  });

  for (const [name, change, expected] of [
    ['a gap between its slots', rows({ commit: { ...commit, step: 5 } }), /slots 0,1,3,5 are not numbered/],
    ['no first slot', rows({ proposal: { ...proposal, step: 1 } }), /kinds of one slot/],
    ['a slot that is a fraction', rows({ reject: { ...reject, step: 1.5 } }), /not numbered/],
    ['a yes and a leave in one slot', rows({ reject: { ...leave, step: 1 } }), /kinds of one slot/],
    [
      'a kind for keys that were certified',
      rows({ commit: { ...commit, byCertifiedKey: true } }),
      /kind commit: a certified key/,
    ],
    ['a need that is no kind', rows({ commit: { ...commit, needs: 'pre-commit' } }), /needs pre-commit/],
    ['a need that is a proposal', rows({ commit: { ...commit, needs: 'proposal' } }), /needs proposal/],
    ['a name that is too long', rows({ 'prepare-and-be-quick': prepare }), /a name has/],
    ['a name of other letters', rows({ 'prepare it': prepare }), /a name has/],
    ['no name', { protocol: '' }, /protocol: a name has 1 to 32 bytes/],
    ['a name that no evidence can say', { protocol: 'a'.repeat(33) }, /protocol: a name has/],
    ['a name of too many bytes', { protocol: 'é'.repeat(17) }, /protocol: a name has/],
    ['no deciding kind', { decides: 'finalize' }, /finalize, which is prepared or decides/],
    ['a prepared kind that gives views up', { prepared: 'leave' }, /leave, which is prepared or decides/],
    ['a proposal that anybody makes', { proposal: 'prepare' }, /no kind of the leader/],
    ['a name that every object has', { decides: 'constructor' }, /constructor/],
  ] as const) {
    test(`is refused with ${name}`, () => {
      assert.match(tableFault({ ...ROUNDS_TABLE, ...change }) ?? 'no fault', expected);
    });
  }
});
