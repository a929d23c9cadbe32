import { Command } from 'commander';
import { VOTE_BLOCKS_MAX } from '#libs/membership/limits.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { genesisDigest } from '#libs/settings/genesis.ts';
import { readMemberFile } from '#services/launcher/adapters/member-file.ts';
import { readMemberHome } from '#services/launcher/adapters/read-home.ts';
import { CliError, invalidInput } from '#services/launcher/words/errors.ts';
import type { ExitCode } from '#services/launcher/words/exit-codes.ts';
import { namedTerms, type WantedTerms } from '../../core/named-terms.ts';
import { action, type CommandContext } from '../context.ts';
import { namedValue, readableFile, readableFiles, wholeNumber } from '../option-values.ts';
import { castVote, type VoteOptions } from './cast-vote.ts';

/** A day at one block a second. */
const GOOD_FOR_BLOCKS = 86_400;

const NOTES = `
The change is shown in words, and you are asked, before anything is signed. On the member's own host the signer is asked at its
admin socket, and nothing needs to be set up:
  $ btcfed members approve 3f0c91 --home …

From another host it is asked with a certificate of yours, never with that of consensus. The certificate must be of the
authority that the signer trusts (HOME/tls/ca.crt; "btcfed init" threw the key of its own away: deploy/tls/README.md makes
another), and the client matrix of the signer must let it vote, from the next start of the signer on:
  $ btcfed pki issue --ca pki --name operator --usage client --out operator
  $ btcfed signer client add operator --home … --cert operator.pem --operations membership
  $ btcfed members approve 3f0c91 --home … --cert operator.pem --key operator.key`;

const WEIGHT = { min: 1, max: 999_999_999_999_999 } as const;

interface ProposeOptions extends VoteOptions {
  readonly leave?: readonly string[];
  readonly join?: readonly string[];
  readonly weight: number;
  readonly protocol?: string;
  readonly parameter?: WantedTerms['parameters'];
}

export function membersProposeCommand(context: CommandContext): Command {
  return withVoteOptions(new Command('propose'))
    .description('vote for a change that nobody voted for yet; the others approve it')
    .option('--leave <name...>', 'members that leave')
    .option('--join <file...>', 'member.json of members that join', readableFiles)
    .option('--weight <number>', 'weight of each member that joins', wholeNumber(WEIGHT), WEIGHT.min)
    .option('--protocol <id>', 'the protocol of the next epoch, with every --parameter of it')
    .option(
      '--parameter <name=value>',
      'a number or word of the protocol in the next epoch, may be given several times: as in genesis.json',
      namedValue,
    )
    .action(action(context, (options: ProposeOptions) => propose(context, options)));
}

export function membersApproveCommand(context: CommandContext): Command {
  return withVoteOptions(new Command('approve'))
    .description('vote for a change that "btcfed members list" shows')
    .argument('<digest>', 'the change: its digest, or the beginning of it')
    .action(action(context, (digest: string, options: VoteOptions) => approve(context, digest, options)));
}

function withVoteOptions(command: Command): Command {
  const goodFor = { min: 1, max: Number(VOTE_BLOCKS_MAX) };
  return command
    .requiredOption('--home <dir>', 'home of the member that votes')
    .option(
      '--socket <file>',
      'admin socket of its signer, which signs the vote; that of the home when left out',
    )
    .option(
      '--cert <file>',
      'or your own certificate, PEM, that the client matrix of the signer lets vote',
      readableFile,
    )
    .option('--key <file>', 'key of that certificate, PEM', readableFile)
    .option(
      '--good-for <blocks>',
      'how many blocks from now count the vote',
      wholeNumber(goodFor),
      GOOD_FOR_BLOCKS,
    )
    .option('--yes', 'vote without being asked: for scripts')
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES);
}

async function propose(context: CommandContext, options: ProposeOptions): Promise<ExitCode> {
  const home = readMemberHome(options.home, {});
  const { protocol, parameter: parameters = [] } = options;
  const wanted = { parameters, ...(protocol !== undefined && { protocol }) };
  const namesTerms = protocol !== undefined || parameters.length > 0;
  if (options.join === undefined && options.leave === undefined && !namesTerms)
    throw invalidInput(
      'a change needs somebody who joins or leaves, or a number that changes: --join FILE…, --leave NAME… or --parameter NAME=VALUE',
    );
  const weight = BigInt(options.weight);
  const join = (options.join ?? []).map((file) => {
    const { name, scheme, consensusPublicKey: publicKey, gatewayPublicKey, keys } = readMemberFile(file);
    if (scheme !== home.genesis.scheme)
      throw invalidInput(`${file} signs by ${scheme}, the federation by ${home.genesis.scheme}`);
    return { name, publicKey, gatewayPublicKey, weight, ...(keys && { keys }) };
  });
  const chain = genesisDigest(home.genesis);
  return castVote(context, home, options, async (client) => {
    const { epoch, terms: inForce } = await client.membership();
    const { members } = await client.validators();
    const stranger = options.leave?.find((name) => !members.some((member) => member.name === name));
    if (stranger !== undefined)
      throw invalidInput(`there is no member "${stranger}" to leave: see "btcfed members list"`);
    const terms = namedTerms(wanted, inForce, FOUNDING_PROTOCOLS);
    return { chain, epoch, leave: options.leave ?? [], join, ...(terms && { terms }) };
  });
}

async function approve(context: CommandContext, text: string, options: VoteOptions): Promise<ExitCode> {
  const home = readMemberHome(options.home, {});
  return castVote(context, home, options, async (client) => {
    const { ballots } = await client.membership();
    const found = ballots.filter(({ digest }) => digest.startsWith(text.toLowerCase()));
    const [only] = found;
    if (only !== undefined && found.length === 1) return only.change;
    const many = found.length > 1 ? 'more than one change begins' : 'nobody voted for a change that begins';
    throw new CliError(`${many} with "${text}": see "btcfed members list"`, { code: 'CLI_NOT_THERE' });
  });
}
