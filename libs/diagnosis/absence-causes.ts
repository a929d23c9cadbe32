/** Why a member is not among the signers of a decision, as far as evidence shows it. services/cli/README.md explains each. */
export const ABSENCE_CAUSES = {
  'not-a-member-then': 'it was no member when that height was decided',
  suspended: 'the members had voted it out because it was away',
  'late-vote': 'its vote came after the quorum',
  'not-counted': 'its vote was there, and others were counted',
  'late-proposal': 'the proposal did not come here before the decision',
  'signer-refused': 'its signer refused to sign',
  'signer-locked': 'the key of its signer was locked',
  'signer-slow': 'its signer did not answer before the decision',
  'link-down': 'there was no connection to it',
  behind: 'it was behind, and lacked blocks below that height',
  'faulty-evidence': 'stored evidence proves that it contradicted itself in that epoch',
  unknown: 'nothing that this member holds tells why',
} as const;

export type AbsenceCause = keyof typeof ABSENCE_CAUSES;

export function isAbsenceCause(code: string): code is AbsenceCause {
  return Object.hasOwn(ABSENCE_CAUSES, code);
}
