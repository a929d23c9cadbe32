import type { Block } from '#libs/chain/block.ts';
import { type Epoch, type Height, type MemberIndex, toHeight } from '#libs/chain/ids.ts';
import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { SignerGate } from './adapters/signer-gate.ts';
import type { ViewListener } from './adapters/view-reports.ts';
import type {
  DecidedHeight,
  MissingSignature,
  ParticipationReader,
  SeenHeight,
} from './core/decided-height.ts';
import type { MemberProgress, OwnHeights } from './core/member-progress.ts';
import { absenceOf } from './core/participation/absence.ts';
import { EnteredViews } from './core/participation/entered-views.ts';
import type { HeightRecord } from './core/participation/height-record.ts';
import { Participation } from './core/participation/participation.ts';
import { ReportedHeights } from './core/participation/reported-heights.ts';
import { type DecisionSurroundings, decidedIn } from './decisions-seen.ts';
import { knownProgress, type MemberBook } from './known-members.ts';

export interface ParticipationWatchParts extends DecisionSurroundings {
  readonly book: MemberBook;
  readonly gateway: DecisionSurroundings['gateway'] & {
    nameOf(peer: MemberIndex): string;
    /** Members and guests that this node meets: their indices are below it. */
    peers(): number;
  };
  /** The members that stored evidence of an epoch accuses. */
  readonly accused: (epoch: Epoch) => readonly MemberIndex[];
  readonly final: FinalFeed;
  readonly onView: (listener: ViewListener) => void;
}

/** Notes who takes part in each decision, from what passes by anyway, and tells why somebody did not. */
export class ParticipationWatch implements ParticipationReader {
  readonly #parts: ParticipationWatchParts;
  readonly #record = new Participation();
  readonly #views = new EnteredViews();
  readonly #heights = new ReportedHeights();
  #suspended: readonly string[] = [];

  constructor(parts: ParticipationWatchParts) {
    this.#parts = parts;
    this.#record.begin(parts.tip().header.height);
    parts.final.listen({ ordered: (blocks) => this.#ordered(blocks) });
    parts.onView((entered) => this.#views.entered(entered));
  }

  /** A message of this epoch, before it is handled. */
  heard(from: MemberIndex, body: PeerMessageBody): void {
    switch (body.kind) {
      case 'protocol': {
        const { set, terms } = this.#parts.book.current;
        const { module, votes } = this.#parts.protocolOf(terms);
        const claim = module.ownClaim(body);
        if (claim?.member !== from) return;
        const epoch = { table: votes, members: set.members.length };
        return this.#record.heard(from, claim.statement, this.#parts.nowMs(), epoch);
      }
      case 'whereabouts':
        return this.#reported(from, body.height, 'whereabouts');
      case 'blocks-request':
        if (body.from > 0n) this.#reported(from, toHeight(body.from - 1n), 'asking');
        return;
      default:
        return;
    }
  }

  /** The members that are voted out because they are away, by name, from now on. */
  suspended(names: readonly string[]): void {
    this.#suspended = names;
  }

  /** The same signer, with its times. */
  noting(signer: Pick<SignerGate, 'sign'>): Pick<SignerGate, 'sign'> {
    const { nowMs, book } = this.#parts;
    return {
      sign: (order, done) => {
        const { statement } = order;
        this.#record.asked(statement, nowMs(), book.current.set.members.length);
        signer.sign(order, (answer) => {
          const refusal = answer.kind === 'refused' ? answer.reason : undefined;
          this.#record.answered(statement, nowMs(), refusal);
          done(answer);
        });
      },
    };
  }

  seen(height: Height): SeenHeight | undefined {
    const record = this.#record.at(height);
    const decided = record?.decided;
    if (record === undefined || decided === undefined) return undefined;
    // Decided together with blocks above: its members voted for the one that the certificate is of.
    if (decided.certifiedHeight !== height) return this.seen(decided.certifiedHeight);
    return { decided, absence: (member) => this.#absence(member, record, decided) };
  }

  get lowest(): Height | undefined {
    return this.#record.lowest;
  }

  progress(own: OwnHeights): readonly MemberProgress[] {
    const { height } = this.#parts.tip().header;
    const decided = this.#record.at(height)?.decided;
    const heard = (name: string) => this.#heights.newest(name);
    return knownProgress(this.#parts, { own, decided, heard, suspended: this.#suspended });
  }

  isAccused(member: MemberIndex, epoch: Epoch): boolean {
    return this.#parts.accused(epoch).includes(member);
  }

  #reported(from: MemberIndex, height: Height, by: 'whereabouts' | 'asking'): void {
    const name = this.#parts.gateway.nameOf(from);
    const finalHeight = this.#parts.tip().header.height;
    if (name !== '') this.#heights.reported(name, { by, height, finalHeight, atMs: this.#parts.nowMs() });
  }

  #ordered(blocks: readonly Block[]): void {
    const noted = { views: this.#views, suspended: this.#suspended };
    for (const { decided, members } of decidedIn(blocks, noted, this.#parts))
      this.#record.decided(decided, members);
  }

  #absence(index: MemberIndex, record: HeightRecord, decided: DecidedHeight): MissingSignature {
    const { book, protocolOf, name: ownName, nowMs, timeMs } = this.#parts;
    const { set, terms } = book.epoch(decided.epoch) ?? book.current;
    const name = set.members[index]?.name ?? String(index);
    const { leader } = decided;
    return absenceOf({
      ...{ index, name, ownName, record, decided },
      isOwn: name === ownName,
      decides: protocolOf(terms).votes.decides,
      leaderName: leader === undefined ? undefined : set.members[leader]?.name,
      lag: this.#heights.lagAt(name, decided.height),
      newestReport: this.#heights.newest(name),
      isAccused: this.isAccused(index, decided.epoch),
      nowMs: nowMs(),
      timeMs: timeMs(),
    });
  }
}
