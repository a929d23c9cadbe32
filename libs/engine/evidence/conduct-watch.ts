import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { isSameStatement } from '#libs/protocol/evidence.ts';
import type {
  HostedModule,
  HostedProtocol,
  HostedRecord,
  ProtocolMessage,
} from '#libs/protocol/hosting/hosted-protocol.ts';
import type { Fault, ProtocolContext, PublicState } from '#libs/protocol/module.ts';
import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { kindRowOf } from '#libs/protocol/vote/vote-table.ts';
import type { ClockPort, EngineMonitor } from '../ports/engine-ports.ts';
import { PROPOSALS_PER_VIEW_MAX } from './evidence-limits.ts';

export interface ConductOptions {
  readonly protocol: Pick<HostedProtocol, 'votes' | 'earlyViewsMax'> & {
    readonly module: Pick<HostedModule, 'ownClaim'>;
  };
  readonly context: Pick<ProtocolContext<HostedRecord>, 'me' | 'leader' | 'timing'>;
  readonly clock: Pick<ClockPort, 'nowMs'>;
  readonly monitor: Pick<EngineMonitor, 'noticed'>;
  readonly replica: () => PublicState;
}

/**
 * Watches for conduct that is no ground for a refusal and yet not that of an honest member. The watch listens beside
 * the replica, decides nothing for it, and reports to the operator.
 */
export class ConductWatch {
  readonly #options: ConductOptions;
  /**
   * Number of proposals in this half of a view timeout, by leader and position. Only positions that are not far ahead
   * count, so the entries are few.
   */
  readonly #proposals = new Map<string, number>();
  #sinceMs = 0;

  constructor(options: ConductOptions) {
    this.#options = options;
  }

  /** A message as it came in; no signature was looked at. */
  heard(from: MemberIndex, message: ProtocolMessage): void {
    const { module, votes } = this.#options.protocol;
    const statement = module.ownClaim(message)?.statement;
    if (statement === undefined) return;
    if (statement.kind === votes.proposal) this.#heardProposal(from, statement);
    else this.#heardVote(from, statement);
  }

  #heardProposal(from: MemberIndex, at: Position): void {
    const { context, monitor, replica, protocol } = this.#options;
    const { position } = replica();
    if (context.leader(at.view) !== from || comparePositions(at, position) < 0) return;
    if (isFarAhead(at, position, protocol.earlyViewsMax)) return;
    if (this.#count(from, at) > PROPOSALS_PER_VIEW_MAX) {
      monitor.noticed(from, 'too many proposals of one view', `view ${at.view}`);
    }
  }

  /** A leader repeats its proposal each half of a view timeout, and for a member that comes back. */
  #count(from: MemberIndex, { instance, view }: Position): number {
    const { clock, context } = this.#options;
    const nowMs = clock.nowMs();
    if (Math.abs(nowMs - this.#sinceMs) > context.timing.viewTimeoutMs / 2) {
      this.#proposals.clear();
      this.#sinceMs = nowMs;
    }
    const key = `${from} ${instance} ${view}`;
    const count = (this.#proposals.get(key) ?? 0) + 1;
    this.#proposals.set(key, count);
    return count;
  }

  /**
   * Votes of a phase follow the certificate of the phase before. Where the leader of the view alone forms it, no honest vote comes to it before;
   * where all count, others may have formed it of votes that are still under way to this member.
   */
  #heardVote(from: MemberIndex, { kind, ...at }: VoteStatement): void {
    const { context, monitor, replica, protocol } = this.#options;
    const { position, leader, votePath, certified } = replica();
    const needed = kindRowOf(protocol.votes, kind)?.needs;
    const isLeaders = votePath === 'leader' && leader === context.me;
    if (comparePositions(at, position) !== 0 || !isLeaders || needed === undefined) return;
    if (!certified.includes(needed))
      monitor.noticed(from, 'vote before its time', `${kind} vote of view ${at.view}`);
  }
}

/** Positions that no leader proposes for yet: some views ahead, or past the first views of the next instance. */
function isFarAhead(at: Position, position: Position, viewsMax: bigint): boolean {
  if (at.instance === position.instance) return at.view - position.view > viewsMax;
  return at.instance > position.instance + 1n || at.view > viewsMax;
}

/** The same module, which also reports the conduct that its steps show. */
export function noticingConduct(
  { noticed }: Pick<HostedProtocol, 'noticed'>,
  module: HostedModule,
  monitor: Pick<EngineMonitor, 'noticed'>,
): HostedModule {
  return {
    ...module,
    step(before, input) {
      const transition = module.step(before, input);
      const notice = noticed(before, input, transition.state);
      if (notice !== undefined) monitor.noticed(notice.member, notice.fault, notice.detail);
      return transition;
    },
  };
}

/** The fault of a message with a false signature: its sender's own signature, or one of others that it passes on. */
export function signatureFault(
  { module, votes }: Pick<HostedProtocol, 'module' | 'votes'>,
  message: ProtocolMessage,
  falseClaim: Claim | undefined,
): Fault | undefined {
  if (falseClaim === undefined) return undefined;
  const own = module.ownClaim(message);
  const isOwn = own?.member === falseClaim.member && isSameStatement(own.statement, falseClaim.statement);
  if (!isOwn) return 'certificate with a false signature';
  return own.statement.kind === votes.proposal ? 'proposal with a false signature' : undefined;
}
