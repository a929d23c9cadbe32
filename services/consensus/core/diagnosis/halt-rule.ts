import type { DiagnosisCode } from '#libs/diagnosis/codes.ts';
import { finding } from '#libs/diagnosis/finding.ts';
import type { HaltCause } from '#libs/engine/ports/halt-cause.ts';
import type { DiagnosisRule } from './diagnosis-rule.ts';

interface HaltWords {
  readonly code: DiagnosisCode;
  readonly summary: string;
}

const WORDS: Readonly<Record<HaltCause, HaltWords>> = {
  store: {
    code: 'store-damaged',
    summary: 'The file chain.db of this member is damaged, so it signs nothing.',
  },
  record: {
    code: 'record-lost',
    summary: 'The safety record of this member is missing, damaged or old, so it signs nothing.',
  },
  fork: {
    code: 'chain-forked',
    summary: 'A certificate contradicts a final block of this member: more members lied than may.',
  },
  divergence: {
    code: 'chain-diverged',
    summary: 'The others decided a block that is not valid here: the members do not compute alike.',
  },
  'foreign-use': {
    code: 'key-used-elsewhere',
    summary: 'The key of this member signed what its record does not know, so it signs nothing.',
  },
  liars: {
    code: 'too-many-liars',
    summary: 'Evidence names more members than may lie, so this member signs nothing.',
  },
  quarantine: {
    code: 'signer-quarantined',
    summary: 'The key of this member is in quarantine and signs nothing.',
  },
  retirement: {
    code: 'signer-retired',
    summary: 'The key of this signer is retired and signs nothing more.',
  },
  mismatch: {
    code: 'signer-mismatched',
    summary: 'The signer is of another chain or key than this member.',
  },
  takeover: {
    code: 'signer-taken-over',
    summary: 'The signer signs for another consensus process now: two run with one key.',
  },
  application: {
    code: 'application-failed',
    summary: 'A final block could not be executed here, so this member signs nothing.',
  },
  height: {
    code: 'halted-at-height',
    summary: 'This member has stopped behind the height that its operator named, and signs nothing above it.',
  },
  other: { code: 'halted', summary: 'This member is halted and signs nothing.' },
};

/** A halt, by its cause; the reason has the remedy. */
export const haltRule: DiagnosisRule = ({ member, halt }) => {
  if (halt === undefined) return undefined;
  const { code, ...words } = WORDS[halt.cause];
  return finding(code, { ...words, evidence: [halt.reason], members: [member] });
};
