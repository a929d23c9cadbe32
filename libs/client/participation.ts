import { ABSENCE_CAUSES, type AbsenceCause, isAbsenceCause } from '#libs/diagnosis/absence-causes.ts';
import type { ExplainHeightResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { MemberParticipation } from '#libs/proto/btcfed/consensus/v1/participation.ts';

/** How far a member or a candidate is, as a member tells it. */
export interface ClientProgress {
  readonly member: string;
  /** member, candidate, catching-up, suspended, unreachable, or a word of a newer version. */
  readonly stage: string;
  readonly connected: boolean;
  readonly reportedHeight?: bigint | undefined;
  readonly behind?: bigint | undefined;
  readonly fetching: boolean;
  readonly reportedMsAgo?: number | undefined;
}

/** Whether a member signed, and why not. */
export interface ClientParticipation {
  readonly member: string;
  readonly signed: boolean;
  /** Undefined where it signed. A cause that this version does not know is `unknown`, with its evidence. */
  readonly cause: AbsenceCause | undefined;
  /** The cause in words; undefined where it signed. */
  readonly summary: string | undefined;
  readonly evidence: readonly string[];
  readonly lateMs: number | undefined;
  readonly sinceUnixMs: bigint | undefined;
  readonly reportedHeight: bigint | undefined;
}

/** The signers of a final height, as one member tells them. */
export interface ClientExplanation {
  /** Name of the member that answered. */
  readonly answeredBy: string;
  readonly chainId: string;
  readonly height: bigint;
  readonly epoch: bigint;
  /** Height of the block that the certificate is of. */
  readonly certifiedHeight: bigint;
  readonly view: bigint;
  /** Undefined where the member does not know. */
  readonly leader: string | undefined;
  readonly signers: readonly string[];
  readonly members: readonly ClientParticipation[];
  /** Undefined where the process that answered did not see it become final. */
  readonly decidedUnixMs: bigint | undefined;
  readonly countedVotes: boolean;
}

export function explanationFrom({
  header,
  leader,
  members,
  ...told
}: ExplainHeightResponse): ClientExplanation {
  const { member: answeredBy = '', chainId = '' } = header ?? {};
  const { height, epoch, certifiedHeight, view, signers, decidedUnixMs, countedVotes } = told;
  return {
    ...{ answeredBy, chainId, height, epoch, certifiedHeight, view },
    leader: leader === '' ? undefined : leader,
    ...{ signers, members: members.map(participationFrom), decidedUnixMs, countedVotes },
  };
}

function participationFrom({ cause, ...told }: MemberParticipation): ClientParticipation {
  const { member, signed, evidence, lateMs, sinceUnixMs, reportedHeight } = told;
  const known = isAbsenceCause(cause) ? cause : 'unknown';
  const facts = known === cause || signed ? evidence : [`cause ${cause}`, ...evidence];
  return {
    ...{ member, signed, cause: signed ? undefined : known, evidence: facts },
    summary: signed ? undefined : ABSENCE_CAUSES[known],
    ...{ lateMs, sinceUnixMs, reportedHeight },
  };
}
