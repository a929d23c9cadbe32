import { Command } from 'commander';
import { toHeight } from '#libs/chain/ids.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import { encodeMembershipVote } from '#libs/membership/vote.ts';
import { genesisDigest } from '#libs/settings/genesis.ts';
import { withMember } from '../adapters/member-client.ts';
import { readMemberFile } from '../adapters/member-file.ts';
import { type MemberHome, readMemberHome } from '../adapters/read-home.ts';
import { signMembershipVote } from '../adapters/signer-vote.ts';
import { CliError, invalidInput } from '../core/errors.ts';
import { jsonText } from '../core/json-value.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { action, type CommandContext } from './context.ts';

/** Until the vote is final: some views of a federation that is busy. */
const FINAL_MS = 120_000;

/** Of a vote: a day at one block a second. */
const GOOD_FOR_BLOCKS = 86_400n;

interface VoteOptions {
  readonly home: string;
  readonly json?: boolean;
}

interface ProposeOptions extends VoteOptions {
  readonly leave?: readonly string[];
  readonly join?: readonly string[];
  readonly weight: string;
}

export function membersProposeCommand(context: CommandContext): Command {
  return withVoteOptions(new Command('propose'))
    .description('vote for a change that nobody voted for yet; the others approve it')
    .option('--leave <name...>', 'members that leave')
    .option('--join <file...>', 'member.json of members that join')
    .option('--weight <number>', 'weight of each member that joins', '1')
    .action(action(context, (options: ProposeOptions) => propose(context, options)));
}

export function membersApproveCommand(context: CommandContext): Command {
  return withVoteOptions(new Command('approve'))
    .description('vote for a change that "btcfed members list" shows')
    .argument('<digest>', 'the change: its digest, or the beginning of it')
    .action(action(context, (digest: string, options: VoteOptions) => approve(context, digest, options)));
}

function withVoteOptions(command: Command): Command {
  return command
    .requiredOption('--home <dir>', 'home of the member that votes: its signer signs the vote')
    .option('--json', 'print one JSON object');
}

async function propose(context: CommandContext, options: ProposeOptions): Promise<ExitCode> {
  const home = readMemberHome(options.home, {});
  if (!/^[1-9]\d{0,15}$/.test(options.weight)) throw invalidInput('--weight is a whole number from 1 on');
  if (options.join === undefined && options.leave === undefined)
    throw invalidInput('a change needs somebody who joins or leaves: --join FILE… or --leave NAME…');
  const weight = BigInt(options.weight);
  const join = (options.join ?? []).map((file) => {
    const { name, scheme, consensusPublicKey: publicKey, gatewayPublicKey } = readMemberFile(file);
    if (scheme !== home.genesis.scheme)
      throw invalidInput(`${file} signs by ${scheme}, the federation by ${home.genesis.scheme}`);
    return { name, publicKey, gatewayPublicKey, weight };
  });
  const chain = genesisDigest(home.genesis);
  return vote(context, home, options, async (client) => {
    const { epoch } = await client.membership();
    const { members } = await client.validators();
    const stranger = options.leave?.find((name) => !members.some((member) => member.name === name));
    if (stranger !== undefined)
      throw invalidInput(`there is no member "${stranger}" to leave: see "btcfed members list"`);
    return { chain, epoch, leave: options.leave ?? [], join };
  });
}

async function approve(context: CommandContext, text: string, options: VoteOptions): Promise<ExitCode> {
  const home = readMemberHome(options.home, {});
  return vote(context, home, options, async (client) => {
    const { ballots } = await client.membership();
    const found = ballots.filter(({ digest }) => digest.startsWith(text.toLowerCase()));
    const [only] = found;
    if (only !== undefined && found.length === 1) return only.change;
    const many = found.length > 1 ? 'more than one change begins' : 'nobody voted for a change that begins';
    throw new CliError(`${many} with "${text}": see "btcfed members list"`, { code: 'CLI_NOT_THERE' });
  });
}

/** Has the signer of the home sign a vote, hands it in, and waits until it is final. */
async function vote(
  { terminal }: CommandContext,
  { facts }: MemberHome,
  { json }: VoteOptions,
  changeOf: (client: FederationClient) => Promise<MembershipChange>,
): Promise<ExitCode> {
  return withMember({ address: facts.clientAddress, deadlineMs: FINAL_MS }, async (client) => {
    const change = await changeOf(client);
    const member = (await client.validators()).members.find(({ name }) => name === facts.name);
    if (member === undefined) throw invalidInput(`${facts.name} is no member now, and has no vote`);
    const { header } = await client.status();
    const goodUntil = toHeight((header?.finalHeight ?? 0n) + GOOD_FOR_BLOCKS);
    const signature = await signMembershipVote(facts, change, goodUntil);
    for (const { name } of change.join) terminal.note(joinWarning(name));
    const { hash } = await client.submit(
      encodeMembershipVote({ change, goodUntil, member: member.index, signature }),
    );
    const { height } = await client.wait(hash);
    const digest = changeDigest(change);
    const answer = { digest, epoch: change.epoch, member: facts.name, height };
    terminal.out(json ? jsonText(answer) : `${facts.name} voted for ${digest}, final in block ${height}`);
    return EXIT_CODES.ok;
  });
}

/** The federation cannot see how far somebody is who is no member yet; only its operator can. */
function joinWarning(name: string): string {
  return (
    `${name} counts as a member two blocks after a quorum has voted, whether it has caught up or not: until it has, it is one of ` +
    `the members that may be away. Its operator sees with "btcfed status" when it is up to date`
  );
}
