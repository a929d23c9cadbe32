import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { claimsOf, type QuorumCertificate, rootCertificate } from '#libs/protocol/certificate.ts';
import { prng } from '#libs/random/prng.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { SimulatedFederation } from '../federation/federation.ts';
import { Findings } from './findings.ts';
import { RecordCheck } from './record-check.ts';

const [GENESIS, BLOCK] = ['a', 'b'].map((digit) => toDigest(digit.repeat(64))) as [
  ReturnType<typeof toDigest>,
  ReturnType<typeof toDigest>,
];

const { founding } = new SimulatedFederation({
  ...{ members: 4, table: ROUNDS_TABLE, genesis: GENESIS, random: prng(1) },
});

/** A certificate of the block of height 1, with true signatures. */
function certified(change: Partial<QuorumCertificate> = {}): QuorumCertificate {
  const unsigned = {
    ...{ kind: 'prepare', instance: 1n, view: toView(0n), height: toHeight(1n), digest: BLOCK },
    signatures: [0, 1, 2].map((at) => ({ member: toMemberIndex(at), signature: new Uint8Array() })),
    ...change,
  };
  const signatures = claimsOf(unsigned).map(({ member, statement }) => ({
    member,
    signature: founding.authority.signerOf(member)(statement),
  }));
  return { ...unsigned, signatures };
}

function broken(certificate: QuorumCertificate): readonly string[] {
  const findings = new Findings({ steps: 0, nowMs: 0 });
  new RecordCheck(findings).certificate(0, certificate, founding);
  return findings.violations.map(({ invariant }) => invariant);
}

describe('L6: a certificate that is kept, where each height has views of its own', () => {
  test('is proved in the first view of the first height, which is the view of the root', () => {
    assert.deepEqual(broken(certified()), []);
    assert.deepEqual(broken(certified({ view: toView(3n) })), []);
    assert.deepEqual(broken(rootCertificate(ROUNDS_TABLE, 'commit', founding.root)), []);
  });

  test('is reported without signatures, of another instance, and in the place of the root', () => {
    assert.deepEqual(broken({ ...certified(), signatures: [] }), ['L6']);
    assert.deepEqual(broken(certified({ instance: 2n })), ['L6']);
    assert.deepEqual(broken(certified({ instance: 0n, height: toHeight(0n), view: toView(5n) })), ['L6']);
    assert.deepEqual(broken({ ...certified(), view: toView(1n) }), ['L6']);
  });
});
