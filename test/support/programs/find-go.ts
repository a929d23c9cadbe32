import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MS_MAX = 300_000;
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The oldest Go that is taken. */
export const GO_MINOR_MIN = 25;

/** On the PATH; where the set-up of the checkout put it; where its own installer does. */
const CANDIDATES = ['go', `${ROOT}.cache/go/bin/go`, '/usr/local/go/bin/go'];

/** The command of a Go that is new enough; undefined: there is none. */
export function findGo(candidates: readonly string[] = CANDIDATES): string | undefined {
  return candidates.find((command) => {
    const { stdout } = spawnSync(command, ['version'], { encoding: 'utf8', timeout: MS_MAX });
    return Number(/go1\.(?<minor>\d+)/.exec(stdout ?? '')?.groups?.['minor'] ?? 0) >= GO_MINOR_MIN;
  });
}
