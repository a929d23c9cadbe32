import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toHex } from '#libs/bytes/hex.ts';
import { toEpoch, toHeight, toMemberIndex, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { anyChange } from '#test/support/chain/any-change.ts';
import { auditedMemberOf, memberOf } from '#test/support/chain/membership.ts';
import type { MembershipChange } from './change.ts';
import { encodeMembershipVote } from './vote.ts';

/** A block of votes of these members for a change. */
function blockOf(change: MembershipChange, voters: readonly number[]): string {
  const votes = voters.map((member) => {
    const vote = { change, goodUntil: toHeight(9n), member: toMemberIndex(member) };
    return toHex(encodeMembershipVote({ ...vote, signature: Uint8Array.of(7) }));
  });
  return votes.join(' ');
}

/** The answers to blocks of a version of btcfed that has rules for these purposes of keys, in the text of `key-rules.ts`. */
function saidBy(rules: string, blocks: readonly string[]): readonly string[] {
  const [patch = '', script = ''] = ['other-purposes.ts', 'read-votes.ts'].map((file) => {
    return `./test/support/versions/${file}`;
  });
  const args = ['--import', patch, script, rules];
  const run = spawnSync(process.execPath, args, {
    input: blocks.join('\n'),
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout.split('\n');
}

const OURS = "new Map([[KEY_PURPOSES.audit, '0.2.0']])";
const EARLIER = 'new Map()';
const LATER = "new Map([[KEY_PURPOSES.vrf, '0.9.0'], [KEY_PURPOSES.audit, '0.2.0'], [6, '0.4.0']])";
const FOUNDING = { chain: ZERO_DIGEST, epoch: toEpoch(0n) };

describe('versions that have rules for other purposes of keys', () => {
  test('read the same votes and leave the same ballots', () => {
    const [audit = assert.fail()] = auditedMemberOf(9).keys ?? [];
    const keyed = (purpose: number, needs: string): MembershipChange => ({
      ...FOUNDING,
      ...{ leave: [], join: [memberOf(9, { keys: [{ ...audit, purpose, needs }] })] },
    });
    const told = ['0.1.0', '0.2.0', '0.4.0', '9.0.0'].flatMap((needs) => {
      return [3, 5, 6, 700].map((purpose) => keyed(purpose, needs));
    });
    const blocks = [...told, ...fc.sample(anyChange(FOUNDING), 200)].map((change) => blockOf(change, [0, 3]));
    const ours = saidBy(OURS, blocks);
    assert.deepEqual(
      ours.filter((each) => !/^[0-9a-f]+$/.test(each)),
      [],
    );
    assert.deepEqual([saidBy(EARLIER, blocks), saidBy(LATER, blocks)], [ours, ours]);
  });

  test('part at the vote that completes a quorum, and say why', () => {
    const change: MembershipChange = { ...FOUNDING, leave: [], join: [auditedMemberOf(9)] };
    const deciding = [blockOf(change, [0, 1, 2])];
    assert.match(saidBy(OURS, deciding).join(), /^[0-9a-f]+$/);
    assert.match(saidBy(EARLIER, deciding).join(), /^the audit key of m9: btcfed .* has no rule for it/);
  });
});
