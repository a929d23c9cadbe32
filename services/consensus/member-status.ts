import type { Epochs } from '#libs/engine/epochs.ts';
import type { Mempool } from '#libs/engine/transactions/mempool.ts';
import { placeIn } from './adapters/load-chain.ts';
import type { MemberParts } from './member-parts.ts';
import type { MemberStatus } from './ports.ts';

interface Running {
  readonly epochs: Epochs;
  readonly mempool: Pick<Mempool, 'size'>;
}

/** What a member tells of itself. */
export function memberStatus(
  { chain, gateway, monitor, signerFault, audit }: MemberParts,
  { epochs, mempool }: Running,
): MemberStatus {
  const { view, leader, phase, timedOutViews } = epochs.protocol();
  const finalHeight = chain.store.tip().header.height;
  const catchUp = epochs.catchUp();
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
    mempoolTransactions: mempool.size,
    lastCommitMs: epochs.lastCommitMs,
    timedOutViews,
    viewTimeoutMs: epochs.viewTimeoutMs,
    targetHeight,
    catchUpRemainingMs: catchUp.remainingMs,
    snapshot: catchUp.snapshot,
    historyRemainingMs: catchUp.historyRemainingMs,
    refusedMessages: monitor.refusedMessages,
    auditHeads: audit?.seen ?? new Map(),
  };
}
