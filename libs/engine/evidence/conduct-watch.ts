import type { MemberIndex, View } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { isSameStatement } from '#libs/protocol/evidence.ts';
import { ownClaim } from '#libs/protocol/hotstuff/claims.ts';
import type { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import { EARLY_VIEWS_MAX } from '#libs/protocol/hotstuff/limits.ts';
import {
  type HotStuffMessage,
  type Proposal,
  proposalMember,
  proposalView,
  type Vote,
} from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import { isSafe } from '#libs/protocol/hotstuff/voting.ts';
import type { Fault, ProtocolContext, PublicState } from '#libs/protocol/module.ts';
import type { ClockPort, EngineMonitor } from '../ports/engine-ports.ts';
import { PROPOSALS_PER_VIEW_MAX } from './evidence-limits.ts';

export interface ConductOptions {
  readonly context: ProtocolContext<SafetyRecord>;
  readonly clock: ClockPort;
  readonly monitor: EngineMonitor;
  readonly replica: () => PublicState;
}

/**
 * Watches for conduct that is no ground for a refusal and yet not that of an honest member. The watch listens beside
 * the replica, decides nothing for it, and reports to the operator.
 */
export class ConductWatch {
  readonly #options: ConductOptions;
  /**
   * Number of proposals in this half of a view timeout, by leader and view. Only views that can still matter count,
   * so the entries are few.
   */
  readonly #proposals = new Map<string, number>();
  #sinceMs = 0;

  constructor(options: ConductOptions) {
    this.#options = options;
  }

  /** A message as it came in; no signature was looked at. */
  heard(from: MemberIndex, message: HotStuffMessage): void {
    if (message.kind === 'proposal') this.#heardProposal(from, message);
    if (message.kind === 'vote') this.#heardVote(from, message);
  }

  #heardProposal(from: MemberIndex, proposal: Proposal): void {
    const { context, monitor, replica } = this.#options;
    const view = proposalView(proposal);
    const ahead = view - replica().position.view;
    if (context.leader(view) !== from || ahead < 0n || ahead > EARLY_VIEWS_MAX) return;
    if (this.#count(from, view) > PROPOSALS_PER_VIEW_MAX) {
      monitor.noticed(from, 'too many proposals of one view', `view ${view}`);
    }
  }

  /** A leader repeats its proposal each half of a view timeout, and for a member that comes back. */
  #count(from: MemberIndex, view: View): number {
    const { clock, context } = this.#options;
    const nowMs = clock.nowMs();
    if (Math.abs(nowMs - this.#sinceMs) > context.timing.viewTimeoutMs / 2) {
      this.#proposals.clear();
      this.#sinceMs = nowMs;
    }
    const key = `${from} ${view}`;
    const count = (this.#proposals.get(key) ?? 0) + 1;
    this.#proposals.set(key, count);
    return count;
  }

  /** Votes of a phase follow the certificate of the phase before, which the leader of the view alone forms. */
  #heardVote(from: MemberIndex, { phase, view }: Vote): void {
    const { context, monitor, replica } = this.#options;
    const { position, leader, highView, lockedView = 0n } = replica();
    if (view !== position.view || leader !== context.me || phase === 'prepare') return;
    const opened = phase === 'pre-commit' ? highView : lockedView;
    if (opened < view) monitor.noticed(from, 'vote before its time', `${phase} vote of view ${view}`);
  }
}

/** The same protocol, which also reports a proposal that conflicts with the lock, and so gets no vote. */
export function noticingUnsafe(
  protocol: typeof hotStuff,
  monitor: Pick<EngineMonitor, 'noticed'>,
): typeof hotStuff {
  return {
    ...protocol,
    step(before, input) {
      const transition = protocol.step(before, input);
      const { proposal } = transition.state;
      const isNew = proposal !== undefined && proposal !== before.proposal && input.kind !== 'signed';
      if (isNew && !isSafe(transition.state, proposal)) {
        const detail = `view ${proposalView(proposal)}, lock of view ${transition.state.locked?.view}`;
        monitor.noticed(proposalMember(proposal), 'proposal against the lock', detail);
      }
      return transition;
    },
  };
}

/** The fault of a message with a false signature: its sender's own signature, or one of others that it passes on. */
export function signatureFault(message: HotStuffMessage, falseClaim: Claim | undefined): Fault | undefined {
  if (falseClaim === undefined) return undefined;
  const own = ownClaim(message);
  const isOwn = own?.member === falseClaim.member && isSameStatement(own.statement, falseClaim.statement);
  if (!isOwn) return 'certificate with a false signature';
  return message.kind === 'proposal' ? 'proposal with a false signature' : undefined;
}
