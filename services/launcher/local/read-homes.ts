import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type HomeEnvironment, type MemberHome, readMemberHome } from '../adapters/read-home.ts';
import { memberName } from '../core/member-home.ts';
import { ofSeveralMembers } from '../core/passed-on.ts';
import { invalidInput } from '../words/errors.ts';

/** Whether a federation was made in this folder before. */
export function holdsFederation(folder: string): boolean {
  return existsSync(join(folder, memberName(0)));
}

/** The homes m0, m1, … of one federation. */
export function readHomes(folder: string, caller: HomeEnvironment): readonly MemberHome[] {
  const env = ofSeveralMembers(caller);
  const first = readMemberHome(join(folder, memberName(0)), env);
  const rest = first.genesis.members.slice(1).map((_, index) => {
    return readMemberHome(join(folder, memberName(index + 1)), env);
  });
  const homes = [first, ...rest];
  const stranger = homes.find(({ genesis }) => genesis.genesisTimeMs !== first.genesis.genesisTimeMs);
  if (stranger === undefined) return homes;
  throw invalidInput(`${stranger.facts.paths.home} belongs to another federation than ${memberName(0)}`);
}
