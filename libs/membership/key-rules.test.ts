import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { ed25519Verify } from '#libs/crypto/ed25519.ts';
import {
  auditedMemberOf,
  auditKeyOf,
  foundingOf,
  memberOf,
  rosterOf,
} from '#test/support/chain/membership.ts';
import { changeDigest, type MembershipChange } from './change.ts';
import { encodeHandover } from './handover.ts';
import { keysFault, possessionFault } from './key-rules.ts';
import type { MemberKey } from './member-keys.ts';
import {
  admissible,
  handoverAt,
  judgeMembership,
  type Membership,
  type MembershipJudgement,
  membershipAfterLast,
  membershipWith,
} from './membership.ts';
import type { MemberFacts } from './roster.ts';
import { encodeMembershipVote } from './vote.ts';

const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const FOUNDING = foundingOf(GENESIS.digest, [auditedMemberOf(0), ...rosterOf(3, 1)]);
const KEY = auditKeyOf('m9', 9);

function joining(member: MemberFacts, part: Partial<MembershipChange> = {}): MembershipChange {
  const { chain, epoch } = FOUNDING;
  return { chain, epoch, leave: [], join: [member], ...part };
}

/** Votes of a quorum. */
function votesFor(change: MembershipChange): readonly Transaction[] {
  return [0, 1, 2].map((member) => voteFor(change, member));
}

function withKey(part: Partial<MemberKey>): MemberFacts {
  return memberOf(9, { keys: [{ ...KEY, ...part }] });
}

function voteFor(change: MembershipChange, member: number): Transaction {
  const goodUntil = toHeight(100n);
  const signature = Uint8Array.of(7);
  return transactionOf(encodeMembershipVote({ change, goodUntil, member: toMemberIndex(member), signature }));
}

function judged(
  before: Membership,
  height: bigint,
  transactions: readonly Transaction[],
): MembershipJudgement {
  return judgeMembership(before, blockAt(before, height, transactions));
}

function blockAt({ epoch }: Membership, height: bigint, transactions: readonly Transaction[]) {
  const at = { height: toHeight(height), view: toView(height), epoch };
  return sealBlock({ ...GENESIS.header, ...at, transactionCount: transactions.length }, transactions);
}

function faultOf(result: MembershipJudgement | undefined): string {
  return result?.ok === false ? result.fault : 'none';
}

function after(before: Membership, height: bigint, transactions: readonly Transaction[]): Membership {
  const result = judged(before, height, transactions);
  return result.ok ? result.membership : assert.fail(result.fault);
}

function hashes(transactions: readonly Transaction[]): readonly string[] {
  return transactions.map(({ hash }) => hash);
}

/** The founding membership, and how many proofs it had judged. */
function countingProofs() {
  let proven = 0;
  const verifyEd25519: typeof ed25519Verify = (...all) => {
    proven += 1;
    return ed25519Verify(...all);
  };
  const counting = { ...FOUNDING, rules: { ...FOUNDING.rules, verifyEd25519 } };
  return { counting, proven: () => proven };
}

/** A handover of such members, in a block that the old ones certified. */
function handedOver(roster: readonly MemberFacts[]): MembershipJudgement | undefined {
  const bytes = encodeHandover({ chain: FOUNDING.chain, epoch: toEpoch(1n), roster });
  return membershipAfterLast(FOUNDING, blockAt(FOUNDING, 2n, [transactionOf(bytes)]));
}

describe('a member that joins with an audit key', () => {
  test('has it in the next epoch, beside those that had one before', () => {
    const change = joining(auditedMemberOf(9));
    const decided = after(FOUNDING, 1n, votesFor(change));
    const handover = handoverAt(decided, 2n) ?? assert.fail('no handover');
    const next = after(decided, 2n, [handover]);
    assert.deepEqual(next.roster, [...FOUNDING.roster, auditedMemberOf(9)]);
    assert.deepEqual(membershipAfterLast(FOUNDING, blockAt(FOUNDING, 2n, [handover])), {
      ok: true,
      membership: next,
    });
  });

  test('may give its own another one, or the same again', () => {
    const renewed = (key: number) => memberOf(0, { keys: [auditKeyOf('m0', key)] });
    for (const key of [0, 44]) {
      const change = joining(renewed(key), { leave: ['m0'] });
      assert.equal(faultOf(judged(FOUNDING, 1n, votesFor(change))), 'none');
    }
  });

  const short = KEY.publicKey.subarray(1);
  const stranger = auditKeyOf('m8', 9).proof;
  const REFUSED: readonly (readonly [string, MemberFacts, RegExp])[] = [
    ['a proof by another member', withKey({ proof: stranger }), /audit key of m9: it did not sign its proof/],
    ['a proof by another key', withKey({ proof: auditKeyOf('m9', 8).proof }), /did not sign its proof/],
    ['the key of another member', memberOf(9, { keys: [auditKeyOf('m9', 0)] }), /also a key of m0/],
    [
      'its gateway key',
      withKey({ publicKey: memberOf(9).gatewayPublicKey }),
      /audit key of m9 is also a key of m9; every key has one purpose/,
    ],
    ['another scheme', withKey({ scheme: 'x' }), /scheme "x", and this version has ed25519/],
    ['a key of another size', withKey({ publicKey: short }), /31 bytes, and ed25519 keys have 32/],
    ['a proof of another size', withKey({ proof: short }), /a proof of possession of 31 bytes/],
    ['no proof', withKey({ proof: new Uint8Array(0) }), /a proof of possession of 0 bytes/],
    [
      'a reserved purpose',
      withKey({ purpose: 3, needs: '0.1.0' }),
      /the vrf key of m9: btcfed .* has no rule for it: leave the key out, or install a version/,
    ],
    [
      'a reserved purpose',
      withKey({ purpose: 4, needs: '0.1.0' }),
      /the custody key of m9: btcfed .* has no rule/,
    ],
    [
      'a purpose of a later version',
      withKey({ purpose: 77, needs: '9.1.0' }),
      new RegExp(
        `the purpose 77 key of m9: it needs btcfed 9\\.1\\.0 or later, and this is ${SOFTWARE_VERSION.replaceAll('.', '\\.')}; install`,
      ),
    ],
  ];
  for (const [name, member, fault] of REFUSED) {
    test(`is refused with ${name} by the vote that would adopt it, and by none before`, () => {
      const votes = votesFor(joining(member));
      assert.match(faultOf(judged(FOUNDING, 1n, votes)), fault);
      const open = after(FOUNDING, 1n, votes.slice(1));
      assert.match(faultOf(judged(open, 2n, votes.slice(0, 1))), fault);
      assert.deepEqual(hashes(admissible(FOUNDING, votes, toHeight(1n))), hashes(votes.slice(0, 2)));
    });
  }

  test('is proven once, by the vote that adopts it', () => {
    const { counting, proven } = countingProofs();
    const [first = assert.fail(), ...others] = votesFor(joining(auditedMemberOf(9)));
    const open = after(counting, 1n, others);
    assert.equal(proven(), 0);
    after(open, 2n, [first]);
    assert.equal(proven(), 1);
  });
});

describe('the proofs that a block asks for', () => {
  const proof = new Uint8Array(64).fill(9, 0, 32);
  const crowd = Array.from({ length: 508 }, (_, at) => {
    const publicKey = Uint8Array.of(at, at >> 8, ...new Uint8Array(29).fill(5), 0);
    return memberOf(100 + at, { keys: [{ ...KEY, publicKey, proof }] });
  });

  test('are none for changes that it does not adopt, however many keys they bring', () => {
    const { counting, proven } = countingProofs();
    const all = ['m0', 'm1', 'm2', 'm3'].flatMap((leave) => {
      const change = { ...joining(memberOf(9), { leave: [leave] }), join: crowd };
      return [0, 1].map((member) => voteFor(change, member));
    });
    assert.equal(after(counting, 1n, all).ballots.length, 4);
    assert.equal(proven(), 0);
  });

  test('are those of one change at most: a fault ends the judgement of a block', () => {
    const { counting, proven } = countingProofs();
    const votes = votesFor({ ...joining(memberOf(9)), join: [auditedMemberOf(8), withKey({ proof })] });
    const other = votesFor(joining(withKey({ proof }), { leave: ['m1'] }));
    assert.match(faultOf(judged(counting, 1n, [...votes, ...other])), /audit key of m9/);
    assert.equal(proven(), 2);
  });

  test('are judged once for each change that votes of a leader would adopt', () => {
    const { counting, proven } = countingProofs();
    const change = joining(withKey({ proof }));
    const open = after(
      counting,
      1n,
      [0, 1].map((member) => voteFor(change, member)),
    );
    const [good, ...rest] = votesFor(joining(auditedMemberOf(9)));
    const given = [...[2, 3].map((member) => voteFor(change, member)), good ?? assert.fail()];
    assert.deepEqual(hashes(admissible(open, given, toHeight(2n))), hashes(given.slice(2)));
    assert.equal(proven(), 1);
    assert.deepEqual(
      hashes(admissible(open, [...given, ...rest], toHeight(2n))),
      hashes([...given.slice(2), ...rest]),
      'another change is adopted',
    );
  });
});

describe('keys that a quorum decided on', () => {
  test('of a later version stop a member with the version to install, in a handover and in a snapshot', () => {
    const member = withKey({ purpose: 6, needs: '9.1.0' });
    const fault = /^the purpose 6 key of m9: it needs btcfed 9\.1\.0 or later/;
    assert.match(faultOf(handedOver([...FOUNDING.roster, member])), fault);
    const adopted = { digest: changeDigest(joining(member)), lastHeight: toHeight(2n), roster: [member] };
    assert.match(faultOf(membershipWith(FOUNDING, { ballots: [], adopted })), fault);
  });

  test('after another version than they need stop a member, with what the list says', () => {
    const wrong = (needs: string) => withKey({ needs });
    assert.match(faultOf(handedOver([wrong('9.1.0')])), /audit key of m9: it needs btcfed 9\.1\.0 or later/);
    assert.match(
      faultOf(handedOver([wrong('0.1.0')])),
      /audit key of m9: its list of members says that it needs btcfed 0\.1\.0, and such keys need 0\.2\.0: whoever/,
    );
  });

  test('of this version are followed without their proofs, which were judged with the vote that adopted them', () => {
    assert.equal(handedOver([withKey({ proof: KEY.proof.map((byte) => byte ^ 1) })])?.ok, true);
  });
});

describe('the keys of members', () => {
  test('have no fault where there are none, or where each is proven', () => {
    const members = [memberOf(1), auditedMemberOf(2)];
    assert.equal(keysFault(members), undefined);
    assert.equal(possessionFault(members, ed25519Verify), undefined);
  });
});
