import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sealBlock } from '#libs/chain/block.ts';
import { toEpoch, toView } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import type { ReadPeerMessage } from '#libs/engine/ports/peer-listener.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { PeerMessage } from '#libs/proto/btcfed/peer/v1/peer.ts';
import { claimsOf } from '#libs/protocol/certificate.ts';
import type { HeldParts } from '#libs/protocol/held-parts.ts';
import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import { statementText } from '#libs/protocol/named-signatures.ts';
import { HOTSTUFF, PBFT } from '#libs/protocols/hosted-protocols.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { blockOn, certify, GENESIS, proposalOf } from '#test/support/hotstuff/hotstuff-harness.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { decodePeerMessage, encodePeerMessage } from './peer-message.ts';
import { wireOf } from './protocol-wires.ts';

const TRANSACTIONS = ['apple', 'btcfed/evidence', 'plum'].map((text) => transactionOf(Buffer.from(text)));
const PARENT = blockOn(GENESIS, 1);
const { header } = blockOn(PARENT, 2);
const BLOCK = sealBlock({ ...header, transactionCount: TRANSACTIONS.length }, TRANSACTIONS);
const HIGH = certify('prepare', PARENT);

const ENVELOPE = { chainTag: new Uint8Array(8).fill(7), epoch: toEpoch(0n) };
const ROWS: readonly (readonly [string, PeerMessageBody])[] = [
  ['hotstuff', sealed(proposalOf(BLOCK, HIGH))],
  [
    'pbft',
    PBFT.messages.close({
      ...{ kind: 'proposal', height: BLOCK.header.height, view: toView(0n), member: header.proposer },
      ...{ block: BLOCK, leave: undefined, signature: Uint8Array.of(7) },
    }),
  ],
];

/** The proposal as another member passes it on. */
const PASSED_ON: PeerMessageBody = PBFT.messages.close({
  ...{ kind: 'recovery', height: BLOCK.header.height, view: toView(0n) },
  statements: [
    {
      ...{ kind: 'proposal', height: BLOCK.header.height, view: toView(0n), member: header.proposer },
      ...{ block: BLOCK, leave: undefined, signature: Uint8Array.of(7) },
    },
  ],
});

const HOSTED: Readonly<Record<string, HostedProtocol>> = { hotstuff: HOTSTUFF, pbft: PBFT };

const signatures: HeldParts['signatures'] = {
  signatureOf(statement, member) {
    const text = statementText(statement);
    return claimsOf(HIGH).find((claim) => claim.member === member && statementText(claim.statement) === text);
  },
};

function transactions(...held: readonly Transaction[]): HeldParts['transactions'] {
  return { transactionOf: (hash) => held.find((each) => each.hash === hash) };
}

for (const [protocol, body] of ROWS) {
  const envelope = { ...ENVELOPE, protocol: wireOf(protocol) };
  const bytes = encodePeerMessage(body, envelope, 'compact');
  const read = (held: Partial<HeldParts>, from = bytes) =>
    decodePeerMessage(from, { ...envelope, limits: WIRE_LIMITS, held });

  const whole = encodePeerMessage(body, envelope);
  const assertWhole = (own: ReadPeerMessage | undefined): void => {
    assert.ok(own?.ok);
    assert.deepEqual(encodePeerMessage(own.body, envelope), whole);
  };

  describe(`F-20: a compact proposal of ${protocol}`, () => {
    test('is the proposal for a member that holds what it names, whose transactions carry their hashes', () => {
      assertWhole(read({ signatures, transactions: transactions(...TRANSACTIONS) }));
      assert.ok(!Buffer.from(bytes).includes('apple') && Buffer.from(whole).includes('apple'));
      assert.ok(Buffer.from(bytes).includes('btcfed/evidence'), 'nobody was given it before');
    });

    test('says what a member lacks, and is read in the end whichever part comes first', () => {
      const part = read({});
      assert.ok(!part.ok && part.cause === 'unresolved' && part.incomplete !== undefined);
      const { lacking, sizeBytes } = part.incomplete;
      const named = TRANSACTIONS.filter(({ kind }) => kind === 'application').map(({ hash }) => hash);
      const { digest } = BLOCK;
      assert.deepEqual(lacking, { digest, height: BLOCK.header.height, hashes: named, transactionCount: 3 });
      assert.equal(sizeBytes, bytes.length);
      const { draft } = part.incomplete;
      assert.ok(draft?.kind === 'protocol');
      const { module } = HOSTED[protocol] ?? assert.fail();
      assert.equal(module.proposed(draft)?.digest, digest, 'enough for the cheap checks of the protocol');
      assert.equal(module.ownClaim(draft)?.member, header.proposer);
      const steps: readonly Partial<HeldParts>[] = [
        { signatures },
        { transactions: transactions(...TRANSACTIONS) },
      ];
      for (const [first, second] of [steps, steps.toReversed()]) {
        const once: ReadPeerMessage = part.incomplete.again(first ?? {});
        // PBFT's has no certificate.
        assertWhole(once.ok ? once : once.incomplete?.again(second ?? {}));
      }
    });

    test('with the block twice, or none, is refused', () => {
      const wire = PeerMessage.decode(bytes);
      const again = PeerMessage.decode(encodePeerMessage(body, envelope));
      const proposalIn = ({ body: own }: PeerMessage) =>
        own?.$case === 'proposal' || own?.$case === 'roundsProposal' ? own : assert.fail('no proposal');
      const [compact, { value }] = [proposalIn(wire), proposalIn(again)];
      const { block } = value;
      const sent = (change: object) =>
        PeerMessage.encode({
          ...wire,
          body: { ...compact, value: { ...compact.value, ...change } } as never,
        }).finish();
      const held = { signatures, transactions: transactions(...TRANSACTIONS) };
      assert.equal(read(held, sent({})).ok, true);
      for (const change of [{ block }, { compactBlock: undefined }]) {
        const refused = read(held, sent(change));
        assert.ok(!refused.ok && refused.cause === 'malformed');
      }
    });

    test('cut or spoilt is refused, or incomplete, without a throw, and never another block of this digest', () => {
      fc.assert(
        fc.property(fc.nat(), fc.nat({ max: 255 }), (at, value) => {
          const spoilt = Uint8Array.from(bytes);
          spoilt[at % bytes.length] = value;
          const held = { signatures, transactions: transactions(...TRANSACTIONS) };
          for (const each of [spoilt, bytes.subarray(0, at % bytes.length)]) read(held, each);
        }),
      );
    });
  });
}

test('F-20: a proposal that another member passes on names its transactions too, and its draft is enough to judge it', () => {
  const envelope = { ...ENVELOPE, protocol: wireOf('pbft') };
  const bytes = encodePeerMessage(PASSED_ON, envelope, 'compact');
  assert.ok(!Buffer.from(bytes).includes('apple'));
  const read = decodePeerMessage(bytes, { ...envelope, limits: WIRE_LIMITS });
  assert.ok(!read.ok && read.incomplete?.lacking?.digest === BLOCK.digest);
  const { draft } = read.incomplete;
  assert.ok(draft?.kind === 'protocol');
  assert.equal(PBFT.module.proposed(draft)?.digest, BLOCK.digest);
  const whole = read.incomplete.again({ transactions: transactions(...TRANSACTIONS) });
  assert.ok(whole.ok);
  assert.deepEqual(encodePeerMessage(whole.body, envelope), encodePeerMessage(PASSED_ON, envelope));
});
