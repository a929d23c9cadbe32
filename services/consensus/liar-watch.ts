import type { Block } from '#libs/chain/block.ts';
import { type Epoch, type MemberIndex, toEpoch } from '#libs/chain/ids.ts';
import type { HaltCause } from '#libs/engine/ports/halt-cause.ts';
import { type Membership, saysOfMembership } from '#libs/membership/membership.ts';
import { type ValidatorSet, weightOf } from '#libs/protocol/validator-set.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';

export interface LiarWatchOptions {
  /** The members that decide now, and in the epoch before. */
  readonly book: {
    readonly current: Pick<Membership, 'epoch' | 'set'>;
    epoch(epoch: Epoch): Pick<Membership, 'set'> | undefined;
  };
  /** The members that stored evidence of an epoch accuses. */
  readonly accused: (epoch: Epoch) => readonly MemberIndex[];
  /** Names of members whose evidence the operator has judged: it counts no more. */
  readonly pardoned: ReadonlySet<string>;
  readonly halt: (reason: string, cause: HaltCause) => void;
}

/**
 * Stops this member once evidence names more members of the epoch than may lie (TW-2.8.7): then a quorum of them may decide two
 * blocks of one height, no certificate proves anything, and a person must look. Evidence is kept for ever, so a restart stops it again.
 */
export class LiarWatch implements Lifecycle {
  readonly #options: LiarWatchOptions;

  constructor(options: LiarWatchOptions) {
    this.#options = options;
  }

  /** Evidence that was stored before. */
  async start(): Promise<void> {
    this.look();
  }

  async stop(): Promise<void> {}

  /** Blocks are final: evidence in them may be news here, and a handover brings other members. */
  ordered(blocks: readonly Block[]): void {
    if (blocks.some(saysOfMembership)) this.look();
  }

  /** Called whenever evidence was stored. */
  look(): void {
    const { book } = this.#options;
    const { epoch, set } = book.current;
    // Evidence comes late, and may itself have ended the epoch before.
    const before = epoch === 0n ? undefined : book.epoch(toEpoch(epoch - 1n));
    if (before !== undefined) this.#judge(before.set);
    this.#judge(set);
  }

  #judge(set: ValidatorSet): void {
    const { accused, pardoned, halt } = this.#options;
    const nameOf = (member: MemberIndex): string => set.members[member]?.name ?? '';
    const counted = accused(set.epoch).filter((member) => !pardoned.has(nameOf(member)));
    const weight = weightOf(set, counted);
    if (weight > set.quorum.faultyWeightMax) halt(tooMany(counted.map(nameOf), weight, set), 'liars');
  }
}

/** The members of this epoch, by name, that evidence of it or of the epoch before accuses, without those that the operator has judged. */
export function liarsIn({
  book,
  accused,
  pardoned,
}: Pick<LiarWatchOptions, 'book' | 'accused' | 'pardoned'>): readonly string[] {
  const { epoch, set } = book.current;
  const before = epoch === 0n ? undefined : book.epoch(toEpoch(epoch - 1n));
  const sets = before === undefined ? [set] : [before.set, set];
  const named = sets.flatMap((each) => accused(each.epoch).map((member) => each.members[member]?.name));
  const today = set.members.map(({ name }) => name);
  return today.filter((name) => named.includes(name) && !pardoned.has(name));
}

function tooMany(names: readonly string[], weight: bigint, { totalWeight, quorum }: ValidatorSet): string {
  const named = names.toSorted().join(', ');
  return (
    `evidence names ${named} as liars, weight ${weight} of ${totalWeight}, and at most ${quorum.faultyWeightMax} may lie: a certificate of this epoch ` +
    'proves nothing. Read "btcfed evidence list", and compare final blocks with the other operators ("btcfed block get HEIGHT"). Once they are equal ' +
    `and a person knows why these keys signed twice, start with CONSENSUS_PARDONED_MEMBERS=${names.toSorted().join(',')} and change the keys`
  );
}
