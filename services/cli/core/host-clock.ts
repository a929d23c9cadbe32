import { type Check, check } from './doctor-check.ts';

/** The word of one source on whether the system clock is synchronised. */
export interface ClockSource {
  /** Its name for a person, such as `the kernel`. */
  readonly source: string;
  readonly isSynchronised: boolean;
  /** How far the clock may be off, in milliseconds; left out: the source tells no figure. */
  readonly errorMs?: number;
}

export interface ClockFacts {
  /** Wall clock, ms since 1970. */
  readonly nowMs: number;
  /** Empty where no source could be asked. */
  readonly sources: readonly ClockSource[];
  /** When the genesis was made; undefined without a chain. */
  readonly genesisTimeMs: number | undefined;
}

/** The clocks of two members may differ by this and nobody notices it in a log. */
const TOLERANCE_MS = 60_000;
const CURE =
  '"timedatectl set-ntp true" where systemd-timesyncd is installed, else "apt-get install chrony"; in a container, on its host. ' +
  'No decision depends on it: certificates, times in logs and the timestamps of blocks do';

/**
 * Judges the system clock. One source that says yes is enough: a chronyd that leaves the clock of the hardware alone does
 * not tell the kernel. Nothing here is a failure, for no clock decides anything (DECISIONS 74).
 */
export function judgeClock({ nowMs, sources, genesisTimeMs }: ClockFacts): Check {
  if (genesisTimeMs !== undefined && nowMs < genesisTimeMs - TOLERANCE_MS) {
    const behindS = Math.round((genesisTimeMs - nowMs) / 1_000);
    return check('clock', 'warning', `${behindS} s before the time in genesis.json`, CURE);
  }
  const yes = sources.find(({ isSynchronised }) => isSynchronised);
  if (yes !== undefined) return check('clock', 'ok', `synchronised, says ${wordOf(yes)}`, '');
  if (sources.length === 0)
    return check(
      'clock',
      'warning',
      'unknown: neither the kernel nor chronyc nor timedatectl answers here',
      CURE,
    );
  return check('clock', 'warning', `not synchronised, says ${sources.map(wordOf).join(', ')}`, CURE);
}

function wordOf({ source, errorMs }: ClockSource): string {
  return errorMs === undefined ? source : `${source} (at most ${Math.ceil(errorMs)} ms off)`;
}
