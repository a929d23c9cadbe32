import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DIAGNOSES, isDiagnosisCode } from './codes.ts';
import { type Finding, type FindingParts, finding } from './finding.ts';
import { merged } from './merged.ts';

const PARTS: FindingParts = {
  summary: 'it is so.',
  evidence: ['seen'],
  members: ['m0'],
};

describe('findings of several witnesses', () => {
  test('are told the worst first, whatever the order in which they came', () => {
    const codes = ['catching-up', 'members-away', 'quorum-lost', 'signer-locked'] as const;
    const found = merged(codes.map((code) => finding(code, PARTS)));
    assert.deepEqual(
      found.map(({ code }) => code),
      ['signer-locked', 'quorum-lost', 'members-away', 'catching-up'],
    );
  });

  test('of one code are one, with the evidence and the members of both and the words of the first', () => {
    const second: Finding = {
      ...finding('signer-locked', PARTS),
      summary: 'another sentence.',
      evidence: ['seen', 'seen by the other'],
      members: ['m1'],
    };
    const [only, ...more] = merged([finding('signer-locked', PARTS), second]);
    assert.deepEqual(more, []);
    assert.deepEqual(only, {
      ...finding('signer-locked', PARTS),
      evidence: ['seen', 'seen by the other'],
      members: ['m0', 'm1'],
    });
  });

  test('of nobody are none', () => {
    assert.deepEqual(merged([]), []);
  });
});

test('severities never rise along the list of codes, so that the worst comes first', () => {
  const order = ['critical', 'warning', 'notice'];
  const ranks = Object.values(DIAGNOSES).map(({ severity }) => order.indexOf(severity));
  assert.deepEqual(
    ranks,
    ranks.toSorted((a, b) => a - b),
  );
});

test('a code is known by its word, and no property of every object is one', () => {
  assert.deepEqual([isDiagnosisCode('quorum-lost'), isDiagnosisCode('toString')], [true, false]);
});
