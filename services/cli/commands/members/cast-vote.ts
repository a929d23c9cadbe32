import { resolve } from 'node:path';
import { toHeight } from '#libs/chain/ids.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { ed25519Verify } from '#libs/crypto/ed25519.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import { keysFault, possessionFault } from '#libs/membership/key-rules.ts';
import { sectionsFault } from '#libs/membership/terms-rules.ts';
import { encodeMembershipVote } from '#libs/membership/vote.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import type { MemberHome } from '#services/launcher/adapters/read-home.ts';
import type { LaunchFacts } from '#services/launcher/core/launch-facts.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { signMembershipVote, type WayToVote } from '../../adapters/signer-vote.ts';
import { changeWords, plainName } from '../../core/change-words.ts';
import type { CommandContext } from '../context.ts';

/** Longest wait until the vote is final: some views of a busy federation. */
const FINAL_MS = 120_000;

export interface VoteOptions {
  readonly home: string;
  readonly socket?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly goodFor: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** A change that somebody may vote for, and the indices of those who did. */
export interface Wish {
  readonly change: MembershipChange;
  readonly voters: readonly number[];
}

/**
 * Shows a change, asks, has the signer of the home sign a vote for it, hands that in, and waits until it is final.
 * @throws CliError `CLI_INVALID_INPUT` when nobody is there to be asked, or says no; nothing is signed then.
 */
export async function castVote(
  context: CommandContext,
  { facts }: MemberHome,
  options: VoteOptions,
  wishOf: (client: FederationClient) => Promise<Wish>,
): Promise<ExitCode> {
  const way = wayToVote(facts, options);
  const { terminal } = context;
  return withMember({ address: facts.clientAddress, deadlineMs: FINAL_MS }, async (client) => {
    const { change, voters } = await wishOf(client);
    const set = await client.validators();
    const { terms } = await client.membership();
    const auditKeys = await client.auditKeys();
    const fault = (change.terms && sectionsFault(change.terms)) ?? joinFault(change);
    if (fault !== undefined) throw invalidInput(`nothing was signed: ${fault}`);
    const member = set.members.find(({ name }) => name === facts.name);
    if (member === undefined) throw invalidInput(`${facts.name} is no member now, and has no vote`);
    const goodFor = BigInt(options.goodFor);
    const goodUntil = toHeight((await client.getHeader('latest')).header.height + goodFor);
    const names = voters.map((index) => set.members[index]?.name ?? String(index));
    for (const line of changeWords({ change, set, terms, auditKeys, voters: names, goodUntil, goodFor }))
      terminal.note(line);
    for (const { name } of change.join) terminal.note(joinWarning(plainName(name)));
    await consent(context, options, facts.name);
    const signature = await signMembershipVote(way, { change, goodUntil });
    const vote = encodeMembershipVote({ change, goodUntil, member: member.index, signature });
    const { hash } = await client.submit(vote);
    const { height } = await client.wait(hash);
    const digest = changeDigest(change);
    const answer = { digest, epoch: change.epoch, member: facts.name, height, goodUntil };
    terminal.out(
      options.json ? jsonText(answer) : `${facts.name} voted for ${digest}, final in block ${height}`,
    );
    return EXIT_CODES.ok;
  });
}

function wayToVote({ paths, signerAddress }: LaunchFacts, { socket, cert, key }: VoteOptions): WayToVote {
  if ((cert === undefined) !== (key === undefined)) throw invalidInput('give --cert and --key together');
  if (cert === undefined || key === undefined)
    return { kind: 'socket', socket: socket === undefined ? paths.adminSocket : resolve(socket) };
  if (socket !== undefined) throw invalidInput('give one of --socket and --cert');
  return { kind: 'certificate', address: signerAddress, ca: paths.tls.ca, certificate: cert, key };
}

/** A person decides on a vote: the author of a script does so by --yes. */
async function consent({ askLine }: CommandContext, { yes }: VoteOptions, member: string): Promise<void> {
  if (yes === true) return;
  if (askLine === undefined)
    throw invalidInput(
      'nobody is at the terminal to be asked whether to vote for this: give --yes in a script',
    );
  const answer = await askLine(`Vote for this change as ${member}? Type "yes":`);
  if (answer.trim() !== 'yes') throw invalidInput('nothing was signed: "yes" was not typed');
}

/** The federation cannot see how far a future member has caught up; only that member's operator can. */
function joinWarning(name: string): string {
  return (
    `${name} counts as a member two blocks after a quorum has voted, whether it has caught up or not: until it has, it is one of ` +
    `the members that may be away. Its operator sees with "btcfed status" when it is up to date`
  );
}

/** The fault of the further keys of members that join: the others would refuse the vote. */
function joinFault({ join }: MembershipChange): string | undefined {
  return keysFault(join) ?? possessionFault(join, ed25519Verify);
}
