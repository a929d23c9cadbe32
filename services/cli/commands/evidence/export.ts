import { resolve } from 'node:path';
import { Command } from 'commander';
import type { FederationClient } from '#libs/client/client.ts';
import type { ClientEvidence, UnreadEvidence } from '#libs/client/evidence.ts';
import { encodeEvidenceFile } from '#libs/client/evidence-file.ts';
import type { ClientHandover } from '#libs/client/membership.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { CliError, invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { writeProofFile } from '../../adapters/evidence-file.ts';
import { action, type CommandContext } from '../context.ts';
import { type MemberOptions, targetOf, withMemberOptions } from '../member-options.ts';
import { newFile } from '../option-values.ts';
import { unreadText } from './text.ts';

interface ExportOptions extends MemberOptions {
  readonly out: string;
}

const DIGEST_START = /^[0-9a-f]{6,64}$/;

export function evidenceExportCommand(context: CommandContext): Command {
  return withMemberOptions(new Command('export'))
    .description('write one piece of evidence to a file that anyone can verify with the genesis alone')
    .argument('<digest>', 'its digest, or the beginning of it: at least 6 hex digits')
    .requiredOption('--out <file>', 'where to write it; must not exist', newFile)
    .action(action(context, (digest: string, options: ExportOptions) => exportOne(context, digest, options)));
}

async function exportOne(
  { terminal }: CommandContext,
  text: string,
  options: ExportOptions,
): Promise<ExitCode> {
  const start = text.toLowerCase();
  if (!DIGEST_START.test(start)) throw invalidInput('a digest has 6 to 64 hex digits here');
  const out = resolve(options.out);
  return withMember(targetOf(options), async (client) => {
    const found: ClientEvidence[] = [];
    const unread = (each: UnreadEvidence) => terminal.note(unreadText(each));
    for await (const each of client.evidence({ unread })) if (each.digest.startsWith(start)) found.push(each);
    const [one, other] = found;
    if (one === undefined) {
      throw new CliError(`this member has no evidence ${start}`, { code: 'CLI_NOT_THERE' });
    }
    if (other !== undefined) throw invalidInput(`more than one digest begins with ${start}: give more of it`);
    const { digest, content } = one;
    const file = encodeEvidenceFile(content, await handoversTo(client, one.evidence.epoch));
    writeProofFile(out, file);
    terminal.out(
      options.json ? jsonText({ digest, out, sizeBytes: file.length }) : `${digest} written to ${out}`,
    );
    return EXIT_CODES.ok;
  });
}

/** The members of a later epoch are proved by all handovers up to it. */
async function handoversTo(client: FederationClient, epoch: bigint): Promise<readonly ClientHandover[]> {
  const handovers: ClientHandover[] = [];
  for (let to = 1n; to <= epoch; to++) handovers.push(await client.handover(to));
  return handovers;
}
