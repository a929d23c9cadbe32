import type { Height } from '#libs/chain/ids.ts';
import { LAGS_KEPT_MAX, REPORTERS_KEPT_MAX } from './limits.ts';

/** The word of a peer about its own height, beside the height of this member at the time. Nobody believes it more than that. */
export interface HeightReport {
  /** `asking`: it asked for the block above this height, so it has no more than that in a row. */
  readonly by: 'whereabouts' | 'asking';
  readonly height: Height;
  /** The newest final height here when it came. */
  readonly finalHeight: Height;
  /** Of a clock that never goes back. */
  readonly atMs: number;
}

interface Reporter {
  newest: HeightReport;
  /** The newest reports of a height more than one below that of this member. */
  readonly lags: HeightReport[];
}

/** Blocks behind that say nothing: the next one is on its way. */
const ON_THE_WAY = 1n;

/** The heights that peers report, by name: the newest of each, and the newest that were behind. */
export class ReportedHeights {
  readonly #reporters = new Map<string, Reporter>();

  reported(name: string, report: HeightReport): void {
    const known = this.#reporters.get(name);
    const lags = known?.lags ?? [];
    if (report.height + ON_THE_WAY < report.finalHeight) {
      lags.push(report);
      if (lags.length > LAGS_KEPT_MAX) lags.shift();
    }
    this.#reporters.delete(name);
    this.#reporters.set(name, { newest: report, lags });
    const [oldest] = this.#reporters.keys();
    if (this.#reporters.size > REPORTERS_KEPT_MAX && oldest !== undefined) this.#reporters.delete(oldest);
  }

  newest(name: string): HeightReport | undefined {
    return this.#reporters.get(name)?.newest;
  }

  /** A report that came when this height was final here, by one that could not vote on it: it lacked blocks below. */
  lagAt(name: string, height: Height): HeightReport | undefined {
    const lags = this.#reporters.get(name)?.lags ?? [];
    return lags.find((each) => each.finalHeight >= height && each.height + ON_THE_WAY < height);
  }
}
