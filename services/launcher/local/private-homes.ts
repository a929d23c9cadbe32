import { checkPrivateKey, FileExposedError, type Readers } from '#libs/key-files/private-path.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';
import { invalidInput } from '../words/errors.ts';

type Homes = readonly Pick<LaunchFacts, 'paths' | 'clientTls'>[];

/**
 * Looks at every private key of these homes and at the folders that it lies in, before anything is started. The services
 * look at their own again when they read them.
 * @throws CliError `CLI_INVALID_INPUT` with a line for each key: which path, which mode, and the command that cures it.
 */
export function checkPrivateHomes(homes: Homes): void {
  const lines = homes.flatMap(keysOf).flatMap(([path, readers]) => exposureOfKey(path, readers));
  // An open home lets others reach all of its keys; the message comes once for each home.
  const once = new Map(lines.map((line) => [line.split(', others may')[0], line]));
  if (once.size > 0) throw invalidInput([...once.values()].join('\n'));
}

function keysOf({ paths, clientTls }: Homes[number]): readonly (readonly [string, Readers])[] {
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

function exposureOfKey(path: string, readers: Readers): readonly string[] {
  try {
    checkPrivateKey(path, readers);
    return [];
  } catch (error) {
    if (error instanceof FileExposedError) return [error.message];
    throw error;
  }
}
