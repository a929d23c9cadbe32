import type { Height } from '#libs/chain/ids.ts';
import type { NodeStatus } from '#libs/engine/node-ports.ts';
import { quorumReach } from '#libs/membership/quorum-reach.ts';
import { placeIn } from '#libs/protocol/validator-set.ts';
import { stoppedAt } from './core/halt-words.ts';
import type { MemberStatus } from './core/ports.ts';
import type { MemberParts } from './member-parts.ts';

/** The status that a member reports. */
export function memberStatus(
  parts: MemberParts,
  { protocol, height, catchUp, viewTimeoutMs, lastCommitMs, waiting }: NodeStatus,
): MemberStatus {
  const { position, leader, phase, timedOutViews, votePath, tally } = protocol;
  const { chain, gateway, signerFault, audit, monitor } = parts;
  const { view } = position;
  const finalHeight = chain.store.tip().header.height;
  const targetHeight = catchUp.targetHeight ?? finalHeight;
  const { set, epoch } = chain.book.current;
  const member = placeIn(set, chain.name);
  const connected = gateway.connected();
  const { haltReason, halt } = haltOf(parts, finalHeight);
  const activity = targetHeight > finalHeight + 1n ? 'catching-up' : 'active';
  return {
    mode: haltReason === '' ? activity : 'halted',
    ...{ haltReason, halt },
    isDraining: parts.intake?.isOpen === false,
    signerFault: signerFault(),
    member,
    epoch,
    ...{ height, view, leader, phase },
    ...{ votePath, tally },
    connectedPeers: connected.length,
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
    // Every answer of the client API asks for a status, and few of them for this.
    get quorum() {
      return quorumReach(set, connected, member);
    },
  };
}

/** A halt that the member did not choose is the one to tell of. */
function haltOf(
  { monitor, haltHeight }: Pick<MemberParts, 'monitor' | 'haltHeight'>,
  finalHeight: Height,
): Pick<MemberStatus, 'haltReason' | 'halt'> {
  const { height } = haltHeight;
  const isReached = haltHeight.isReached(finalHeight) && monitor.haltReason === '';
  const halt = height === undefined ? undefined : { height, isReached };
  const stopped = halt?.isReached ? stoppedAt(halt.height) : '';
  return { halt, haltReason: monitor.haltReason || stopped };
}
