import { payloadLeaves } from '#libs/chain/block-rules.ts';
import { digestBytes, type Epoch, toEpoch } from '#libs/chain/ids.ts';
import { inclusionProof } from '#libs/chain/merkle.ts';
import { encodeChange } from '#libs/membership/change.ts';
import type { Ballot } from '#libs/membership/counted-votes.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type {
  EpochTerms,
  GetHandoverRequest,
  GetHandoverResponse,
  GetMembershipResponse,
  GetValidatorsRequest,
  GetValidatorsResponse,
  MembershipBallot,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { MemberProgress as WireProgress } from '#libs/proto/btcfed/consensus/v1/participation.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import type { ClientPorts } from '../../core/ports.ts';
import { responseHeader, validatorsToApi } from '../wire/wire-api.ts';
import { ClientError } from './client-errors.ts';
import { notHeld } from './reads.ts';

/** @throws ClientError `CONSENSUS_EPOCH_UNKNOWN`. */
export function getValidators(ports: ClientPorts, { epoch }: GetValidatorsRequest): GetValidatorsResponse {
  const facts = factsOf(ports, epoch === undefined ? ports.status().epoch : toEpoch(epoch));
  return { header: responseHeader(ports), ...validatorsToApi(facts, ports.identity) };
}

export function getMembership(ports: ClientPorts): GetMembershipResponse {
  const { epoch, root, rules, terms, ballots, adopted } = ports.membership.current();
  return {
    header: responseHeader(ports),
    epoch,
    firstHeight: root.height + 1n,
    policy: {
      membersMin: rules.membersMin,
      membersMax: rules.membersMax,
      step: rules.step,
      growthMax: rules.growthMax,
      epochBlocksMin: rules.epochBlocksMin,
    },
    ballots: ballots.map(ballotToApi),
    adoptedDigest: adopted === undefined ? new Uint8Array() : digestBytes(adopted.digest),
    effectiveHeight: adopted === undefined ? 0n : adopted.lastHeight + 1n,
    terms: termsToApi(terms),
    progress: progressIn(ports),
  };
}

/** @throws ClientError `CONSENSUS_EPOCH_UNKNOWN`, `CONSENSUS_HISTORY_MISSING` or `CONSENSUS_HISTORY_DAMAGED`. */
export function getHandover(ports: ClientPorts, request: GetHandoverRequest): GetHandoverResponse {
  const { epoch, root } = factsOf(ports, toEpoch(request.epoch));
  if (epoch === 0n) throw unknownEpoch(epoch);
  const certified = ports.chain.certifiedBlock(root.height);
  const handover = certified?.block.transactions[0];
  if (certified === undefined || handover === undefined) throw notHeld(ports.chain, root.height);
  const { block, certificate } = certified;
  const leaves = payloadLeaves(block.transactions);
  return {
    header: responseHeader(ports),
    blockHeader: headerToWire(block.header),
    handover: handover.bytes,
    payloadProof: { leafIndex: 0n, treeSize: BigInt(leaves.length), path: [...inclusionProof(leaves, 0)] },
    commitCertificate: certificateToWire(certificate),
  };
}

function progressIn({ participation, chain, status }: ClientPorts): WireProgress[] {
  const { height } = chain.tip();
  const known = participation.progress({ height, target: status().targetHeight });
  return known.map(({ name, stage, isConnected, height: reportedHeight, behind, isFetching, agoMs }) => ({
    ...{ member: name, stage, connected: isConnected, reportedHeight, behind },
    ...{ fetching: isFetching, reportedMsAgo: agoMs },
  }));
}

function termsToApi({ protocol, parameters }: ProtocolTerms): EpochTerms {
  const all = Object.entries(parameters).sort(([one], [other]) => (one < other ? -1 : 1));
  return { protocol, parameters: all.map(([name, value]) => ({ name, value: BigInt(value) })) };
}

function factsOf(
  { membership }: ClientPorts,
  epoch: Epoch,
): Pick<Membership, 'epoch' | 'roster' | 'set' | 'root'> {
  const facts = membership.epoch(epoch);
  if (facts === undefined) throw unknownEpoch(epoch);
  return facts;
}

function ballotToApi({ change, digest, voters }: Ballot): MembershipBallot {
  const sorted = [...voters].sort(([a], [b]) => a - b);
  return {
    digest: digestBytes(digest),
    change: encodeChange(change),
    voters: sorted.map(([member]) => member),
    goodUntil: sorted.map(([, height]) => height),
  };
}

function unknownEpoch(epoch: Epoch): ClientError {
  return new ClientError(`epoch ${epoch} has not begun here, or no handover leads to it`, {
    code: 'CONSENSUS_EPOCH_UNKNOWN',
    epoch,
  });
}
