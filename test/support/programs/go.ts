import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { skipWithout } from '#test/support/runner/required.ts';

const MS_MAX = 300_000;
const MINOR_MIN = 25;
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The verifier that was written from proto/FORMATS.md alone. */
export const VERIFIER_FOLDER = `${ROOT}test/vectors/verifier`;

/** Candidates: on the PATH; where the set-up of the checkout put it; where its own installer does. */
const CANDIDATES = ['go', `${ROOT}.cache/go/bin/go`, '/usr/local/go/bin/go'];

/** A Go that can build the verifier. */
export const go = CANDIDATES.find((command) => {
  const { stdout } = spawnSync(command, ['version'], { encoding: 'utf8', timeout: MS_MAX });
  return Number(/go1\.(?<minor>\d+)/.exec(stdout ?? '')?.groups?.['minor'] ?? 0) >= MINOR_MIN;
});

/** Why it cannot be built; false: it can. */
export const noGo = skipWithout(whatIsMissing());

function whatIsMissing(): string | false {
  if (go === undefined) return `there is no Go from 1.${MINOR_MIN} on: install it, or run the set-up as root`;
  const { status, stderr } = spawnSync(go, ['mod', 'download'], {
    cwd: VERIFIER_FOLDER,
    encoding: 'utf8',
    timeout: MS_MAX,
  });
  return status === 0 ? false : `the modules of test/vectors/verifier are not here: ${stderr.trim()}`;
}
