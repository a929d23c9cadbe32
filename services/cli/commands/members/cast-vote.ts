import { resolve } from 'node:path';
import { toHeight } from '#libs/chain/ids.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import { keyFor } from '#libs/membership/member-keys.ts';
import type { Roster } from '#libs/membership/roster.ts';
import { encodeMembershipVote } from '#libs/membership/vote.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import type { Genesis } from '#libs/settings/genesis.ts';
import { memberRulesOf } from '#libs/settings/genesis-membership.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import type { MemberHome } from '#services/launcher/adapters/read-home.ts';
import type { LaunchFacts } from '#services/launcher/core/launch-facts.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { signMembershipVote, type WayToVote } from '../../adapters/signer-vote.ts';
import { changeWords } from '../../core/change-words.ts';
import { joinWarnings } from '../../core/join-warnings.ts';
import { wishFault } from '../../core/wish-fault.ts';
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

/**
 * Shows a change, asks, has the signer of the home sign a vote for it, hands that in, and waits until it is final.
 * @throws CliError `CLI_INVALID_INPUT` when the members would refuse the vote, or nobody is there to be asked, or says no; nothing is
 * signed then.
 */
export async function castVote(
  context: CommandContext,
  { facts, genesis }: MemberHome,
  options: VoteOptions,
  wishOf: (client: FederationClient) => Promise<MembershipChange>,
): Promise<ExitCode> {
  const way = wayToVote(facts, options);
  const { terminal } = context;
  return withMember({ address: facts.clientAddress, deadlineMs: FINAL_MS }, async (client) => {
    const change = await wishOf(client);
    const set = await client.validators();
    const member = set.members.find(({ name }) => name === facts.name);
    if (member === undefined) throw invalidInput(`${facts.name} is no member now, and has no vote`);
    const votes = await client.membership();
    const roster = await client.roster();
    const { height } = (await client.getHeader('latest')).header;
    const fault = wishFault({
      ...{ ...votes, change, roster, voter: facts.name, nextHeight: toHeight(height + 1n) },
      ...{ rules: memberRulesOf(genesis), terms: votes.terms ?? foundingTerms(genesis) },
    });
    if (fault !== undefined) throw invalidInput(`nothing was signed: ${fault}`);
    const digest = changeDigest(change);
    const { voters = [] } = votes.ballots.find((ballot) => ballot.digest === digest) ?? {};
    const goodFor = BigInt(options.goodFor);
    const goodUntil = toHeight(height + goodFor);
    const names = voters.map((index) => set.members[index]?.name ?? String(index));
    const shown = { change, set, terms: votes.terms, auditKeys: auditKeysOf(roster) };
    for (const line of changeWords({ ...shown, voters: names, goodUntil, goodFor })) terminal.note(line);
    for (const line of joinWarnings(change)) terminal.note(line);
    await consent(context, options, facts.name);
    const signature = await signMembershipVote(way, { change, goodUntil });
    const vote = encodeMembershipVote({ change, goodUntil, member: member.index, signature });
    const { hash } = await client.submit(vote);
    const final = await client.wait(hash);
    const answer = { digest, epoch: change.epoch, member: facts.name, height: final.height, goodUntil };
    terminal.out(
      options.json ? jsonText(answer) : `${facts.name} voted for ${digest}, final in block ${final.height}`,
    );
    return EXIT_CODES.ok;
  });
}

/** A member that is too old to tell the terms in force has those of the genesis. */
function foundingTerms({ protocol, protocolParameters: parameters }: Genesis): ProtocolTerms {
  return { protocol, parameters };
}

function auditKeysOf(roster: Roster): ReadonlyMap<string, Uint8Array> {
  return new Map(
    roster.flatMap((member) => {
      const key = keyFor(member, 'audit');
      return key === undefined ? [] : [[member.name, key] as const];
    }),
  );
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
