import { statusOf } from '../adapters/member-client.ts';
import { errorCodeOf } from '../core/error-code.ts';
import { CliError } from '../words/errors.ts';

export interface SilentMembersOptions {
  readonly note: (line: string) => void;
  /** Names of members that a person holds down or paused. */
  readonly held: () => readonly string[];
  /** Silence that a restart explains is not told of. */
  readonly toldAfterMs: number;
}

/** Statuses of calls that nobody answered; a refusal by the member has a code beside its status. */
const UNANSWERED = ['UNAVAILABLE', 'DEADLINE_EXCEEDED'];

/** Whether the member gave no answer at all. */
export function isUnanswered(error: unknown): boolean {
  return errorCodeOf(error) === undefined && UNANSWERED.includes(statusOf(error) ?? '');
}

interface Silence {
  readonly sinceMs: number;
  isTold: boolean;
}

/** The lines that a person is told of members that do not answer while transactions are handed in: once of each silence while there is time, and at the end. */
export class SilentMembers {
  readonly #options: SilentMembersOptions;
  readonly #silences = new Map<string, Silence>();

  constructor(options: SilentMembersOptions) {
    this.#options = options;
  }

  /** The member answered, so the next silence is another one. */
  answered(name: string): void {
    this.#silences.delete(name);
  }

  /** A try was not answered. Says once of a silence what waits for the member, while that can still be cured. */
  unanswered(name: string, { nowMs, leftMs }: { readonly nowMs: number; readonly leftMs: number }): void {
    const silence = this.#silences.get(name) ?? { sinceMs: nowMs, isTold: false };
    this.#silences.set(name, silence);
    if (silence.isTold || nowMs - silence.sinceMs < this.#options.toldAfterMs) return;
    silence.isTold = true;
    const wait = `its transactions wait for it, ${Math.ceil(leftMs / 1000)} s at most`;
    this.#options.note(`${name} gives no answer, and ${wait}: ${this.#cure(name)}`);
  }

  /** The error when time is up. @param consequence - As in "transactions[1] was not handed in". */
  lost(name: string, consequence: string, cause: unknown): CliError {
    const message =
      `${name} gave no answer, so ${consequence}; nothing was refused: ${this.#cure(name)}. Hand the file in again once all ` +
      'members run: a transaction that is final is not included twice';
    return new CliError(message, { code: 'CLI_UNREACHABLE' }, { cause });
  }

  #cure(name: string): string {
    if (!this.#options.held().includes(name)) return 'its log in logs/ of its home says why';
    return `it was killed or paused by request, and "btcfed up restart ${name}" brings it back while the federation runs`;
  }
}
