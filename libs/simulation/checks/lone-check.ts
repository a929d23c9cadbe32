import type { Digest } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { Plan } from '../plan/plan.ts';
import type { Schedule } from '../time/schedule.ts';
import type { Findings } from './findings.ts';

/** The longest timeout of a view, milliseconds, and how much longer a slow clock makes it. */
const VIEW_MS_MAX = 3_000;
const SLOW_CLOCK = 1.5;

/** Views that the transaction may take when nobody lies or is broken: the one under way, and the one that decides. */
const VIEWS_MIN = 3;

export interface LoneRun {
  readonly plan: Pick<Plan, 'byzantine' | 'broken'>;
  readonly schedule: Schedule;
  readonly findings: Findings;
  readonly world: {
    /** Gives one member a transaction in the name of another; undefined when it did not come to wait there. */
    giveAlone(): Transaction | undefined;
    readonly core: readonly {
      readonly disk: {
        readonly top: { readonly transactions: Pick<ReadonlySet<Digest>, 'has'> } | undefined;
      };
    }[];
  };
}

/**
 * On a quiet chain a transaction that one honest member alone was given becomes final everywhere within some view
 * timeouts (libs/simulation/README.md V6), although nobody else has anything to decide, and liars and broken members
 * still lead views.
 */
export function checkLone({ plan, schedule, findings, world }: LoneRun): void {
  const lone = world.giveAlone();
  if (lone === undefined) return;
  const views = VIEWS_MIN + plan.byzantine.length + plan.broken.length;
  const untilMs = schedule.nowMs + views * VIEW_MS_MAX * SLOW_CLOCK;
  const isFinal = (): boolean =>
    world.core.every(({ disk }) => disk.top?.transactions.has(lone.hash) === true);
  while (!isFinal()) {
    if (schedule.isEmpty || schedule.nowMs > untilMs) {
      return findings.report(
        'V6',
        `${lone.hash}, which one member alone was given, is not final in ${views} views`,
      );
    }
    schedule.step();
  }
}
