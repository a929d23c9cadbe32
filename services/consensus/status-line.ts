import type { Logger } from '#libs/log/logger.ts';
import { isQuorumReached, reachText } from '#libs/membership/quorum-reach.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { STATUS_LINE_MS } from './core/core-limits.ts';
import type { MemberStatus } from './core/ports.ts';

export interface StatusLineOptions {
  readonly status: () => MemberStatus;
  readonly finalHeight: () => bigint;
  readonly log: Logger;
}

/** One line a minute that tells how this member is, for whoever reads nothing but the log. */
export class StatusLine implements Lifecycle {
  readonly #options: StatusLineOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StatusLineOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => this.say(), STATUS_LINE_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
  }

  say(): void {
    const { status, finalHeight, log } = this.#options;
    const now = status();
    const height = finalHeight();
    log.info('status of this member', {
      status: statusText(now, height),
      mode: now.mode,
      height,
      view: now.view,
      connected_peers: now.connectedPeers,
      mempool: now.mempoolTransactions,
      timed_out_views: now.timedOutViews,
    });
  }
}

/** "active, height 5, 4 peers"; where something is wrong, the reason comes last. */
function statusText(status: MemberStatus, height: bigint): string {
  const { activity, reason } = activityOf(status);
  const text = `${activity}, height ${height}, ${status.connectedPeers} peers`;
  return reason === undefined ? text : `${text}: ${reason}`;
}

interface Activity {
  readonly activity: string;
  readonly reason?: string;
}

function activityOf({ mode, haltReason, signerFault, targetHeight, quorum }: MemberStatus): Activity {
  if (mode === 'halted') return { activity: 'halted', reason: haltReason };
  if (mode === 'catching-up') return { activity: `catching up to height ${targetHeight}` };
  if (signerFault !== '') return { activity: 'follows without votes', reason: signerFault };
  return isQuorumReached(quorum)
    ? { activity: 'active' }
    : { activity: 'no quorum', reason: reachText(quorum) };
}
