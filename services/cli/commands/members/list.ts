import { Command } from 'commander';
import type { ClientBallot, ClientMembership } from '#libs/client/membership.ts';
import type { NewTerms } from '#libs/membership/new-terms.ts';
import { multisigThreshold } from '#libs/membership/policy.ts';
import { shownParameters, toldParameters } from '#libs/protocol/parameter-words.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { plainName } from '../../core/change-words.ts';
import { action, type CommandContext } from '../context.ts';
import { type MemberOptions, targetOf, withMemberOptions } from '../member-options.ts';
import { progressText } from './progress-text.ts';

const NOTES = `
Each member has its stage, as the member that is asked knows it: "member", "catching-up" (it counts for a quorum, and lacks blocks), or
"unreachable" (no connection). Below them are candidates, whom members voted to join, and "suspended" members. Heights are those that
each reported or proved last, with how long ago: a member tells each other in turn, one every 10 to 15 seconds.

Examples:
  $ btcfed members list
  $ btcfed members list --home federation/m0 --json | jq -r '.progress[] | .member, .stage, .behind'`;

export function membersListCommand(context: CommandContext): Command {
  return withMemberOptions(new Command('list'))
    .description(
      'list the members in force and how far each is, who voted for which change, and what the policy allows',
    )
    .addHelpText('after', NOTES)
    .action(action(context, (options: MemberOptions) => listMembers(context, options)));
}

async function listMembers({ terminal }: CommandContext, options: MemberOptions): Promise<ExitCode> {
  return withMember(targetOf(options), async (client) => {
    const [set, membership] = [await client.validators(), await client.membership()];
    const { ballots, terms, ...rest } = membership;
    const thresholds = {
      quorumWeight: set.quorum.commitWeight,
      faultyWeightMax: set.quorum.faultyWeightMax,
      multisigThreshold: multisigThreshold(set.members.length),
    };
    const votes = ballots.map((ballot) => ({ ...ballot, voters: votersOf(ballot, set) }));
    terminal.out(
      options.json
        ? jsonText({
            ...rest,
            ...(terms && { terms: shownTerms(terms) }),
            ...thresholds,
            members: set.members,
            ballots: votes,
          })
        : textOf(set, membership),
    );
    return EXIT_CODES.ok;
  });
}

function votersOf({ voters }: ClientBallot, { members }: ValidatorSet): readonly string[] {
  return voters.map((index) => members[index]?.name ?? String(index));
}

function textOf(set: ValidatorSet, membership: ClientMembership): string {
  const { epoch, ballots, adopted, policy, terms, progress } = membership;
  const members = set.members.map(({ index, name, weight }) => {
    const known = progress.find(({ member }) => member === name);
    const stage = known === undefined ? '' : `  ${plainName(progressText(known))}`;
    return `${String(index).padStart(3)}  ${name.padEnd(12)}  weight ${weight}${stage}`;
  });
  const { commitWeight, faultyWeightMax } = set.quorum;
  const custody = multisigThreshold(set.members.length);
  const { membersMin, membersMax, step, growthMax } = policy;
  const votes = ballots.map((ballot) => changeText(ballot, set, terms));
  return [
    `epoch ${epoch}: ${set.members.length} members, until a change of them is in force`,
    ...members,
    ...othersText(set, progress),
    `a decision, and a change of the members, takes weight ${commitWeight} of ${set.totalWeight}; up to ${faultyWeightMax} may be down or lie`,
    `a multisignature wallet of these members would need ${custody} signatures, three quarters of them and one`,
    ...(terms === undefined ? [] : [`protocol ${termsText(terms)}`]),
    `allowed: ${membersMin} to ${membersMax} members in steps of ${step}, at most ${growthMax} more in one change`,
    ...(votes.length === 0 ? ['no change is voted on; see "btcfed members propose --help"'] : votes),
    ...(adopted === undefined
      ? []
      : [`adopted: ${adopted.digest}, in force from height ${adopted.effectiveHeight}`]),
  ].join('\n');
}

/** Candidates, and members that were voted out because they were away. */
function othersText({ members }: ValidatorSet, progress: ClientMembership['progress']): readonly string[] {
  const names = new Set(members.map(({ name }) => name));
  const others = progress.filter(({ member }) => !names.has(member));
  return others.map((each) => `  -  ${plainName(each.member).padEnd(12)}  ${plainName(progressText(each))}`);
}

function changeText(ballot: ClientBallot, set: ValidatorSet, inForce: ProtocolTerms | undefined): string {
  const { digest, change } = ballot;
  const leave = change.leave.map((name) => `-${plainName(name)}`);
  const join = change.join.map(({ name }) => `+${plainName(name)}`);
  const terms = change.terms === undefined ? [] : newTermsText(change.terms, inForce);
  const voters = votersOf(ballot, set).map((name, at) => `${name} (until height ${ballot.goodUntil[at]})`);
  return `${digest}  ${[...leave, ...join, ...terms].join(' ')}  voted for by ${voters.join(', ')}`;
}

function shownTerms({ protocol, parameters }: ProtocolTerms): object {
  const bounds = FOUNDING_PROTOCOLS.get(protocol)?.parameters.bounds;
  return { protocol, parameters: shownParameters(bounds, parameters) };
}

function termsText({ protocol, parameters }: ProtocolTerms): string {
  const words = toldParameters(FOUNDING_PROTOCOLS.get(protocol)?.parameters.bounds, parameters);
  return [protocol, ...Object.entries(words).map(([name, word]) => `${name}=${word}`)].join(' ');
}

function newTermsText(
  { protocol, parameters, others }: NewTerms,
  inForce: ProtocolTerms | undefined,
): readonly string[] {
  const bounds = FOUNDING_PROTOCOLS.get(protocol?.id ?? inForce?.protocol ?? '')?.parameters.bounds;
  const words = parameters === undefined ? {} : toldParameters(bounds, parameters);
  const numbers = Object.entries(words).map(([name, word]) => `${name}=${word}`);
  const first = protocol === undefined ? [] : [`protocol=${JSON.stringify(protocol.id)}`];
  return [...first, ...numbers, ...others.map(({ tag }) => `section=${tag}`)];
}
