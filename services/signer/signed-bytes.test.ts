import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { PHASED_TABLE } from '#libs/custody/tables/rounds.ts';
import { changeDigest, encodeChange } from '#libs/membership/change.ts';
import { encodeHandover } from '#libs/membership/handover.ts';
import { membershipSigningBytes } from '#libs/membership/vote.ts';
import { headBytes } from '#libs/protocol/audit-head.ts';
import { DBFT_TABLE } from '#libs/protocol/dbft/vote-table.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { blockStatement, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { approvalBytes, recoveryTransaction } from './ceremony/recovery-words.ts';

const TABLES = [HOTSTUFF_TABLE, PBFT_TABLE, DBFT_TABLE, PHASED_TABLE];

const hex = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const bytes = fc.uint8Array({ maxLength: 80 });

/**
 * All bytes that any key of a member signs, and bytes that could be mistaken for them in the same place, from
 * the same free values.
 */
const anything = fc
  .record({
    chain: hex,
    digest: hex,
    epoch: u64,
    view: u64,
    height: u64,
    other: u64,
    bytes,
    text: fc.string(),
  })
  .map(
    ({
      chain: chainHex,
      digest: digestHex,
      epoch: number,
      view: at,
      height: up,
      other,
      bytes: key,
      text,
    }) => {
      const [chain, digest, epoch, view] = [
        toDigest(chainHex),
        toDigest(digestHex),
        toEpoch(number),
        toView(at),
      ];
      const height = toHeight(up);
      const scope = { chain, protocol: 'hotstuff', epoch };
      const block = { height, digest };
      const kinds: readonly VoteStatement[] = [
        ...(['proposal', 'prepare', 'pre-commit', 'commit'] as const).map((kind) =>
          blockStatement(kind, view, block),
        ),
        timeoutStatement(view, { view: toView(up), digest }),
      ];
      const typed = TABLES.flatMap((table) =>
        Object.entries(table.kinds).map(([kind, { leaves }]) => {
          const reports = leaves === undefined ? [] : [{ instance: 0n, view, digest }];
          const instance = table.instances === 'one' ? 0n : other;
          const about = leaves === undefined ? block : undefined;
          const statement: VoteStatement = { kind, instance, view, block: about, reports };
          return [
            `${table.protocol} ${kind}`,
            table.bytes({ ...scope, protocol: table.protocol }, statement),
          ];
        }),
      );
      const change = { chain, epoch, leave: [text], join: [] };
      const facts = { chain, publicKey: key, nonce: digest };
      return new Map<string, Uint8Array>([
        ...kinds.map((each) => [`hotstuff ${each.kind}`, signingBytes(scope, each)] as const),
        ...(typed as [string, Uint8Array][]),
        [
          'membership vote',
          membershipSigningBytes('hotstuff', { change, digest: changeDigest(change), goodUntil: height }),
        ],
        ['membership change', encodeChange(change)],
        ['handover', encodeHandover({ chain, epoch, roster: [] })],
        [
          'audit head',
          headBytes({ chain, publicKey: key }, { sequence: other, hash: Buffer.from(digest, 'hex') }),
        ],
        ['recovery transaction', recoveryTransaction(facts)],
        ['approval', approvalBytes(facts)],
        ['key proof', Buffer.from('btcfed/key-proof/v1', 'utf8')],
      ]);
    },
  );

describe('SIG-19 what is signed as one thing is nothing else', () => {
  test('of the same values no two kinds have the same bytes, nor does one begin with another', () => {
    fc.assert(
      fc.property(anything, (made) => {
        const all = [...made].map(([name, content]) => ({
          name,
          content: Buffer.from(content).toString('hex'),
        }));
        assert.ok(all.length >= 25, `${all.length}`);
        for (const a of all) {
          for (const b of all) {
            assert.ok(a === b || !b.content.startsWith(a.content), `${b.name} begins with ${a.name}`);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('of other values neither: what is before the first free byte tells them apart', () => {
    fc.assert(
      fc.property(anything, anything, (one, two) => {
        for (const [name, content] of one) {
          for (const [other, found] of two) {
            const isSame = Buffer.from(content).equals(Buffer.from(found));
            assert.ok(!isSame || name === other, `${name} is ${other}`);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
