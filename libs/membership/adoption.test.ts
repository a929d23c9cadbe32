import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toHex } from '#libs/bytes/hex.ts';
import { sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { ed25519Verify } from '#libs/crypto/ed25519.ts';
import type { FoundingProtocols } from '#libs/protocol/parameters.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { anyChange } from '#test/support/chain/any-change.ts';
import { auditKeyOf, foundingOf, memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { type GivenVote, givenVoteFault, isFollowed } from './adoption.ts';
import { decodeBallots, encodeBallots } from './ballots.ts';
import type { MembershipChange } from './change.ts';
import { judgeMembership, type Membership, membershipWith } from './membership.ts';
import { decodeMembershipVote, encodeMembershipVote } from './vote.ts';

const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const bound = { min: 1, max: 9, default: 1, reason: 'a test' };
const LATER: FoundingProtocols = new Map([
  ...FOUNDING_PROTOCOLS,
  [
    'later',
    {
      parameters: {
        bounds: { rounds: bound },
        fault: () => undefined,
        timing: () => ({ viewTimeoutMs: 1, viewTimeoutMsMax: 1 }),
      },
      runsWithoutFaults: true,
    },
  ],
]);

/** The same chain in members of three versions, which have no protocol by name, those of today, and one more. */
const [NONE, TODAY, NEWER] = [new Map(), FOUNDING_PROTOCOLS, LATER].map((protocols, at) => {
  const founding = foundingOf(GENESIS.digest, rosterOf(4));
  const verifyEd25519 = at === 0 ? () => false : ed25519Verify;
  return { ...founding, rules: { ...founding.rules, protocols, verifyEd25519 } };
}) as [Membership, Membership, Membership];
const { chain, epoch } = TODAY;

const TO_LATER: MembershipChange = {
  ...{ chain, epoch, leave: [], join: [] },
  terms: { needs: '0.2.0', protocol: { id: 'later', version: 1 }, parameters: { rounds: 2 }, others: [] },
};
const UNKNOWN_KEY = { ...auditKeyOf('m9', 9), purpose: 77, needs: '9.1.0' };
const UNKNOWN_KEYS: MembershipChange = {
  ...{ chain, epoch, leave: [] },
  join: [memberOf(9, { keys: [UNKNOWN_KEY] })],
};

function voteFor(change: MembershipChange, member: number, goodUntil = 100n): Transaction {
  const vote = { change, goodUntil: toHeight(goodUntil), member: toMemberIndex(member) };
  return transactionOf(encodeMembershipVote({ ...vote, signature: Uint8Array.of(7) }));
}

function judged(before: Membership, height: bigint, transactions: readonly Transaction[]) {
  const at = { height: toHeight(height), view: toView(height), transactionCount: transactions.length };
  return judgeMembership(before, sealBlock({ ...GENESIS.header, ...at }, transactions));
}

function after(before: Membership, height: bigint, transactions: readonly Transaction[]): Membership {
  const result = judged(before, height, transactions);
  return result.ok ? result.membership : assert.fail(result.fault);
}

function faultOf(before: Membership, height: bigint, transactions: readonly Transaction[]): string {
  const result = judged(before, height, transactions);
  return result.ok ? 'none' : result.fault;
}

describe('votes that complete no quorum', () => {
  test('leave the same ballots in all versions, whatever their changes name', () => {
    fc.assert(
      fc.property(fc.array(anyChange({ chain, epoch }), { minLength: 1, maxLength: 4 }), (changes) => {
        const votes = changes.flatMap((change) => [0, 3].map((member) => voteFor(change, member)));
        const unique = new Map(votes.map((each) => [each.hash, each]));
        const states = [NONE, TODAY, NEWER].map((before) => {
          return toHex(encodeBallots(after(before, 1n, [...unique.values()])));
        });
        assert.deepEqual(states, [states[0], states[0], states[0]]);
      }),
    );
  });

  test('are taken with a snapshot, which a member of an older version goes on from', () => {
    const votes = [TO_LATER, UNKNOWN_KEYS].flatMap((change) =>
      [0, 1].map((member) => voteFor(change, member)),
    );
    const ballots = decodeBallots(encodeBallots(after(NEWER, 1n, votes))) ?? assert.fail('not read');
    const taken = membershipWith(NONE, ballots);
    assert.ok(taken.ok);
    assert.deepEqual(encodeBallots(taken.membership), encodeBallots(after(NONE, 1n, votes)));
    assert.equal(faultOf(taken.membership, 2n, [voteFor(TO_LATER, 3)]).includes('unknown protocol'), true);
  });
});

describe('a change that is larger than any that could be in force', () => {
  const small = { ...TODAY, rules: { ...TODAY.rules, growthMax: 2 } };
  const faultWith = (part: Partial<MembershipChange>) =>
    faultOf(small, 1n, [voteFor({ ...UNKNOWN_KEYS, join: [], ...part }, 0)]);
  const joining = (count: number) => Array.from({ length: count }, (_, at) => memberOf(20 + at));
  const keysOf = (count: number) =>
    Array.from({ length: count }, (_, at) => {
      const small = { publicKey: Uint8Array.of(at), proof: new Uint8Array(0) };
      return { ...UNKNOWN_KEY, ...small, purpose: 77 + at };
    });

  test('gets no vote: nobody judges it, and all would hold it', () => {
    assert.equal(faultWith({ leave: ['m0', 'm1', 'm2', 'm3'], join: joining(6) }), 'none');
    assert.match(
      faultWith({ join: joining(7) }),
      /^7 members join: more than 4 in another's place, and the 2 more/,
    );
    assert.match(faultWith({ leave: ['m0', 'm0', 'm0', 'm0', 'm0'] }), /^5 members leave, of 4$/);
    const [laden, most] = [5, 4].map((count) => [memberOf(9, { keys: keysOf(count) })]);
    assert.match(faultWith({ join: laden ?? [] }), /more than 4 further keys/);
    assert.equal(faultWith({ join: most ?? [] }), 'none');
  });
});

describe('the vote that completes a quorum', () => {
  test('is at fault where this version cannot follow its change, with the cure, and adopts it in a newer one', () => {
    const [first = assert.fail(), ...others] = [0, 1, 3].map((member) => voteFor(TO_LATER, member));
    const [open, newer] = [TODAY, NEWER].map((before) => after(before, 1n, others)) as [
      Membership,
      Membership,
    ];
    assert.match(
      faultOf(open, 2n, [first]),
      /^a change to an unknown protocol "later"; this version has hotstuff, pbft, dbft$/,
    );
    const { adopted } = after(newer, 2n, [first]);
    assert.deepEqual([adopted?.terms, adopted?.lastHeight], [TO_LATER.terms, 3n]);
    const keys = [0, 1, 3].map((member) => voteFor(UNKNOWN_KEYS, member));
    assert.match(faultOf(TODAY, 1n, keys), /purpose 77 key of m9: it needs btcfed 9\.1\.0 or later/);
  });

  test('in a block that nobody here would have made does not matter as long as it is not final', () => {
    const votes = [0, 1, 3].map((member) => voteFor(TO_LATER, member));
    for (const count of [0, 1, 2]) assert.equal(faultOf(NONE, 1n, votes.slice(0, count)), 'none');
  });
});

describe('a vote that comes to the desk of a member', () => {
  const given = (
    change: MembershipChange,
    from: GivenVote['from'],
    before: Membership = TODAY,
    height = 2n,
  ): string => {
    const vote = decodeMembershipVote(voteFor(change, 3).bytes) ?? assert.fail('not read');
    return givenVoteFault(before, { vote, from, height }) ?? 'none';
  };

  test('for a change that this version cannot follow is refused to a client, with the cure, and taken from members', () => {
    assert.match(given(TO_LATER, 'client'), /unknown protocol "later"/);
    assert.match(given(UNKNOWN_KEYS, 'client'), /it needs btcfed 9\.1\.0 or later.*install that version/);
    for (const change of [TO_LATER, UNKNOWN_KEYS]) {
      assert.equal(isFollowed(TODAY, change), false);
      assert.equal(given(change, 'member'), 'none');
      const open = after(
        TODAY,
        1n,
        [0, 1].map((member) => voteFor(change, member)),
      );
      assert.notEqual(given(change, 'member', open), 'none', 'no block of this member could hold it');
    }
    assert.equal(isFollowed(NEWER, TO_LATER), true);
    assert.equal(given(TO_LATER, 'client', NEWER), 'none');
  });

  test('would adopt nothing with votes that are over in its block', () => {
    const open = after(
      TODAY,
      1n,
      [0, 1].map((member) => voteFor(TO_LATER, member, 5n)),
    );
    assert.match(given(TO_LATER, 'member', open, 5n), /unknown protocol/);
    assert.equal(given(TO_LATER, 'member', open, 6n), 'none');
  });

  test('for a change that no version could follow is refused to all, and so is one that the rules of votes refuse', () => {
    const few = { ...TO_LATER, terms: undefined, leave: ['m1'] };
    const { terms: _, ...leaving } = few;
    const foreign = { ...TO_LATER, epoch: TODAY.epoch + 1n } as MembershipChange;
    for (const from of ['client', 'member'] as const) {
      assert.match(given(leaving, from), /3 members, and the policy allows 4 to 512/);
      assert.equal(given(foreign, from), 'a vote of another epoch');
    }
  });
});
