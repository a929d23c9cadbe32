import { Command } from 'commander';
import { toHex } from '#libs/bytes/hex.ts';
import type { MemberAuditHead } from '#libs/proto/btcfed/consensus/v1/audit.ts';
import type { GetStatusResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { modeText, quorumText, reachesQuorum } from '#services/launcher/adapters/member-status.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from './context.ts';
import { type MemberOptions, targetOf, withMemberOptions } from './member-options.ts';
import { viewText, votesText } from './view-text.ts';

/** Enough to compare by eye; all of them are in the JSON. */
const HASH_DIGITS = 16;

const EXAMPLES = `
Examples:
  $ btcfed status
  $ btcfed status --home federation/m2 --json | jq .header.finalHeight`;

/** The command that shows the state of one member. */
export function statusCommand(context: CommandContext): Command {
  return withMemberOptions(new Command('status'))
    .description(
      'tell what a member is doing; exit code 4 when it reaches no quorum, 5 when it is halted or its signer signs nothing',
    )
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: MemberOptions) => showStatus(context, options)));
}

async function showStatus({ terminal }: CommandContext, options: MemberOptions): Promise<ExitCode> {
  return withMember(targetOf(options), async (member) => {
    const status = await member.status();
    const mode = modeText(status);
    terminal.out(options.json ? jsonText(jsonOf(status, mode)) : statusText(status, mode));
    if (status.haltReason !== '' || status.signerFault !== '') return EXIT_CODES.signsNothing;
    return reachesQuorum(status) ? EXIT_CODES.ok : EXIT_CODES.noQuorum;
  });
}

/** A guest has no number: 0 would be that of the first member. */
function jsonOf({ member, ...status }: GetStatusResponse, mode: string) {
  return status.guest ? { ...status, mode } : { member, ...status, mode };
}

/** The end of one signer's audit log, as this member saw it last. */
function auditText({ member, head, complaint }: MemberAuditHead): string {
  const end =
    head === undefined ? 'never seen' : `row ${head.sequence}, ${toHex(head.hash).slice(0, HASH_DIGITS)}`;
  return `audit log     ${member}: ${end}${complaint === '' ? '' : `; WARNING: ${complaint}`}`;
}

function placeText({ guest, member, header }: GetStatusResponse): string {
  return guest ? `, no member in epoch ${header?.epoch ?? 0n} but a guest` : ` (number ${member})`;
}

/** The height at which it will stop; the mode says it of one that has. */
function haltLines({ haltAtHeight, haltReason }: GetStatusResponse): readonly string[] {
  return haltAtHeight === undefined || haltReason !== ''
    ? []
    : [`stops         behind height ${haltAtHeight}`];
}

function statusText(status: GetStatusResponse, mode: string): string {
  const { header } = status;
  const refused = Object.entries(status.refusedMessages).map(([cause, count]) => `${cause} ${count}`);
  return [
    `member        ${header?.member}${placeText(status)} of ${header?.chainId}`,
    `mode          ${mode}`,
    ...haltLines(status),
    `final         height ${header?.finalHeight}, ${toHex(header?.finalDigest ?? new Uint8Array())}`,
    `state root    ${toHex(status.stateRoot)}`,
    `view          ${viewText(status)}`,
    `votes         ${votesText(status)}`,
    `timed out     ${status.timedOutViews} views since start; a view may take ${Math.round(status.viewTimeoutMs)} ms`,
    `peers         ${status.connectedPeers} connected`,
    `quorum        ${quorumText(status) ?? 'not told by this version of the member'}`,
    `mempool       ${status.mempoolTransactions} transactions`,
    `last commit   ${status.lastCommitMs === 0 ? 'none since start' : `${Math.round(status.lastCommitMs)} ms`}`,
    `protocol      ${status.protocol}, ${status.scheme}`,
    `refused       ${refused.length === 0 ? 'nothing' : refused.join(', ')}`,
    ...status.auditHeads.map(auditText),
  ].join('\n');
}
