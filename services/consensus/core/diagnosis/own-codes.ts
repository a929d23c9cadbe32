import { DIAGNOSES, type DiagnosisCode, isDiagnosisCode } from '#libs/diagnosis/codes.ts';

/** Codes of faults that only somebody beside consensus sees: `btcfed diagnose` tells them, and `Diagnose` never does. */
export const ONLY_FROM_OUTSIDE: ReadonlySet<DiagnosisCode> = new Set([
  'settings-refused',
  'nothing-runs',
  'certificate-expired',
  'disk-full',
  'signer-faulty',
  'consensus-silent',
  'consensus-outdated',
  'config-silent',
  'certificate-near-end',
  'disk-low',
  'no-chain',
]);

/** All codes that a member tells of itself, the worst first. */
export const OWN_CODES: readonly DiagnosisCode[] = Object.keys(DIAGNOSES)
  .filter(isDiagnosisCode)
  .filter((code) => !ONLY_FROM_OUTSIDE.has(code));
