import type { NodeStatus } from '#libs/engine/node-ports.ts';
import { placeIn } from '#libs/protocol/validator-set.ts';
import type { MemberStatus } from './core/ports.ts';
import type { MemberParts } from './member-parts.ts';

/** The status that a member reports. */
export function memberStatus(
  { chain, gateway, monitor, signerFault, audit }: MemberParts,
  { protocol, catchUp, viewTimeoutMs, lastCommitMs, waiting }: NodeStatus,
): MemberStatus {
  const { position, leader, phase, timedOutViews } = protocol;
  const { view } = position;
  const finalHeight = chain.store.tip().header.height;
  const targetHeight = catchUp.targetHeight ?? finalHeight;
  const activity = targetHeight > finalHeight + 1n ? 'catching-up' : 'active';
  return {
    mode: monitor.haltReason === '' ? activity : 'halted',
    haltReason: monitor.haltReason,
    signerFault: signerFault(),
    member: placeIn(chain.book.current.set, chain.name),
    epoch: chain.book.current.epoch,
    view,
    leader,
    phase,
    connectedPeers: gateway.connected().length,
    mempoolTransactions: waiting,
    lastCommitMs,
    timedOutViews,
    viewTimeoutMs,
    targetHeight,
    catchUpRemainingMs: catchUp.remainingMs,
    snapshot: catchUp.snapshot,
    historyRemainingMs: catchUp.historyRemainingMs,
    refusedMessages: monitor.refusedMessages,
    auditHeads: audit?.seen ?? new Map(),
  };
}
