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

/** A handover of such members, in a block that the old ones certified. */
function handedOver(roster: readonly MemberFacts[]): MembershipJudgement | undefined {
  const bytes = encodeHandover({ chain: FOUNDING.chain, epoch: toEpoch(1n), roster });
  return membershipAfterLast(FOUNDING, blockAt(FOUNDING, 2n, [transactionOf(bytes)]));
}

describe('a member that joins with an audit key', () => {
  test('has it in the next epoch, beside those that had one before', () => {
    const change = joining(auditedMemberOf(9));
    const decided = after(
      FOUNDING,
      1n,
      [0, 1, 2].map((member) => voteFor(change, member)),
    );
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
      assert.equal(faultOf(judged(FOUNDING, 1n, [voteFor(change, 1)])), 'none');
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
    test(`is refused with ${name}`, () => {
      assert.match(faultOf(judged(FOUNDING, 1n, [voteFor(joining(member), 0)])), fault);
    });
  }

  test('is not proven again by the votes that follow the first', () => {
    let proven = 0;
    const verifyEd25519: typeof ed25519Verify = (...all) => {
      proven += 1;
      return ed25519Verify(...all);
    };
    const counting = { ...FOUNDING, rules: { ...FOUNDING.rules, verifyEd25519 } };
    const change = joining(auditedMemberOf(9));
    const once = after(counting, 1n, [voteFor(change, 0), voteFor(change, 1)]);
    after(once, 2n, [voteFor(change, 2)]);
    assert.equal(proven, 1);
  });
});

describe('the new keys of a block', () => {
  const taking = { ...FOUNDING, rules: { ...FOUNDING.rules, verifyEd25519: () => true } };
  const proof = new Uint8Array(64).fill(9, 0, 32);
  const crowd = Array.from({ length: 509 }, (_, at) => {
    const publicKey = Uint8Array.of(at, at >> 8, ...new Uint8Array(29).fill(5), 0);
    return memberOf(100 + at, { keys: [{ ...KEY, publicKey, proof }] });
  });
  /** A vote for so many members with a key each; changes differ by who leaves. */
  const voteOf = (member: number, keys: number, leave: string) =>
    voteFor({ ...joining(memberOf(9), { leave: [leave] }), join: crowd.slice(0, keys) }, member);
  const full = ['m1', 'm2', 'm3', 'm0'].map((leave, member) => voteOf(member, 509, leave));
  const hashes = (transactions: readonly Transaction[]) => transactions.map(({ hash }) => hash);

  test('are as many as fit: a vote beyond them waits for the next block, and is a fault of a leader', () => {
    const [beyond, last] = [voteOf(3, 13, 'm1'), voteOf(3, 12, 'm1')];
    assert.equal(faultOf(judged(taking, 1n, [...full, last])), 'none');
    assert.equal(faultOf(judged(taking, 1n, [...full, beyond])), 'more than 2048 keys to prove in one block');
    assert.deepEqual(
      hashes(admissible(taking, [...full, beyond, last], toHeight(1n))),
      hashes([...full, last]),
    );
    assert.equal(faultOf(judged(after(taking, 1n, full), 2n, [beyond])), 'none');
  });

  test('do not count where the change has votes, in the block or before it', () => {
    const again = voteOf(1, 509, 'm1');
    assert.equal(faultOf(judged(taking, 1n, [...full, again])), 'none');
    assert.equal(faultOf(judged(after(taking, 1n, full), 2n, [again, voteOf(3, 13, 'm1')])), 'none');
  });

  test('count for no vote that has another fault', () => {
    const wrong = voteOf(0, 509, 'm8');
    const given = [wrong, wrong, ...full, voteOf(3, 12, 'm1')];
    assert.deepEqual(hashes(admissible(taking, given, toHeight(1n))), hashes(given.slice(2)));
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

  test('of this version are followed without their proofs, which were judged with the votes', () => {
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
