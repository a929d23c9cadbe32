import { type Height, toEpoch, toHeight } from '#libs/chain/ids.ts';
import type {
  ExplainHeightRequest,
  ExplainHeightResponse,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { MemberParticipation } from '#libs/proto/btcfed/consensus/v1/participation.ts';
import type { CertifiedBlock } from '#libs/protocol/certified-block.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { MissingSignature, SeenHeight } from '../../core/decided-height.ts';
import type { ClientPorts, MembershipReader } from '../../core/ports.ts';
import { responseHeader } from '../wire/wire-api.ts';
import { ClientError, invalidRequest } from './client-errors.ts';
import { notHeld } from './reads.ts';

/** A final height, with what is known of its signers. */
interface ExplainedHeight {
  readonly certified: CertifiedBlock;
  readonly set: ValidatorSet;
  /** Undefined where this process did not see it become final. */
  readonly seen: SeenHeight | undefined;
}

/**
 * The signers of a height, and why others are missing.
 * @throws ClientError `CONSENSUS_REQUEST_INVALID`, `CONSENSUS_BLOCK_NOT_FINAL`, `CONSENSUS_HISTORY_MISSING`, `CONSENSUS_HISTORY_DAMAGED`,
 * `CONSENSUS_SIGNERS_UNKNOWN` or `CONSENSUS_MEMBER_UNKNOWN`.
 */
export function explainHeight(ports: ClientPorts, request: ExplainHeightRequest): ExplainHeightResponse {
  const height = request.latest ? ports.chain.tip().height : toHeight(request.height);
  const explained = heightIn(ports, height);
  const { certified, set, seen } = explained;
  const { header } = certified.block;
  const signers = signersOf(explained);
  const proof = seen?.decided ?? {
    certifiedHeight: certified.certificate.height,
    view: certified.certificate.view,
  };
  return {
    ...{ header: responseHeader(ports), height, epoch: header.epoch },
    ...{ certifiedHeight: proof.certifiedHeight, view: proof.view, leader: leaderIn(explained) },
    signers: set.members.filter(({ index }) => signers.has(index)).map(({ name }) => name),
    members: namesIn(request, set, signers).map((name) => memberIn(ports, explained, name)),
    decidedUnixMs: seen === undefined ? undefined : BigInt(Math.round(seen.decided.timeMs)),
    countedVotes: seen?.decided.countsVotes ?? false,
  };
}

function heightIn(ports: ClientPorts, height: Height): ExplainedHeight {
  if (height === 0n) throw invalidRequest('height', 'is 0: nobody signs the genesis block');
  const { height: finalHeight } = ports.chain.tip();
  if (height > finalHeight) {
    throw new ClientError(`not final: the newest final height is ${finalHeight}`, {
      code: 'CONSENSUS_BLOCK_NOT_FINAL',
      finalHeight,
    });
  }
  const certified = ports.chain.certifiedBlock(height);
  if (certified === undefined) throw notHeld(ports.chain, height);
  const seen = ports.participation.seen(height);
  if (seen === undefined && certified.descendants.length > 0) throw signersUnknown(ports, height);
  const { set } = ports.membership.epoch(certified.block.header.epoch) ?? ports.membership.current();
  return { certified, set, seen };
}

function signersOf({ certified, seen }: ExplainedHeight): ReadonlySet<number> {
  return new Set(seen?.decided.signers ?? certified.certificate.signatures.map(({ member }) => member));
}

/** The proposer of a block leads the view that it was first proposed in. */
function leaderIn({ certified: { block, certificate }, set, seen }: ExplainedHeight): string {
  const { header, digest } = block;
  const isFirst = certificate.digest === digest && certificate.view === header.view;
  const leader = seen?.decided.leader ?? (isFirst ? header.proposer : undefined);
  return leader === undefined ? '' : (set.members[leader]?.name ?? '');
}

function namesIn(
  { member }: ExplainHeightRequest,
  set: ValidatorSet,
  signers: ReadonlySet<number>,
): readonly string[] {
  if (member !== '') return [member];
  return set.members.filter(({ index }) => !signers.has(index)).map(({ name }) => name);
}

function memberIn(ports: ClientPorts, explained: ExplainedHeight, name: string): MemberParticipation {
  const { set, seen } = explained;
  const index = set.members.find((each) => each.name === name)?.index;
  if (index !== undefined && signersOf(explained).has(index))
    return { member: name, signed: true, cause: '', evidence: [] };
  const absence =
    index === undefined
      ? strangerIn(ports, explained, name)
      : (seen?.absence(index) ?? unseen(ports, explained, index));
  const { cause, evidence, lateMs, sinceMs, reportedHeight } = absence;
  const since = sinceMs === undefined ? undefined : BigInt(sinceMs);
  return {
    ...{ member: name, signed: false, cause, evidence: [...evidence], lateMs },
    ...{ sinceUnixMs: since, reportedHeight },
  };
}

/** A name that the epoch of the height did not know. */
function strangerIn(ports: ClientPorts, { set, seen }: ExplainedHeight, name: string): MissingSignature {
  const members = set.members.map((each) => each.name);
  const known = `the members of epoch ${set.epoch} were ${members.join(', ')}`;
  if (seen?.decided.suspended.includes(name) === true) return { cause: 'suspended', evidence: [known] };
  if (isOfAnyEpoch(ports.membership, name)) return { cause: 'not-a-member-then', evidence: [known] };
  throw new ClientError(`no epoch that is known here has a member "${name}": ${known}`, {
    code: 'CONSENSUS_MEMBER_UNKNOWN',
  });
}

function isOfAnyEpoch(membership: MembershipReader, name: string): boolean {
  for (let epoch = membership.current().epoch; epoch >= 0n; epoch = toEpoch(epoch - 1n)) {
    if (membership.epoch(epoch)?.set.members.some((each) => each.name === name) === true) return true;
    if (epoch === 0n) return false;
  }
  return false;
}

/** A height that this process did not see become final: of it only the disk tells. */
function unseen(
  { participation }: ClientPorts,
  { set }: ExplainedHeight,
  index: ExplainedHeight['set']['members'][number]['index'],
): MissingSignature {
  const why = `who said what is remembered ${rememberedText(participation.lowest)}; this height became final before`;
  if (!participation.isAccused(index, set.epoch)) return { cause: 'unknown', evidence: [why] };
  return { cause: 'faulty-evidence', evidence: ['evidence against it is stored here', why] };
}

function rememberedText(lowest: Height | undefined): string {
  return lowest === undefined ? 'from the next height on' : `from height ${lowest} on`;
}

function signersUnknown({ participation }: ClientPorts, height: Height): ClientError {
  return new ClientError(
    `block ${height} has no certificate of its own here: members keep those of the newest 100 heights, of each 100th and of the last block of ` +
      `an epoch, and this process remembers who signed ${rememberedText(participation.lowest)}`,
    { code: 'CONSENSUS_SIGNERS_UNKNOWN' },
  );
}
