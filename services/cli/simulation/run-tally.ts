import type { Batch, Failure, SeedHash } from '#libs/simulation/campaign/task.ts';
import type { ViolationKind } from '#libs/simulation/checks/findings.ts';
import type { Terminal } from '#services/launcher/words/terminal.ts';

/** Failures told in full; the counts go on. */
const FAILURES_MAX = 20;
const PROGRESS_MS = 5_000;

const COUNT_OF = {
  fork: 'forks',
  stall: 'stalls',
  'double-sign': 'doubleSigns',
  other: 'otherViolations',
} as const satisfies Readonly<Record<ViolationKind, string>>;

/** Counts runs, and failed runs by the promise that they broke. Reports progress now and then. */
export class RunTally {
  readonly #terminal: Terminal;
  readonly #expected: number;
  readonly #startedMs = performance.now();
  readonly #counts = { forks: 0, stalls: 0, doubleSigns: 0, otherViolations: 0 };
  readonly #failures: Failure[] = [];
  readonly #hashes: SeedHash[] = [];
  #failed = 0;
  #runs = 0;
  #toldMs = performance.now();

  /** @param expected - Runs of the whole campaign. */
  constructor(terminal: Terminal, expected: number) {
    this.#terminal = terminal;
    this.#expected = expected;
  }

  get hasFailed(): boolean {
    return this.#failed > 0;
  }

  add({ runs, failures, hashes = [] }: Batch): void {
    this.#runs += runs;
    this.#hashes.push(...hashes);
    for (const failure of failures) this.#addFailure(failure);
    if (performance.now() - this.#toldMs < PROGRESS_MS) return;
    this.#toldMs = performance.now();
    const rate = this.#rate();
    const leftS = Math.ceil((this.#expected - this.#runs) / rate);
    this.#terminal.note(
      `${this.#runs} of ${this.#expected} runs, ${rate.toFixed(0)} per second, ${leftS} s left, ${this.#failed} failed`,
    );
  }

  /** The hashes in the order of the seeds, independent of the threads that ran them. */
  hashes(): readonly SeedHash[] {
    return this.#hashes.toSorted((a, b) => a.seed - b.seed);
  }

  result() {
    return {
      runs: this.#runs,
      ...this.#counts,
      scenariosPerSecond: Math.round(this.#rate() * 10) / 10,
      failures: this.#failures,
    };
  }

  #rate(): number {
    return this.#runs / Math.max((performance.now() - this.#startedMs) / 1_000, 0.001);
  }

  #addFailure(failure: Failure): void {
    this.#failed += 1;
    for (const kind of new Set(failure.violations.map((violation) => violation.kind))) {
      this.#counts[COUNT_OF[kind]] += 1;
    }
    const [first] = failure.violations;
    if (first === undefined || this.#failures.length >= FAILURES_MAX) return;
    this.#failures.push(failure);
    const { kind, text, step, atMs } = first;
    this.#terminal.note(`${failure.name}: ${kind} at ${atMs} ms, event ${step}: ${text}`);
    this.#terminal.note(`  needs only ${JSON.stringify(failure.schedule)}`);
    this.#terminal.note(`  npm run sim -- ${failure.replay}`);
  }
}
