import { mkdirSync } from 'node:fs';
import { type FolderLock, FolderLockedError, lockFolder } from '#libs/files/lock-file.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';
import { invalidInput } from '../words/errors.ts';

/**
 * Holds the homes of members for this process. Without it a second start would take the services of the first for
 * its own, which answer at the same addresses, and start its own ones again and again.
 *
 * `start` throws a CliError `CLI_INVALID_INPUT` naming the member that runs already.
 */
export function homeLocks(members: readonly Pick<LaunchFacts, 'name' | 'paths'>[]): Lifecycle {
  const locks: FolderLock[] = [];
  const release = (): void => {
    for (const lock of locks.splice(0)) lock.release();
  };
  return {
    start: async () => {
      try {
        for (const member of members) locks.push(lockHome(member));
      } catch (error) {
        release();
        throw error;
      }
    },
    stop: async () => release(),
  };
}

function lockHome({ name, paths }: Pick<LaunchFacts, 'name' | 'paths'>): FolderLock {
  mkdirSync(paths.runFolder, { recursive: true, mode: 0o700 });
  try {
    return lockFolder(paths.runFolder);
  } catch (cause) {
    if (!(cause instanceof FolderLockedError)) throw cause;
    throw invalidInput(`${name} runs already from ${paths.home}: stop it first, or take another home`, cause);
  }
}
