/** The phase of a reload (P2P-60). */
export type ReloadPhase = 'idle' | 'validating' | 'updating' | 'rolling_back' | 'failed';

/**
 * The phases that may follow each phase. A reload that is refused ends in `failed`, which is as good a start as
 * `idle`.
 */
const NEXT: Readonly<Record<ReloadPhase, readonly ReloadPhase[]>> = {
  idle: ['validating'],
  validating: ['idle', 'updating', 'failed'],
  updating: ['idle', 'rolling_back'],
  rolling_back: ['failed'],
  failed: ['validating'],
};

export function mayFollow(from: ReloadPhase, to: ReloadPhase): boolean {
  return NEXT[from].includes(to);
}

/** Why files are read again. */
export type ReloadTrigger = 'file changed' | 'SIGHUP' | 'request' | 'retry';

/** One reload, as it ended. */
export interface ReloadReport {
  readonly outcome: 'unchanged' | 'committed' | 'refused' | 'rolled-back';
  readonly trigger: ReloadTrigger;
  readonly liveKeys: readonly string[];
  readonly restartKeys: readonly string[];
  /** The generation in force afterwards. */
  readonly generation: bigint;
  /** Empty unless it was refused or rolled back. */
  readonly reason: string;
  readonly errorClass: 'recoverable' | 'configuration' | 'fatal' | undefined;
  readonly durationMs: number;
}
