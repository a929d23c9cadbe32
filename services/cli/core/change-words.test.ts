import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { setOfRoster } from '#libs/membership/roster.ts';
import { auditedMemberOf, memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { changeWords } from './change-words.ts';

const SET = setOfRoster(toEpoch(3n), rosterOf(4));
const base = { chain: ZERO_DIGEST, epoch: toEpoch(3n), leave: [], join: [] };
const wordsOf = (part: Partial<typeof base> | object, voters: readonly string[] = []): string =>
  changeWords({ change: { ...base, ...part }, set: SET, voters, goodUntil: 86_500n, goodFor: 86_400n }).join(
    '\n',
  );

describe('F-02: a change in words', () => {
  test('F-02: says who leaves, who joins and by which keys, what a decision takes then, and how long the vote is good', () => {
    assert.equal(
      wordsOf({ leave: ['m1'], join: [memberOf(0x1234, { name: 'erin' })] }, ['m0', 'm2']),
      [
        'A change of the members at the end of epoch 3:',
        '  m1 leaves',
        '  erin joins, weight 1',
        '    consensus key 1234',
        `    gateway key   1234${'0'.repeat(60)}`,
        '  4 members, a decision takes weight 3 of 4; afterwards 4 members, 3 of 4',
        '  voted for so far by: m0, m2',
        'The vote is good until height 86500, 86400 blocks from now; no block above counts it.',
      ].join('\n'),
    );
  });

  test('shows the terms that it names, against those in force', () => {
    const now = { view_timeout_ms: 4_000, view_timeout_ms_max: 60_000 };
    const terms = { needs: '0.2.0', parameters: { ...now, view_timeout_ms: 8_000 }, others: [] };
    const facts = { set: SET, voters: [], goodUntil: 86_500n, goodFor: 86_400n };
    const change = { ...base, terms };
    const words = changeWords({ ...facts, change, terms: { protocol: 'hotstuff', parameters: now } });
    assert.deepEqual(words.slice(0, 2), [
      'A change of the terms at the end of epoch 3:',
      '  view_timeout_ms: 4000 -> 8000, from the block after the last one of epoch 3',
    ]);
  });

  test('F-02: tells another key or weight of a member that stays from a newcomer', () => {
    const rotated = wordsOf({ leave: ['m1'], join: [memberOf(9, { name: 'm1' })] });
    assert.match(rotated, /m1 stays, with ANOTHER consensus key, weight 1\n {4}consensus key 0009/);
    assert.doesNotMatch(rotated, /m1 leaves/);
    const heavier = wordsOf({ leave: ['m1'], join: [memberOf(1, { weight: 2n })] });
    assert.match(heavier, /m1 stays, changed, weight 2, 1 before/);
    assert.match(heavier, /afterwards 4 members, 4 of 5/);
    assert.match(wordsOf({ leave: ['m0', 'm1', 'm2', 'm3'] }), /afterwards nobody is left/);
    assert.match(wordsOf({ leave: ['m1'] }), /afterwards 3 members, 3 of 3\n {2}voted for so far by: nobody/);
  });

  test('F-02: shows the audit key of who joins, and that a member which stays has another or none any more', () => {
    const [key] = auditedMemberOf(1).keys ?? [];
    assert.ok(key !== undefined);
    const hex = Buffer.from(key.publicKey).toString('hex');
    const facts = { set: SET, voters: [], goodUntil: 86_500n, goodFor: 86_400n };
    const words = (change: object, name = 'm1') => {
      const auditKeys = new Map([[name, key.publicKey]]);
      return changeWords({ ...facts, change: { ...base, ...change }, auditKeys }).join('\n');
    };
    assert.match(
      words({ join: [auditedMemberOf(9)] }),
      /m9 joins, weight 1\n.*\n.*\n {4}audit key {5}[0-9a-f]{64}\n {2}4 members/,
    );
    const same = { leave: ['m1'], join: [auditedMemberOf(1, { publicKey: Uint8Array.of(9, 9) })] };
    assert.match(words(same), new RegExp(`\\n {4}audit key {5}${hex}\\n {2}4 members`));
    const other = memberOf(1, { keys: [{ ...key, publicKey: key.proof }] });
    assert.match(words({ leave: ['m1'], join: [other] }), new RegExp(`ANOTHER audit key: it was ${hex}`));
    const none = { leave: ['m1'], join: [memberOf(1, { weight: 2n })] };
    assert.match(words(none), new RegExp(`NO audit key any more: it was ${hex}`));
    assert.doesNotMatch(words(none, 'm2'), /audit key/);
    assert.doesNotMatch(words({ join: [memberOf(1)] }), /NO audit key/, 'who was no member had none');
  });

  test('F-02: shows a name that is none as it is, without what a terminal would obey', () => {
    assert.match(wordsOf({ leave: ['\u001b[2Jm1\n'] }), / {2}\?\[2Jm1\? leaves/);
  });
});
