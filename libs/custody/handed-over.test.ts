import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { payloadRootOf } from '#libs/chain/block-rules.ts';
import { toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { encodeHandover } from '#libs/membership/handover.ts';
import type { NewTerms } from '#libs/membership/new-terms.ts';
import type { Roster } from '#libs/membership/roster.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { auditedMemberOf, memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { CustodyWorld } from '#test/support/signer/custody-world.ts';
import { type BegunEpoch, handedOver } from './handed-over.ts';

/** The epoch that a key enters by a handover with these terms. */
function epochWith(
  terms?: Partial<NewTerms>,
  tables: readonly VoteTable[] = [HOTSTUFF_TABLE],
  roster: Roster = rosterOf(5),
) {
  const { custodian } = new CustodyWorld();
  const { chain } = custodian.state;
  const named = terms && { needs: '0.2.0', others: [], ...terms };
  const handover = encodeHandover({
    chain,
    epoch: toEpoch(1n),
    roster,
    ...(named && { terms: named }),
  });
  const transactions = [transactionOf(handover)];
  const at = { height: toHeight(1n), view: toView(5n), parent: GENESIS.digest, transactionCount: 1 };
  const header = { ...GENESIS.header, ...at, payloadRoot: payloadRootOf(transactions) };
  const { digest } = sealBlock(header, transactions);
  const kind = custodian.context.table.decides;
  const certificate = { kind, instance: 0n, view: at.view, height: at.height, digest, signatures: [] };
  return handedOver(custodian, { kind: 'handover', certificate, header, handover, path: [] }, (id) =>
    tables.find(({ protocol: of }) => of === id),
  );
}

/** The epoch that is begun; undefined where none is. */
function begunWith(...asked: Parameters<typeof epochWith>): BegunEpoch | undefined {
  const found = epochWith(...asked);
  return found?.kind === 'begun' ? found : undefined;
}

/** Why the key cannot follow, of a handover that fits together. */
function strangenessOf(...asked: Parameters<typeof epochWith>): string | undefined {
  const found = epochWith(...asked);
  return found?.kind === 'strange' ? `epoch ${found.epoch}: ${found.reason}` : undefined;
}

describe('a key goes through a handover', () => {
  test('without terms, with other numbers, and with the protocol that it has', () => {
    const protocol = { id: new CustodyWorld().custodian.context.table.protocol, version: 1 };
    const parameters = { view_timeout_ms: 200 };
    for (const terms of [undefined, { parameters }, { protocol }, { protocol, parameters }])
      assert.equal(begunWith(terms)?.set.members.length, 5);
  });

  test('to another protocol whose votes it knows, and goes on under the one that it has when none is named', () => {
    const protocol = { id: ROUNDS_TABLE.protocol, version: 1 };
    const tables = [HOTSTUFF_TABLE, ROUNDS_TABLE];
    assert.equal(begunWith({ protocol, parameters: {} }, tables)?.table, ROUNDS_TABLE);
    assert.equal(begunWith(undefined, tables)?.table, HOTSTUFF_TABLE);
  });

  const STRANGE: readonly (readonly [string, Partial<NewTerms>, RegExp])[] = [
    [
      'to a protocol whose votes it does not know',
      { protocol: { id: 'example', version: 1 }, parameters: {}, needs: '0.2.0' },
      /^epoch 1: protocol example, which btcfed \S+ does not have: install a version that has it, 0\.2\.0 or later$/,
    ],
    [
      'to another version of a protocol',
      { protocol: { id: 'hotstuff', version: 2 } },
      /version 2 of protocol hotstuff, which btcfed \S+ does not have: install a version that has it/,
    ],
    [
      'with a section that this version has no rule for',
      { others: [{ tag: 3, content: Uint8Array.of(1) }] },
      /section 3.*install a version that has one/,
    ],
    [
      'that needs a later version',
      { needs: '9.1.0', parameters: {} },
      /it needs btcfed 9\.1\.0 or later.*install that version/,
    ],
    [
      'that needs a later version for its protocol',
      { needs: '9.1.0', protocol: { id: 'example', version: 1 }, parameters: {} },
      /it needs btcfed 9\.1\.0 or later.*install that version/,
    ],
  ];
  for (const [name, terms, reason] of STRANGE) {
    test(`and through none ${name}: it says what to install`, () => {
      assert.equal(begunWith(terms), undefined);
      assert.match(strangenessOf(terms) ?? 'nothing', reason);
    });
  }

  test('with audit keys of members, and through none with keys of a purpose without a rule', () => {
    assert.equal(
      begunWith(undefined, [HOTSTUFF_TABLE], [...rosterOf(4), auditedMemberOf(9)])?.set.members.length,
      5,
    );
    const [audit] = auditedMemberOf(9).keys ?? [];
    assert.ok(audit !== undefined);
    const vrf = memberOf(9, { keys: [{ ...audit, purpose: 3, needs: '9.1.0' }] });
    assert.equal(epochWith(undefined, [HOTSTUFF_TABLE], [...rosterOf(4), vrf])?.kind, 'strange');
  });

  test('and through none to members without a weight, which is said by no exception', () => {
    const [first, ...others] = rosterOf(5);
    assert.ok(first !== undefined);
    assert.equal(epochWith(undefined, [HOTSTUFF_TABLE], [{ ...first, weight: 0n }, ...others]), undefined);
  });
});
