import type { BlockHeader } from '#libs/chain/block.ts';
import { type Digest, digestBytes, type Epoch, toEpoch } from '#libs/chain/ids.ts';
import type { InclusionPath } from '#libs/chain/inclusion-path.ts';
import { leafHash, verifyInclusion } from '#libs/chain/merkle.ts';
import { changeDigest, decodeChange, type MembershipChange } from '#libs/membership/change.ts';
import { decodeHandover, type Handover } from '#libs/membership/handover.ts';
import { keysFault } from '#libs/membership/key-rules.ts';
import type { MembershipPolicy } from '#libs/membership/policy.ts';
import { setOfRoster } from '#libs/membership/roster.ts';
import { PROTOCOL_VERSION, sectionsFault } from '#libs/membership/terms-rules.ts';
import type {
  GetHandoverResponse,
  GetMembershipResponse,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { digestFromWire, headerFromWire } from '#libs/wire/block.ts';
import { certificateFromWire } from '#libs/wire/certificate.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { demand, present } from '#libs/wire/refusal.ts';
import { pathFrom, reading } from './answers.ts';
import type { ClientProgress } from './participation.ts';
import { termsFrom } from './terms.ts';
import { type Trust, type Verdict, verifyBlock } from './verify-block.ts';

/** A change that members voted for, as a member tells it. */
export interface ClientBallot {
  readonly digest: Digest;
  readonly change: MembershipChange;
  /** Indices in the set of the epoch. */
  readonly voters: readonly number[];
  /** For each voter, the height of the last block that counts its vote. */
  readonly goodUntil: readonly bigint[];
}

/** The membership after the newest final block, as a member tells it. */
export interface ClientMembership {
  /** Epoch and first height that the next vote must name. */
  readonly epoch: Epoch;
  readonly firstHeight: bigint;
  readonly policy: MembershipPolicy;
  readonly ballots: readonly ClientBallot[];
  /** The protocol of the epoch, and its numbers. Undefined from a member that is too old to say them. */
  readonly terms: ProtocolTerms | undefined;
  /** The change that a quorum voted for, and the first height that the new members decide. */
  readonly adopted: { readonly digest: Digest; readonly effectiveHeight: bigint } | undefined;
  /** How far members and candidates are; empty from a member that is too old to say it. */
  readonly progress: readonly ClientProgress[];
}

/** The last block of an epoch, as a member tells it: believed once `trustAfter` says so. */
export interface ClientHandover {
  readonly header: BlockHeader;
  readonly certificate: QuorumCertificate;
  readonly handover: Uint8Array;
  readonly payloadProof: InclusionPath;
}

/** Handovers that a stranger follows at most: one for each change that there ever was. */
const HANDOVERS_MAX = 100_000n;

/** @throws FederationClientError `CLIENT_ANSWER_INVALID`, as does the next. */
export function membershipFrom(answer: GetMembershipResponse): ClientMembership {
  return reading('membership', () => {
    const policy = present(answer.policy, 'policy');
    const ballots = answer.ballots.map(({ digest, change, voters, goodUntil }) => {
      const read = decodeChange(change);
      demand(read !== undefined && changeDigest(read) === digestFromWire(digest, 'digest'), 'not a change');
      demand(goodUntil.length === voters.length, 'not a height for each vote');
      return { digest: digestFromWire(digest, 'digest'), change: present(read, 'change'), voters, goodUntil };
    });
    const { adoptedDigest, effectiveHeight } = answer;
    const adopted =
      adoptedDigest.length === 0
        ? undefined
        : { digest: digestFromWire(adoptedDigest, 'adopted_digest'), effectiveHeight };
    const [epoch, terms] = [toEpoch(answer.epoch), answer.terms && termsFrom(answer.terms)];
    return {
      epoch,
      firstHeight: answer.firstHeight,
      policy,
      terms,
      ballots,
      adopted,
      progress: answer.progress,
    };
  });
}

export function handoverFrom(answer: GetHandoverResponse): ClientHandover {
  return reading('handover', () => ({
    header: headerFromWire(present(answer.blockHeader, 'block_header'), WIRE_LIMITS),
    certificate: certificateFromWire(answer.commitCertificate, WIRE_LIMITS),
    handover: answer.handover,
    payloadProof: pathFrom(answer.payloadProof),
  }));
}

/** The members to believe in the next epoch, or the fault of the proof: the old members signed the new ones. */
export async function trustAfter(
  trust: Trust,
  { header, certificate, handover, payloadProof }: ClientHandover,
): Promise<{ readonly ok: true; readonly trust: Trust } | (Verdict & { readonly ok: false })> {
  const epoch = toEpoch(trust.validators.epoch + 1n);
  const read = decodeHandover(handover);
  const isOurs = read !== undefined && read.chain === trust.chainDigest && read.epoch === epoch;
  if (!isOurs || read.roster.length === 0) return { ok: false, fault: 'no handover to the next epoch' };
  const votes = votesAfter(trust, read);
  if (typeof votes === 'string') return { ok: false, fault: votes };
  const isFirst = payloadProof.index === 0n && payloadProof.size === BigInt(header.transactionCount);
  const claim = { ...payloadProof, root: digestBytes(header.payloadRoot), leafHash: leafHash(handover) };
  if (!isFirst || !verifyInclusion(claim))
    return { ok: false, fault: 'the handover is not the first transaction of its block' };
  const verdict = await verifyBlock({ header, certificate, descendants: [] }, trust);
  const validators = setOfRoster(epoch, read.roster);
  return verdict.ok ? { ok: true, trust: { ...trust, votes, validators } } : verdict;
}

/** The votes after a handover, or why this client cannot judge finality under it. Numbers and audit keys bind members alone. */
function votesAfter({ votes, votesOf }: Trust, { roster, terms }: Handover): VoteTable | string {
  const keys = keysFault(roster);
  if (keys !== undefined || terms === undefined) return keys ?? votes;
  const { protocol } = terms;
  const next = protocol ? votesOf(protocol.id) : votes;
  if (next === undefined)
    return `a handover to the protocol ${JSON.stringify(protocol?.id)}, which this version does not have`;
  if (protocol !== undefined && protocol.version !== PROTOCOL_VERSION)
    return `a handover to version ${protocol.version} of ${protocol.id}; this version has version ${PROTOCOL_VERSION}`;
  return sectionsFault(terms) ?? next;
}

/** Follows the members from the trusted ones to those of an epoch, handover by handover. */
export async function trustAt(
  start: Trust,
  epoch: bigint,
  handoverTo: (epoch: Epoch) => Promise<ClientHandover>,
): Promise<{ readonly ok: true; readonly trust: Trust } | (Verdict & { readonly ok: false })> {
  if (epoch - start.validators.epoch > HANDOVERS_MAX) return { ok: false, fault: 'too many handovers' };
  let trust = start;
  while (trust.validators.epoch < epoch) {
    const next = await trustAfter(trust, await handoverTo(toEpoch(trust.validators.epoch + 1n)));
    if (!next.ok) return next;
    trust = next.trust;
  }
  return { ok: true, trust };
}
