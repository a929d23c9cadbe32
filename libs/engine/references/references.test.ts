import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LARGEST_SIZES, LARGEST_TERMS } from '#libs/chain/federation-sizes.ts';
import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import { claimsOf } from '#libs/protocol/certificate.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { LoneChain } from '#test/support/engine/lone-chain.ts';
import { blockOn, certify, GENESIS, newViewOf, voteOf } from '#test/support/hotstuff/hotstuff-harness.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import type { EngineMonitor } from '../ports/engine-ports.ts';
import type { PeerMessageBody } from '../ports/peer-message.ts';
import { SIGNATURES_ANSWER_BYTES_MAX, SIGNATURES_SERVED_PER_SECOND_MAX } from './reference-limits.ts';
import { References } from './references.ts';
import { SignaturePool } from './signature-pool.ts';

const [ANN, BOB, DAN] = [0, 1, 3].map(toMemberIndex) as [never, never, never];
const BLOCK = blockOn(GENESIS, 1);

/** Certificates by reference of one member, whose messages go to `say`; every signature holds. */
function references(say: (body: PeerMessageBody) => void) {
  const signatures = new SignaturePool();
  const refused: string[] = [];
  const monitor = { refused: (_from: MemberIndex, cause: string) => refused.push(cause) };
  const own = new References({
    protocol: HOTSTUFF,
    peers: { connected: () => [], send: (_to, body) => say(body) },
    clock: { nowMs: () => 0, after: () => () => {} },
    monitor: monitor as unknown as EngineMonitor,
    signatures,
    context: { parameters: {}, set: { members: Array(LARGEST_TERMS.members) }, me: undefined },
    chain: new LoneChain(),
    mempool: { get: () => undefined },
    limits: { transactionsMax: 1 },
    standingOf: () => undefined,
    viewMs: () => 0,
    verifier: { trust: () => {}, verify: (_claims, done) => done(true) },
  });
  return { own, signatures, refused };
}

test('F-20: the largest certificate that there can be is given in parts within one second', () => {
  const { members, signatureBytes } = LARGEST_TERMS;
  const signature = new Uint8Array(signatureBytes);
  const signers = Array.from({ length: members }, (_, at) => at);
  const certificate = certify('prepare', BLOCK, signers);
  const high = { ...certificate, signatures: certificate.signatures.map((each) => ({ ...each, signature })) };
  let answers = 0;
  const giver = references((body) => {
    if (body.kind !== 'signatures-response') return;
    answers += 1;
    asker.own.pull.arrived(body, ANN);
  });
  const asker = references((body) => {
    if (body.kind === 'signatures-request') assert.ok(giver.own.server.answer(body, BOB), 'too often');
  });
  giver.own.transport.send(BOB, sealed(newViewOf(2, { high })));
  const [first = assert.fail()] = claimsOf(high);
  const missing = [{ statement: first.statement, members: signers.map(toMemberIndex) }];
  let heard = 0;
  const again = () => ({ ok: true, body: { kind: 'waiting', hashes: [] } }) as const;
  const message = {
    kind: 'incomplete',
    missing,
    lacking: undefined,
    sizeBytes: 1,
    again,
    hear: () => (heard += 1),
  } as const;
  asker.own.pull.wait({ from: ANN, message });
  assert.deepEqual([heard, asker.refused], [1, []]);
  assert.equal(answers, Math.ceil(members / Math.floor(SIGNATURES_ANSWER_BYTES_MAX / signatureBytes)));
  const partsMax = Math.ceil(
    LARGEST_SIZES.certificateBytesMax / (SIGNATURES_ANSWER_BYTES_MAX - signatureBytes),
  );
  assert.ok(partsMax <= SIGNATURES_SERVED_PER_SECOND_MAX);
});

test('a vote that came too late is used where a certificate names it, and only one that its own member sent', () => {
  const asked: PeerMessageBody[] = [];
  const { own } = references((body) => asked.push(body));
  const late = voteOf(3, 'prepare', BLOCK);
  const [claim = assert.fail()] = HOTSTUFF.module.claims(sealed(late));
  let heard = 0;
  const again = () => ({ ok: true, body: { kind: 'waiting', hashes: [] } }) as const;
  const wait = (from: MemberIndex): void => {
    const missing = [{ statement: claim.statement, members: [DAN] }];
    own.pull.wait({
      from,
      message: {
        kind: 'incomplete',
        missing,
        lacking: undefined,
        sizeBytes: 1,
        again,
        hear: () => (heard += 1),
      },
    });
  };
  own.late(BOB, sealed(late));
  wait(ANN);
  assert.deepEqual([heard, asked.length], [0, 1]);
  own.late(DAN, sealed(late));
  wait(BOB);
  assert.deepEqual([heard, asked.length], [1, 1]);
});
