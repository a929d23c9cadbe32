import { checkPresent } from '../adapters/check-present.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';

/**
 * A signer without its mirror puts the key into quarantine, for good. A disk that is not mounted, or a mistyped path,
 * must therefore end the start before the signer looks.
 * @throws CliError naming the file and what to do.
 */
export function checkMirrorPresent({ passedOn, hasChain, paths }: LaunchFacts): void {
  const mirror = passedOn?.SIGNER_MIRROR_FILE;
  if (mirror === undefined || !hasChain) return;
  const own = `${paths.signerFolder}/signer.mirror`;
  checkPresent(
    mirror,
    `, which SIGNER_MIRROR_FILE names: mount its disk, or copy ${own} there once; without its mirror the key goes into quarantine`,
  );
}
