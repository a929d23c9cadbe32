import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toCertifiedKeyDigest, toEpoch } from '#libs/chain/ids.ts';
import { PeerMessage } from '#libs/proto/btcfed/peer/v1/peer.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import {
  blockOn,
  certify,
  GENESIS,
  GENESIS_PREPARE,
  gaveUp,
  proposalOf,
  timeoutOf,
  voteOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { HOTSTUFF_WIRE } from './hotstuff.ts';
import { decodePeerMessage, encodePeerMessage } from './peer-message.ts';
import type { WireBody } from './protocol-wire.ts';
import { wireOf } from './protocol-wires.ts';

const envelope = { chainTag: new Uint8Array(8).fill(1), epoch: toEpoch(0n), protocol: wireOf(HOTSTUFF.id) };
const expected = { ...envelope, limits: WIRE_LIMITS };
const B1 = blockOn(GENESIS, 1);
const DIGEST = new Uint8Array(32).fill(0xab);

/** One message for each place where a member's signature stands on the wire. */
const MESSAGES: readonly (readonly [string, HotStuffMessage])[] = [
  ['vote', voteOf(2, 'prepare', B1)],
  ['proposal', proposalOf(B1, GENESIS_PREPARE)],
  ['timeout', timeoutOf(2, 1)],
  ['certificate', { kind: 'certificate', certificate: certify('commit', B1) }],
  ['share of a timeout certificate', { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) }],
];

/** The same message, with this key at the last signature of the sender or of a certificate. */
function withKey(body: WireBody, key: Uint8Array): WireBody {
  switch (body.$case) {
    case 'vote':
      return { ...body, value: { ...body.value, key } };
    case 'proposal':
      return { ...body, value: { ...body.value, key } };
    case 'timeout':
      return { ...body, value: { ...body.value, key } };
    case 'certificate': {
      const { certificate = assert.fail() } = body.value;
      const { signatures } = certificate;
      const [last = assert.fail()] = signatures.slice(-1);
      const changed = { ...certificate, signatures: [...signatures.slice(0, -1), { ...last, key }] };
      return { ...body, value: { certificate: changed } };
    }
    case 'timeoutCertificate': {
      const { timeoutCertificate = assert.fail() } = body.value;
      const { shares } = timeoutCertificate;
      const [last = assert.fail()] = shares.slice(-1);
      const changed = { ...timeoutCertificate, shares: [...shares.slice(0, -1), { ...last, key }] };
      return { ...body, value: { timeoutCertificate: changed } };
    }
    default:
      return assert.fail(body.$case);
  }
}

function encoded(body: WireBody): Uint8Array {
  return PeerMessage.encode({ chainTag: envelope.chainTag, epoch: 0n, body }).finish();
}

describe('the key of a signature on the wire is reserved', () => {
  for (const [name, message] of MESSAGES) {
    test(`a ${name} that names one is refused for that, whichever it is`, () => {
      const body = HOTSTUFF_WIRE.toWire(message, 'whole');
      assert.equal(decodePeerMessage(encoded(body), expected).ok, true);
      for (const key of [DIGEST, new Uint8Array(), new Uint8Array(33)]) {
        const read = decodePeerMessage(encoded(withKey(body, key)), expected);
        assert.ok(!read.ok);
        assert.deepEqual(
          [read.cause, read.fault],
          ['invalid', 'signature by another key than its kind takes'],
        );
        assert.match(read.detail ?? '', /^key of a signature/);
      }
    });
  }

  test('and nobody writes one: a member whose signer gave one would not be understood', () => {
    const vote = { ...voteOf(2, 'prepare', B1), key: toCertifiedKeyDigest('ab'.repeat(32)) };
    assert.throws(() => encodePeerMessage(sealed(vote), envelope), /names the key of a signature/);
  });
});
