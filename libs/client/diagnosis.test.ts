import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS_TO_TYPE } from '#libs/diagnosis/next-command.ts';
import { CommandPlace, type Finding, Severity } from '#libs/proto/btcfed/consensus/v1/diagnosis.ts';
import { diagnosisFrom } from './diagnosis.ts';

const FINDING: Finding = {
  code: 'signer-locked',
  severity: Severity.NOTICE,
  summary: 'It is so.',
  evidence: ['seen'],
  members: ['m0'],
  next: { words: ['signer', 'seal', '--everything'], place: CommandPlace.COMPLETE },
};
const HEADER = {
  chainId: 'c',
  member: 'm0',
  epoch: 0n,
  view: 3n,
  finalHeight: 5n,
  finalDigest: new Uint8Array(),
};

test('a diagnosis is who answered and what is wrong there', () => {
  const { findings, ...who } = diagnosisFrom({ header: HEADER, findings: [FINDING] });
  assert.deepEqual(who, { member: 'm0', chainId: 'c', finalHeight: 5n });
  const [only] = findings;
  assert.deepEqual([only?.summary, only?.evidence, only?.members], ['It is so.', ['seen'], ['m0']]);
  assert.deepEqual(diagnosisFrom({ header: undefined, findings: [] }).findings, []);
});

test('a member has no say in what a person types, nor in how bad a known code is', () => {
  const [known] = diagnosisFrom({ header: HEADER, findings: [FINDING] }).findings;
  assert.deepEqual([known?.severity, known?.next], ['critical', COMMANDS_TO_TYPE.unlockSigner]);
  const newer = { ...FINDING, code: 'moon-away' };
  const [unknown] = diagnosisFrom({ header: HEADER, findings: [newer] }).findings;
  assert.deepEqual([unknown?.severity, unknown?.next], ['notice', COMMANDS_TO_TYPE.askStatus]);
  const nameless = { ...newer, severity: 99 as Severity };
  assert.equal(diagnosisFrom({ header: HEADER, findings: [nameless] }).findings[0]?.severity, 'warning');
});
