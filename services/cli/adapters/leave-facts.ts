import type { FederationClient } from '#libs/client/client.ts';
import { type GetStatusResponse, ReplicaMode } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { type MemberTarget, statusOf, withMember } from '#services/launcher/adapters/member-client.ts';
import { modeText } from '#services/launcher/adapters/member-status.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import type { AbsentMember, LeaveFacts } from '../core/leave-guard.ts';

/** A member that is asked for its own state, or the reason why it could not be. */
type OtherAnswer =
  | { readonly kind: 'status'; readonly status: GetStatusResponse }
  | { readonly kind: 'silent'; readonly address: string };

/**
 * The knowledge of the member that is to be taken down about the others, and the word of those that can be asked about themselves.
 *
 * @throws CliError CLI_UNREACHABLE when the member itself does not answer.
 */
export async function leaveFactsOf(
  target: MemberTarget,
  others: readonly MemberTarget[],
): Promise<LeaveFacts & { readonly silent: readonly string[] }> {
  const [facts, answers] = await Promise.all([
    withMember(target, ownFacts),
    Promise.all(others.map(askOther)),
  ]);
  const states = answers.flatMap((each) =>
    each.kind === 'status' ? absentBy(each.status, facts.height) : [],
  );
  const silent = answers.flatMap((each) => (each.kind === 'silent' ? [each.address] : []));
  return { ...facts, absent: [...facts.absent, ...states], silent };
}

async function ownFacts(member: FederationClient): Promise<LeaveFacts & { readonly height: bigint }> {
  const [status, set, mute] = await Promise.all([member.status(), member.validators(), muteMembers(member)]);
  const { header, quorum } = status;
  const unreached = (quorum?.away ?? []).map((name) => ({ name, reason: 'not reached' }));
  return {
    leaving: header?.member ?? '',
    members: set.members.map(({ name, weight }) => ({ name, weight })),
    neededWeight: set.quorum.commitWeight,
    absent: [...unreached, ...mute],
    height: header?.finalHeight ?? 0n,
  };
}

/** Members whose gateways are connected and whose consensus says nothing; nobody from a member of an older version. */
async function muteMembers(member: FederationClient): Promise<readonly AbsentMember[]> {
  try {
    const { findings } = await member.diagnose();
    const names = findings.filter(({ code }) => code === 'members-mute').flatMap(({ members }) => members);
    return names.map((name) => ({ name, reason: 'connected, and its consensus is silent' }));
  } catch (error) {
    if (statusOf(error) === 'UNIMPLEMENTED') return [];
    throw error;
  }
}

async function askOther(target: MemberTarget): Promise<OtherAnswer> {
  try {
    return { kind: 'status', status: await withMember(target, (member) => member.status()) };
  } catch (error) {
    if (error instanceof CliError && error.detail.code === 'CLI_UNREACHABLE')
      return { kind: 'silent', address: target.address };
    throw error;
  }
}

/** Blocks by which a member may be behind: decisions are on their way while both are asked. */
const BEHIND_MAX = 3n;

/** A member that answers and decides nothing now, by its own word. */
function absentBy(status: GetStatusResponse, height: bigint): readonly AbsentMember[] {
  const { mode, signerFault, header } = status;
  const name = header?.member ?? '';
  const own = header?.finalHeight ?? 0n;
  if (mode !== ReplicaMode.ACTIVE || signerFault !== '') return [{ name, reason: modeText(status) }];
  return own + BEHIND_MAX < height ? [{ name, reason: `at height ${own}, behind ${height}` }] : [];
}
