import { dirname, join, resolve } from 'node:path';
import { AppError } from '#libs/errors/app-error.ts';
import { askControl } from '#services/launcher/adapters/control-client.ts';
import { scratchFederations } from '#services/launcher/adapters/scratch-folders.ts';
import { controlSocketIn } from '#services/launcher/core/member-home.ts';
import { CALL_MS } from '#services/launcher/words/limits.ts';
import type { LocalStanding } from '../../core/diagnosis/outside-facts.ts';

/** The federation that `up` runs this home in, if it does. */
export async function localStandingOf(
  home: string,
  clientAddress: string,
): Promise<LocalStanding | undefined> {
  const standing = await standingIn(dirname(resolve(home)));
  return standing?.members.some((member) => member.clientAddress === clientAddress) ? standing : undefined;
}

/** The home of the member at an address, where an `up` without --home runs it. */
export async function scratchHomeOf(clientAddress: string): Promise<string | undefined> {
  for (const folder of scratchFederations()) {
    const standing = await standingIn(folder);
    const found = standing?.members.find((member) => member.clientAddress === clientAddress);
    if (found !== undefined) return join(folder, found.name);
  }
  return undefined;
}

/** A federation that runs and does not answer is as good as none here: it only knows better commands. */
async function standingIn(folder: string): Promise<LocalStanding | undefined> {
  try {
    const answer = await askControl(controlSocketIn(folder), { verb: 'list' }, 'nobody serves it', CALL_MS);
    return answer.kind === 'listed' ? { folder, members: answer.members } : undefined;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
