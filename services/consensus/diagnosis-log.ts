import { commandText } from '#libs/diagnosis/command-text.ts';
import type { Finding } from '#libs/diagnosis/finding.ts';
import type { LogFields, Logger } from '#libs/log/logger.ts';
import { DIAGNOSIS_LOOK_MS } from './core/diagnosis/diagnosis-limits.ts';

export interface DiagnosisLogOptions {
  readonly diagnosis: {
    /** Watches what only shows over time. */
    look(): void;
    /** The answer of the call Diagnose. */
    findings(): readonly Finding[];
  };
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
  readonly log: Logger;
}

/** Of one code: how many looks in a row have seen it otherwise than the log says. */
interface Standing {
  readonly isSaid: boolean;
  readonly finding: Finding;
  readonly looks: number;
}

/** Looks in a row that agree before a line is written: what is over at once, as a peer that connects anew, is not worth two. */
const LOOKS_TO_SAY = 2;

/**
 * Writes each finding of the diagnosis into the log when it appears and when it is over, once each: a person who reads nothing but the log
 * has the codes of `btcfed diagnose`, their evidence and the command to type.
 */
export class DiagnosisLog {
  readonly #options: DiagnosisLogOptions;
  /** One entry for each code that is found or said, so no more than there are codes. */
  #standings: ReadonlyMap<string, Standing> = new Map();
  #lookedMs: number | undefined;

  constructor(options: DiagnosisLogOptions) {
    this.#options = options;
  }

  /** To be called each second or so. */
  look(): void {
    const { diagnosis, nowMs } = this.#options;
    const isDue = this.#lookedMs === undefined || nowMs() - this.#lookedMs >= DIAGNOSIS_LOOK_MS;
    if (!isDue) return diagnosis.look();
    this.#lookedMs = nowMs();
    const found = new Map(diagnosis.findings().map((each) => [each.code as string, each]));
    const codes = new Set([...this.#standings.keys(), ...found.keys()]);
    const next = [...codes].flatMap((code) => {
      const standing = this.#next(this.#standings.get(code), found.get(code));
      return standing === undefined ? [] : [[code, standing] as const];
    });
    this.#standings = new Map(next);
  }

  #next(before: Standing | undefined, found: Finding | undefined): Standing | undefined {
    const finding = found ?? before?.finding;
    const isSaid = before?.isSaid ?? false;
    if (finding === undefined || (found === undefined && !isSaid)) return undefined;
    const isOtherwise = (found !== undefined) !== isSaid;
    if (!isOtherwise) return { isSaid, finding, looks: 0 };
    const looks = (before?.looks ?? 0) + 1;
    if (looks < LOOKS_TO_SAY) return { isSaid, finding, looks };
    if (found === undefined) {
      this.#options.log.info('a finding of the diagnosis is over', { code: finding.code });
      return undefined;
    }
    this.#say(found);
    return { isSaid: true, finding, looks: 0 };
  }

  #say(found: Finding): void {
    const { log } = this.#options;
    if (found.severity === 'notice')
      log.info('the diagnosis found something that passes by itself', fieldsOf(found));
    else log.warn('the diagnosis found something wrong', fieldsOf(found));
  }
}

function fieldsOf({ code, severity, summary, evidence, members, next }: Finding): LogFields {
  return {
    ...{ code, severity, summary },
    evidence: evidence.join('; '),
    members: members.join(', '),
    next: commandText(next, { home: undefined, client: [] }),
  };
}
