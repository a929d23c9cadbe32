import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { certifiedIn, leftIn, RoundsCore, roundBlock } from '#test/support/rounds/rounds-harness.ts';
import type { QuorumCertificate } from '../certificate.ts';
import { certificateName, leaveCertificateName } from '../certificate-name.ts';
import type { CertificateShelf } from '../hosting/description.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import { PBFT_DESCRIPTION } from '../pbft/description.ts';
import type { RoundsRecord } from './record.ts';

const { record: CODEC } = PBFT_DESCRIPTION;
const B1 = roundBlock(GENESIS);

function shelf(): CertificateShelf {
  const kept = new Map<string, QuorumCertificate>();
  const left = new Map<string, LeaveCertificate>();
  return {
    put: (certificate) => {
      const { fact } = certificateName(certificate);
      kept.set(fact, certificate);
      return fact;
    },
    putLeave: (certificate) => {
      const { fact } = leaveCertificateName(certificate);
      left.set(fact, certificate);
      return fact;
    },
    get: (digest) => kept.get(digest) ?? assert.fail('not on the shelf'),
    getLeave: (digest) => left.get(digest) ?? assert.fail('not on the shelf'),
  };
}

/** Records of member 2: fresh, after two votes, after it left, in a later view, and after a decision. */
function records(): readonly RoundsRecord[] {
  const core = new RoundsCore({ me: 2 });
  const stages = [
    () => core.propose(B1),
    () => core.votes('prepare', B1, [0, 1, 3]),
    () => core.fire('round'),
    () => core.receive(1, { kind: 'left', leave: leftIn(0, certifiedIn('prepare', B1)) }),
    () => core.votes('commit', B1, [0, 1, 3]),
  ];
  return stages.map((next) => {
    next();
    return core.record;
  });
}

test('a record is read as it was written, with its certificates, at every stage of a height', () => {
  for (const record of records()) {
    const beside = shelf();
    const text = CODEC.write(record, beside);
    assert.deepEqual(CODEC.read(text, beside), record);
    assert.deepEqual(CODEC.reached(record), { instance: 1n, view: record.view });
    assert.deepEqual(CODEC.epochOf(record), 0n);
    assert.deepEqual(new Set(CODEC.blocks(record)), new Set([B1.digest]));
  }
});

test('a record of another version, with a kind that the protocol lacks, or without a field, is none', () => {
  const [record] = records();
  assert.ok(record !== undefined);
  const beside = shelf();
  const text = CODEC.write(record, beside);
  for (const bad of [
    text.replace('"version":1', '"version":2'),
    text.replace('"prepare"', '"pre-commit"'),
    text.replace('"height":"1",', ''),
    text.replace('"view":"0"', '"view":"-1"'),
    '{}',
    '',
  ]) {
    assert.throws(() => CODEC.read(bad, beside));
  }
});
