import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { saidParameters } from '#libs/protocol/parameter-words.ts';
import type { FoundingProtocols } from '#libs/protocol/parameters.ts';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { foundingOf, memberOf, rosterOf } from '#test/support/chain/membership.ts';
import type { MembershipChange } from './change.ts';
import { encodeHandover } from './handover.ts';
import {
  foundingMembership,
  handoverAt,
  judgeMembership,
  type Membership,
  membershipAfterLast,
} from './membership.ts';
import type { NewTerms } from './new-terms.ts';
import { changeFault } from './policy.ts';
import { applicationBytes, schemeBytes } from './term-sections.ts';
import { TERMS_NEED } from './terms-rules.ts';
import { encodeMembershipVote } from './vote.ts';

const wide = { min: 1, max: 100, default: 1, reason: 'a test' };
const protocols: FoundingProtocols = new Map([
  ...FOUNDING_PROTOCOLS,
  [
    'example',
    {
      parameters: {
        bounds: { rounds: wide, slots: wide },
        fault: ({ rounds, slots }) =>
          (rounds ?? 0) < (slots ?? 0) ? undefined : { name: 'rounds', problem: 'must be below slots' },
        timing: () => ({ viewTimeoutMs: 1, viewTimeoutMsMax: 1 }),
      },
      runsWithoutFaults: true,
    },
  ],
]);
const BOUNDS = FOUNDING_PROTOCOLS.get(DEFAULT_PROTOCOL)?.parameters.bounds ?? {};
const DEFAULTS = Object.fromEntries(Object.entries(BOUNDS).map(([name, bound]) => [name, bound.default]));
const NUMBERS = saidParameters(BOUNDS, DEFAULTS);
const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const PLAIN = foundingOf(GENESIS.digest, rosterOf(4));
const FOUNDING = foundingMembership({
  ...PLAIN,
  rules: { ...PLAIN.rules, membersMin: 1, protocols },
  terms: { protocol: DEFAULT_PROTOCOL, parameters: NUMBERS },
});
const FASTER = { ...NUMBERS, view_timeout_ms: 200 };

function changeOf(terms: Partial<NewTerms>, part: Partial<MembershipChange> = {}): MembershipChange {
  const { chain, epoch } = FOUNDING;
  return { chain, epoch, leave: [], join: [], terms: { needs: TERMS_NEED, others: [], ...terms }, ...part };
}

function faultOf(terms: Partial<NewTerms>, part: Partial<MembershipChange> = {}): string {
  return changeFault(FOUNDING, changeOf(terms, part)) ?? 'none';
}

function votesFor(change: MembershipChange): readonly Transaction[] {
  return [0, 1, 2].map((member) =>
    transactionOf(
      encodeMembershipVote({
        change,
        goodUntil: toHeight(100n),
        member: toMemberIndex(member),
        signature: Uint8Array.of(7),
      }),
    ),
  );
}

function blockAt(before: Membership, height: bigint, transactions: readonly Transaction[]): Block {
  const at = { height: toHeight(height), view: toView(height), epoch: before.epoch };
  return sealBlock({ ...GENESIS.header, ...at, transactionCount: transactions.length }, transactions);
}

function after(before: Membership, height: bigint, transactions: readonly Transaction[]): Membership {
  const judged = judgeMembership(before, blockAt(before, height, transactions));
  return judged.ok ? judged.membership : assert.fail(judged.fault);
}

/** The membership after a change that a quorum voted for in block 1. */
function changed(change: MembershipChange): Membership {
  const decided = after(FOUNDING, 1n, votesFor(change));
  assert.deepEqual(decided.terms, FOUNDING.terms, 'not yet in force');
  const handover = handoverAt(decided, 2n) ?? assert.fail('no handover');
  const leapt = membershipAfterLast(FOUNDING, blockAt(FOUNDING, 2n, [handover]));
  const next = after(decided, 2n, [handover]);
  assert.deepEqual(leapt, { ok: true, membership: next }, 'the last block alone says the same');
  return next;
}

describe('a change of the terms', () => {
  test('alone is adopted as a change of members is, and its numbers are in force from the next epoch on', () => {
    const next = changed(changeOf({ parameters: FASTER }));
    assert.deepEqual(next.terms, { protocol: DEFAULT_PROTOCOL, parameters: FASTER });
    assert.deepEqual([next.epoch, next.roster], [1n, FOUNDING.roster]);
  });

  test('goes with members that join', () => {
    const next = changed(changeOf({ parameters: FASTER }, { join: [memberOf(9)] }));
    assert.deepEqual(next.terms.parameters, FASTER);
    assert.equal(next.roster.length, 5);
  });

  test('may name another protocol with all its numbers', () => {
    const parameters = { rounds: 1, slots: 2 };
    const next = changed(changeOf({ protocol: { id: 'example', version: 1 }, parameters }));
    assert.deepEqual(next.terms, { protocol: 'example', parameters });
    const few = { ...changeOf({}), terms: undefined, leave: ['m1'], epoch: next.epoch };
    const { terms: _, ...leaving } = few;
    assert.equal(changeFault(next, leaving), undefined, 'it runs with three members');
    const back = changeOf({ protocol: { id: DEFAULT_PROTOCOL, version: 1 }, parameters: NUMBERS });
    assert.equal(changeFault(next, back), undefined);
    assert.match(
      changeFault(next, { ...back, leave: ['m1'] }) ?? '',
      /3 members, and \w+ does not run with fewer than 4/,
    );
  });

  test('goes on where a later change names none', () => {
    const next = changed(changeOf({ parameters: FASTER }));
    const { terms: _, ...joining } = changeOf({}, { epoch: next.epoch, join: [memberOf(9)] });
    const decided = after(next, 3n, votesFor(joining));
    const later = after(decided, 4n, [handoverAt(decided, 4n) ?? assert.fail()]);
    assert.deepEqual([later.epoch, later.terms], [2n, next.terms]);
  });

  test('to those in force is a change of nothing, unless members change too', () => {
    assert.equal(faultOf({ parameters: { ...NUMBERS } }), 'a change of nothing');
    assert.equal(faultOf({ protocol: { id: DEFAULT_PROTOCOL, version: 1 } }), 'a change of nothing');
    assert.equal(faultOf({ parameters: NUMBERS }, { join: [memberOf(9)] }), 'none');
  });

  const REFUSED: readonly (readonly [string, Partial<NewTerms>, RegExp])[] = [
    [
      'a number out of its bounds',
      { parameters: { ...NUMBERS, view_timeout_ms: 99 } },
      /parameters\.view_timeout_ms: expected a whole number from 100 to 600000/,
    ],
    [
      'a number that is missing',
      { parameters: { view_timeout_ms: 200 } },
      /parameters\.view_timeout_ms_max: expected/,
    ],
    [
      'a number of no meaning',
      { parameters: { ...NUMBERS, slots: 2 } },
      /parameters\.slots: unknown; the protocol has view_timeout_ms/,
    ],
    [
      'a number that is on every object',
      { parameters: { ...NUMBERS, constructor: 2 } },
      /parameters\.constructor: unknown/,
    ],
    [
      'numbers that do not fit each other',
      { parameters: { view_timeout_ms: 5_000, view_timeout_ms_max: 4_999 } },
      /view_timeout_ms_max: must be at least/,
    ],
    [
      'a protocol that is none',
      { protocol: { id: 'stranger', version: 1 }, parameters: {} },
      /unknown protocol "stranger"; this version has .*example/,
    ],
    [
      'a protocol of another version',
      { protocol: { id: 'example', version: 2 }, parameters: {} },
      /version 2 of example; this version has version 1/,
    ],
    [
      'another protocol without its numbers',
      { protocol: { id: 'example', version: 1 } },
      /example without its parameters/,
    ],
    [
      'another protocol with numbers of the old one',
      { protocol: { id: 'example', version: 1 }, parameters: NUMBERS },
      /view_timeout_ms: unknown; the protocol has rounds, slots/,
    ],
    [
      'another scheme',
      { others: [{ tag: 3, content: Uint8Array.of(1) }] },
      /section 3 \(scheme\), for which btcfed .* has no rule/,
    ],
    [
      'another scheme, by its name',
      { others: [{ tag: 3, content: schemeBytes('slh-dsa-sha2-256s') }] },
      /section 3 \(scheme "slh-dsa-sha2-256s"\), for which btcfed .* has no rule: leave the section out, or install/,
    ],
    [
      'another application, by its name',
      { others: [{ tag: 4, content: applicationBytes({ id: 'co\u001bins', version: 3, parameters: {} }) }] },
      /section 4 \(application "co\?ins", version 3\), for which/,
    ],
    ['another application', { others: [{ tag: 4, content: Uint8Array.of(1) }] }, /section 4 \(application\)/],
    [
      'an unknown section',
      { others: [{ tag: 77, content: Uint8Array.of(1) }] },
      /section 77, for which btcfed .* has no rule/,
    ],
    [
      'a section of a later version',
      { needs: '9.1.0', others: [{ tag: 77, content: Uint8Array.of(1) }] },
      new RegExp(
        `it needs btcfed 9\\.1\\.0 or later, and this is ${SOFTWARE_VERSION.replaceAll('.', '\\.')}; install that version`,
      ),
    ],
  ];
  for (const [name, terms, fault] of REFUSED) {
    test(`is refused: ${name}`, () => {
      assert.match(faultOf(terms), fault);
      assert.match(faultOf(terms, { join: [memberOf(9)] }), fault);
      const votes = votesFor(changeOf(terms));
      const judged = judgeMembership(FOUNDING, blockAt(FOUNDING, 1n, votes));
      assert.match(judged.ok ? 'none' : judged.fault, fault, 'in a block with the vote that would adopt it');
      const { ballots, adopted } = after(FOUNDING, 1n, votes.slice(1));
      assert.deepEqual([ballots[0]?.voters.size, adopted], [2, undefined], 'votes before it count');
      const { chain, roster } = FOUNDING;
      const handover = encodeHandover({
        chain,
        epoch: changed(changeOf({ parameters: FASTER })).epoch,
        roster,
        terms: changeOf(terms).terms ?? assert.fail(),
      });
      const leapt = membershipAfterLast(FOUNDING, blockAt(FOUNDING, 2n, [transactionOf(handover)]));
      assert.match(leapt?.ok === false ? leapt.fault : 'none', fault, 'in a handover');
    });
  }

  test('is none that this version could not read itself', () => {
    assert.equal(faultOf({ parameters: FASTER, needs: TERMS_NEED }), 'none');
    assert.equal(faultOf({ parameters: FASTER, needs: SOFTWARE_VERSION }), 'none');
  });
});
