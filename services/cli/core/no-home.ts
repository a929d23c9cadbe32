import type { MemberPaths } from '#services/launcher/core/member-home.ts';
import { type CliError, unusable } from '#services/launcher/words/errors.ts';

/** The refusal of a folder that is no home, in a command whose exit code 1 is an answer: nothing was done. */
export function noHome({ home, conf }: Pick<MemberPaths, 'home' | 'conf'>): CliError {
  return unusable(
    `${home} is no home of a node: there is no ${conf} that this user may see; name a home by --home, or make one with ` +
      '"btcfed init" or "btcfed testnet"',
  );
}
