import type { MissingSignature } from '../decided-height.ts';
import { type MissingSigner, msText, unknown } from './explanation.ts';
import type { HeardStatement, OwnStep } from './height-record.ts';
import { linkAbsence } from './link-absence.ts';

/** Why this member itself did not sign, from its own records. */
export function ownAbsence(absent: MissingSigner): MissingSignature {
  const { decided, decides } = absent;
  if (!decided.isLive)
    return {
      cause: 'behind',
      evidence: [
        `this member was not in view ${decided.view}, which decided, when it learned the decision from others`,
      ],
    };
  const steps = [...absent.record.own.values()].filter(({ view }) => view === decided.view);
  const late = steps.find((step) => signerFaultOf(step, absent) !== undefined);
  const fault = late && signerFaultOf(late, absent);
  if (fault !== undefined) return fault;
  const vote = steps.find(({ kind }) => kind === decides);
  if (vote !== undefined) return signedInTime(vote, absent);
  const { signerFault } = decided;
  if (signerFault?.kind === 'locked') return { cause: 'signer-locked', evidence: [signerFault.reason] };
  return unasked(steps, absent);
}

/** The failure of the signer to sign in time; undefined where it signed before the decision. */
function signerFaultOf(
  { kind, askedMs, answeredMs, refusal }: OwnStep,
  { decided }: MissingSigner,
): MissingSignature | undefined {
  const asked = `its signer was asked for the ${kind} of view ${decided.view} ${msText(decided.atMs - askedMs)} before the decision`;
  if (refusal !== undefined)
    return { cause: 'signer-refused', evidence: [asked, `the signer refused: ${refusal}`] };
  if (answeredMs !== undefined && answeredMs <= decided.atMs) return undefined;
  const { signerFault } = decided;
  if (signerFault?.kind === 'locked')
    return { cause: 'signer-locked', evidence: [asked, signerFault.reason] };
  if (answeredMs === undefined)
    return {
      cause: 'signer-slow',
      evidence: [asked, signerFault?.reason ?? 'the signer has not answered since'],
    };
  const lateMs = answeredMs - decided.atMs;
  const took = `the signer took ${msText(answeredMs - askedMs)}, and answered ${msText(lateMs)} after the decision`;
  return { cause: 'signer-slow', evidence: [asked, took], lateMs };
}

function signedInTime(vote: OwnStep, absent: MissingSigner): MissingSignature {
  const { decided, leaderName } = absent;
  const before = msText(decided.atMs - (vote.answeredMs ?? decided.atMs));
  const signed = `its ${vote.kind} vote was signed ${before} before the decision`;
  const isToLeader = !decided.countsVotes;
  const link = isToLeader ? linkAbsence(absent, decided.leader, leaderName) : undefined;
  if (link !== undefined) return { ...link, evidence: [signed, ...link.evidence] };
  const counter = isToLeader ? (leaderName ?? 'the leader') : 'this member';
  return {
    cause: 'not-counted',
    evidence: [signed, `${counter} had the votes of a quorum without it, or got it later`],
  };
}

/** The vote that decides was never asked for. */
function unasked(
  steps: readonly OwnStep[],
  { record, decided, leaderName, index }: MissingSigner,
): MissingSignature {
  const done = steps.map(
    ({ kind, answeredMs }) =>
      `its ${kind} was signed ${msText(decided.atMs - (answeredMs ?? decided.atMs))} before the decision`,
  );
  if (decided.leader === undefined || decided.leader === index)
    return unknown(...done, 'its signer was asked for no vote of the last step before the decision');
  const proposal = ofView(record.proposals[decided.leader], decided.view);
  const leader = leaderName ?? 'the leader';
  if (proposal === undefined)
    return {
      cause: 'late-proposal',
      evidence: [`no proposal of ${leader} for view ${decided.view} came here`],
    };
  const lateMs = proposal.atMs - decided.atMs;
  if (lateMs > 0)
    return {
      cause: 'late-proposal',
      evidence: [`the proposal of ${leader} came ${msText(lateMs)} after the decision`],
      lateMs,
    };
  return unknown(
    `the proposal of ${leader} came ${msText(-lateMs)} before the decision`,
    ...done,
    'its signer was asked for no vote of the last step before the decision: what that vote rests on was not complete here, or it waited for a block',
  );
}

function ofView(said: HeardStatement | undefined, view: bigint): HeardStatement | undefined {
  return said?.view === view ? said : undefined;
}
