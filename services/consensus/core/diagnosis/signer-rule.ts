import { finding } from '#libs/diagnosis/finding.ts';
import type { SignerFault } from '../signer-fault.ts';
import type { DiagnosisRule } from './diagnosis-rule.ts';

const SUMMARIES: Readonly<Record<SignerFault['kind'], string>> = {
  locked: 'The key of the signer is locked, so this member follows without votes.',
  silent: 'The signer does not answer, so this member follows without votes.',
  outdated: 'The signer is older than consensus and cannot sign for it.',
};

/** A signer that signs nothing at the moment. */
export const signerRule: DiagnosisRule = ({ member, signer }) => {
  if (signer === undefined) return undefined;
  const { kind, reason } = signer;
  return finding(`signer-${kind}`, { summary: SUMMARIES[kind], evidence: [reason], members: [member] });
};
