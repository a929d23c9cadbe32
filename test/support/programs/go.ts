import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { skipWithout } from '#test/support/runner/required.ts';
import { findGo, GO_MINOR_MIN } from './find-go.ts';

const MS_MAX = 300_000;
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The verifier that was written from proto/FORMATS.md alone. */
export const VERIFIER_FOLDER = `${ROOT}test/vectors/verifier`;

/** A Go that can build the verifier. */
export const go = findGo();

/** Why it cannot be built; false: it can. */
export const noGo = skipWithout(whatIsMissing());

function whatIsMissing(): string | false {
  if (go === undefined)
    return `there is no Go from 1.${GO_MINOR_MIN} on: install it, or run the set-up as root`;
  const { status, stderr } = spawnSync(go, ['mod', 'download'], {
    cwd: VERIFIER_FOLDER,
    encoding: 'utf8',
    timeout: MS_MAX,
  });
  return status === 0 ? false : `the modules of test/vectors/verifier are not here: ${stderr.trim()}`;
}
