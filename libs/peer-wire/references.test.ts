import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { statementText } from '#libs/protocol/named-signatures.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import {
  blockOn,
  certify,
  GENESIS,
  gaveUp,
  newViewOf,
  proposalOf,
  timeoutOf,
  voteOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { decodePeerMessage, encodePeerMessage } from './peer-message.ts';
import { wireOf } from './protocol-wires.ts';

const envelope = { chainTag: new Uint8Array(8).fill(1), epoch: toEpoch(0n), protocol: wireOf('hotstuff') };
const B1 = blockOn(GENESIS, 1);
const high = certify('prepare', B1);
const report = { high, commit: certify('commit', B1), timeoutCertificate: gaveUp(4, high) };

const MESSAGES: readonly HotStuffMessage[] = [
  { ...proposalOf(blockOn(B1, 5), high, gaveUp(4, high)), again: undefined },
  { kind: 'certificate', certificate: certify('pre-commit', B1) },
  newViewOf(5, report),
  timeoutOf(3, 5, report),
  { kind: 'timeout-certificate', timeoutCertificate: gaveUp(4, high) },
];

/** Holds the signatures of a message but for some. */
function heldOf(message: HotStuffMessage, isLacked: (member: number) => boolean) {
  const claims = HOTSTUFF.module.claims(sealed(message)).filter(({ member }) => !isLacked(member));
  const named = new Map(claims.map((claim) => [`${claim.member} ${statementText(claim.statement)}`, claim]));
  return {
    signatureOf: (statement: Parameters<typeof statementText>[0], member: number) => {
      const claim = named.get(`${member} ${statementText(statement)}`);
      return claim && { signature: claim.signature };
    },
  };
}

describe('F-20: messages whose certificates stand by reference', () => {
  for (const message of MESSAGES) {
    const body = sealed(message);
    const bytes = encodePeerMessage(body, envelope, 'reference');
    const read = (held?: ReturnType<typeof heldOf>, from = bytes) =>
      decodePeerMessage(from, { ...envelope, limits: WIRE_LIMITS, held: held && { signatures: held } });

    test(`${message.kind}: is read as it was by a member that holds the signatures`, () => {
      assert.deepEqual(read(heldOf(message, () => false)), { ok: true, body });
      assert.ok(bytes.length < encodePeerMessage(body, envelope).length);
    });

    test(`${message.kind}: says which signatures a member lacks, and is read once it holds them`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 2 }), (lacked) => {
          const held = new Set([0, 1, 2, 3].filter((member) => member !== lacked));
          const part = read(heldOf(message, (member) => !held.has(member)));
          assert.ok(!part.ok && part.incomplete !== undefined);
          const { missing, sizeBytes } = part.incomplete;
          assert.deepEqual(
            new Set(missing.flatMap(({ members }) => members)),
            new Set([toMemberIndex(lacked)]),
          );
          assert.equal(sizeBytes, bytes.length);
        }),
      );
      let lacks = true;
      const later = read(heldOf(message, () => lacks));
      assert.ok(!later.ok && later.incomplete !== undefined);
      const whole = heldOf(message, () => false);
      lacks = false;
      const again = decodePeerMessage(bytes, {
        ...envelope,
        limits: WIRE_LIMITS,
        held: { signatures: whole },
      });
      assert.deepEqual(again, { ok: true, body });
    });

    test(`${message.kind}: cut or spoilt bytes are refused without a throw`, () => {
      fc.assert(
        fc.property(fc.nat(), fc.nat({ max: 255 }), (at, value) => {
          const spoilt = Uint8Array.from(bytes);
          spoilt[at % bytes.length] = value;
          read(
            heldOf(message, () => false),
            spoilt,
          );
          read(undefined, bytes.subarray(0, at % bytes.length));
        }),
      );
    });
  }

  test('a vote has one form', () => {
    const vote = sealed(voteOf(1, 'commit', B1));
    assert.deepEqual(encodePeerMessage(vote, envelope, 'reference'), encodePeerMessage(vote, envelope));
  });
});
