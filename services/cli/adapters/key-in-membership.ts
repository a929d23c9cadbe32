import { equalBytes } from '#libs/bytes/bytes.ts';
import type { MemberTarget } from '#services/launcher/adapters/member-client.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';

/** How far the members are with a key that shall be one of theirs. */
export type KeyInMembership =
  | { readonly step: 'unknown' }
  | {
      readonly step: 'proposed' | 'adopted';
      readonly digest: string;
      readonly voters: readonly string[];
      /** The members that have not voted for it. */
      readonly waiting: readonly string[];
    }
  | { readonly step: 'in-force'; readonly epoch: bigint };

/**
 * The place of the key in the membership, as a member reports it. The report is not verified. @throws CliError
 * `CLI_UNREACHABLE`.
 */
export function keyInMembership(target: MemberTarget, publicKey: Uint8Array): Promise<KeyInMembership> {
  return withMember(target, async (member) => {
    const { members, epoch } = await member.validators();
    const isIt = (each: { readonly publicKey: Uint8Array }): boolean => equalBytes(each.publicKey, publicKey);
    if (members.some(isIt)) return { step: 'in-force', epoch };
    const { ballots, adopted } = await member.membership();
    const ballot = ballots.find(({ change }) => change.join.some(isIt));
    if (ballot === undefined) return { step: 'unknown' };
    const voters = ballot.voters.map((index) => members[index]?.name ?? String(index));
    const waiting = members.map(({ name }) => name).filter((name) => !voters.includes(name));
    const step = adopted?.digest === ballot.digest ? 'adopted' : 'proposed';
    return { step, digest: ballot.digest, voters, waiting };
  });
}
