import { type Exposure, exposureText } from '#libs/key-files/exposure.ts';
import { privateKeyExposure, type Readers } from '#libs/key-files/private-path.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';
import { invalidInput } from '../words/errors.ts';

/** The part of a member's settings that says where its private keys lie. */
export type KeyPlaces = Pick<LaunchFacts, 'paths' | 'clientTls'>;

/**
 * Looks at every private key of these homes and at the folders that it lies in, before anything is started. The services
 * look at their own again when they read them.
 * @throws CliError `CLI_INVALID_INPUT` with a line for each key: which path, which mode, and the command that cures it.
 */
export function checkPrivateHomes(homes: readonly KeyPlaces[]): void {
  const found = exposuresOf(homes.flatMap(privateKeysOf));
  if (found.length > 0) throw invalidInput(found.map(exposureText).join('\n'));
}

/** A private key by its path, and who else may read it. */
export type PrivateKeyPath = readonly [path: string, readers: Readers];

/** The private keys of a home, whether they are there or not. */
export function privateKeysOf({ paths, clientTls }: KeyPlaces): readonly PrivateKeyPath[] {
  const { signerFolder, tls } = paths;
  return [
    [paths.conf, 'user'],
    [`${signerFolder}/signer.key`, 'user'],
    [`${signerFolder}/audit.key`, 'user'],
    [tls.signerKey, 'group-of-root'],
    [tls.consensusKey, 'group-of-root'],
    ...(clientTls === undefined ? [] : [[clientTls.key, 'group-of-root'] as const]),
  ];
}

/** The exposures of these keys. An open folder lets others reach all keys in it; it comes once. */
export function exposuresOf(keys: readonly PrivateKeyPath[]): readonly Exposure[] {
  const found = keys.flatMap(([path, readers]) => privateKeyExposure(path, readers) ?? []);
  return [...new Map(found.map((each) => [each.path, each])).values()];
}
