import { isQuorumReached, type QuorumReach, reachText } from '#libs/membership/quorum-reach.ts';
import {
  type GetStatusResponse,
  ReplicaMode,
  type QuorumReach as WireQuorumReach,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { memberName } from '../core/member-home.ts';
import type { StatusLineFacts } from '../core/status-line.ts';

/** The part of an answer that the status line shows. `members` counts the federation, this member included. */
export function statusFactsOf(answer: GetStatusResponse, members: number): StatusLineFacts {
  const { header } = answer;
  return {
    name: header?.member ?? '',
    height: header?.finalHeight ?? 0n,
    view: header?.view ?? 0n,
    leader: memberName(answer.leader),
    connectedPeers: answer.connectedPeers,
    peers: members - 1,
    lastCommitMs: answer.lastCommitMs,
    mempoolTransactions: answer.mempoolTransactions,
    mode: modeText(answer),
  };
}

/** The activity in words, with the height that the member catches up to or the reason why it stands still. */
export function modeText(status: GetStatusResponse): string {
  const { mode, haltReason, header, targetHeight, catchUpRemainingS, snapshot } = status;
  if (mode === ReplicaMode.HALTED) return `halted: ${haltReason}`;
  if (status.draining) return 'draining: takes no new transactions, and is to be taken down';
  if (mode !== ReplicaMode.CATCHING_UP) return `${activityText(status)}${historyText(status)}`;
  const left = leftText(catchUpRemainingS);
  if (snapshot !== undefined) {
    return `taking a snapshot of height ${targetHeight}, part ${snapshot.chunks}/${snapshot.chunksTotal}${left}`;
  }
  return `catching up ${header?.finalHeight ?? 0n}/${targetHeight}${left}`;
}

/** Whether enough members are reachable to decide; true for a member of a version that does not tell. */
export function reachesQuorum({ quorum }: GetStatusResponse): boolean {
  return quorum === undefined || isQuorumReached(reachOf(quorum));
}

/** The reach of the member in a sentence; undefined for a member of a version that does not tell. */
export function quorumText({ quorum }: GetStatusResponse): string | undefined {
  return quorum && reachText(reachOf(quorum));
}

function reachOf({ needed, ...reach }: WireQuorumReach): QuorumReach {
  return { ...reach, needed };
}

/** A guest, and a member whose signer signs nothing, follow the chain and do not vote. */
function activityText(status: GetStatusResponse): string {
  const { guest, signerFault, header } = status;
  if (guest) return `guest, up to date at height ${header?.finalHeight ?? 0n}`;
  if (signerFault !== '') return `follows without votes: ${signerFault}`;
  return reachesQuorum(status) ? 'active' : `no quorum: ${quorumText(status)}`;
}

function historyText({ missingHistory }: GetStatusResponse): string {
  if (missingHistory === undefined) return '';
  const { fromHeight, toHeight, remainingS } = missingHistory;
  return `, fetching blocks ${fromHeight} to ${toHeight}${leftText(remainingS)}`;
}

function leftText(seconds: number | undefined): string {
  return seconds === undefined ? '' : `, ${seconds} s left`;
}
