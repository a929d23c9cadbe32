import type { EvidenceKind } from '#libs/protocol/evidence.ts';
import type { Fault, RefusalCause } from '#libs/protocol/module.ts';
import { ChainError } from './chain-errors.ts';

/**
 * The codes that operators search their logs for (test/requirements/texts.md 5.5); the README explains each one and
 * gives advice.
 */
export const OPERATOR_CODES = [
  'EQUIVOCATION',
  'FORGED_QC',
  'INVALID_QC_STAKE',
  'QC_DUPLICATION',
  'CONFLICTING_PROPOSALS',
  'FORK_DETECTED',
  'BYZANTINE_FORK',
  'NATURAL_FORK',
  'INVALID_BLOCK',
  'TIMEOUT_SPAM',
  'PHANTOM_VOTE',
  'PREMATURE_VOTE',
  'STALE_EVIDENCE_REJECTED',
  'EVIDENCE_RATE_LIMITED',
  'FALSE_EVIDENCE_ATTEMPT',
  'EVIDENCE_CONFIRMED',
  'EVIDENCE_UNCONFIRMED',
  'OVERSIZED_PROPOSAL',
  'OVERSIZED_BLOCK_COMPONENT',
  'OVERSIZED_QC_COMPONENT',
  'INVALID_PROPOSAL_STRUCTURE',
  'PROPOSAL_FLOOD_EQUIVOCATION',
  'PROPOSAL_FLOOD_DOS',
  'BANDWIDTH_THROTTLE',
  'BANDWIDTH_VIOLATION',
  'MEMORY_PRESSURE_DROP',
  'DOS_ATTACKER_BLOCKED',
] as const;

export type OperatorCode = (typeof OPERATOR_CODES)[number];

/** Faults of a member that the service finds itself, beside the protocol's. */
export type MemberFault =
  | Fault
  | 'commit certificate with a bad signature'
  | 'too many reports of views that are over'
  | 'evidence of a position long over'
  | 'more evidence than is verified in a second'
  | 'more evidence against a member than is kept'
  | 'more than its share of a second'
  | 'more asked for than is sent to a member'
  | 'nothing of it is read for a while'
  | 'invalid block'
  | 'too many proposals of one view'
  | 'proposal against the lock';

const CODE_OF_FAULT: Readonly<Record<MemberFault, OperatorCode | undefined>> = {
  'certificate with a false signature': 'FORGED_QC',
  'commit certificate with a bad signature': 'FORGED_QC',
  'at the position of the root or below, without being it': 'FORGED_QC',
  'certificate of another instance than that of its block': 'FORGED_QC',
  'certificate of a view before the first': 'FORGED_QC',
  'unknown signer': 'FORGED_QC',
  'signature by another key than its kind takes': 'FORGED_QC',
  'certificate of an unknown kind': 'FORGED_QC',
  'certificate of a kind that gives no view up': 'FORGED_QC',
  'leave certificate of an instance that is over': 'FORGED_QC',
  'share without the one report of its instance': 'FORGED_QC',
  'high certificate of another phase': 'FORGED_QC',
  'high certificate is not the highest reported': 'FORGED_QC',
  'high certificate was not reported': 'FORGED_QC',
  'signers below quorum': 'INVALID_QC_STAKE',
  'signers repeated or out of order': 'QC_DUPLICATION',
  'proposal against the lock': 'FORK_DETECTED',
  'invalid block': 'INVALID_BLOCK',
  'proposal with a false signature': 'INVALID_BLOCK',
  'digest of another header': 'INVALID_BLOCK',
  'block of another epoch': 'INVALID_BLOCK',
  'block that does not extend its justification': 'INVALID_BLOCK',
  'too many reports of views that are over': 'TIMEOUT_SPAM',
  'vote for a block that was not proposed': 'PHANTOM_VOTE',
  'vote before its time': 'PREMATURE_VOTE',
  'evidence of a position long over': 'STALE_EVIDENCE_REJECTED',
  'more evidence than is verified in a second': 'EVIDENCE_RATE_LIMITED',
  'more evidence against a member than is kept': 'EVIDENCE_RATE_LIMITED',
  'proposal too large': 'OVERSIZED_PROPOSAL',
  'block too large': 'OVERSIZED_BLOCK_COMPONENT',
  'certificate too large': 'OVERSIZED_QC_COMPONENT',
  'proposal that cannot be read': 'INVALID_PROPOSAL_STRUCTURE',
  'justification of another phase, or not of an earlier view': 'INVALID_PROPOSAL_STRUCTURE',
  'timeout certificate of another view than the one before': 'INVALID_PROPOSAL_STRUCTURE',
  'justification below the highest one reported': 'INVALID_PROPOSAL_STRUCTURE',
  'too many proposals of one view': 'PROPOSAL_FLOOD_DOS',
  'more than its share of a second': 'BANDWIDTH_THROTTLE',
  'more asked for than is sent to a member': 'BANDWIDTH_THROTTLE',
  'too many messages wait to be verified': 'MEMORY_PRESSURE_DROP',
  'nothing of it is read for a while': 'DOS_ATTACKER_BLOCKED',
  // Reports of a shape that no rule has a code for.
  'certificate of another phase': undefined,
  'certificate newer than its report': undefined,
  'timeout certificate newer than its report': undefined,
};

const CODE_OF_CAUSE: Readonly<Partial<Record<RefusalCause, OperatorCode>>> = {
  equivocation: 'PROPOSAL_FLOOD_EQUIVOCATION',
  'false-evidence': 'FALSE_EVIDENCE_ATTEMPT',
};

const CODE_OF_EVIDENCE: Readonly<Record<EvidenceKind, OperatorCode>> = {
  'double-proposal': 'CONFLICTING_PROPOSALS',
  'double-vote': 'EQUIVOCATION',
  'contradicting-timeouts': 'EQUIVOCATION',
  'understated-timeout': 'EQUIVOCATION',
};

/** The code of a refused message; undefined where no code names the refusal. */
export function codeOfRefusal(cause: RefusalCause, fault: MemberFault | undefined): OperatorCode | undefined {
  return (fault && CODE_OF_FAULT[fault]) ?? CODE_OF_CAUSE[cause];
}

/** The code of an observation about a member. */
export function codeOfFault(fault: MemberFault): OperatorCode | undefined {
  return CODE_OF_FAULT[fault];
}

/** The code for a member that gave false blocks, where there is one. */
export function memberFaultOf(fault: string): MemberFault | undefined {
  return isMemberFault(fault) ? fault : undefined;
}

function isMemberFault(fault: string): fault is MemberFault {
  return Object.hasOwn(CODE_OF_FAULT, fault);
}

/** The code of the reason that stopped a member for good. */
export function codeOfHalt(error: unknown): OperatorCode | undefined {
  return error instanceof ChainError && error.detail.code === 'CHAIN_FORK' ? 'BYZANTINE_FORK' : undefined;
}

/** The code of a contradiction whose signatures hold. */
export function codeOfEvidence(kind: EvidenceKind): OperatorCode {
  return CODE_OF_EVIDENCE[kind];
}
