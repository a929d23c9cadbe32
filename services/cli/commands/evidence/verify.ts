import { Command } from 'commander';
import { verifyEvidenceFile } from '#libs/client/evidence-file.ts';
import { positionOf } from '#libs/protocol/evidence.ts';
import { evidenceDigest } from '#libs/protocols/evidence-codec.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { readEvidenceFile } from '../../adapters/evidence-file.ts';
import { trustFrom } from '../../adapters/trust.ts';
import { action, type CommandContext } from '../context.ts';
import { readableFile } from '../option-values.ts';
import { nameInSet, statementLines } from './text.ts';

interface VerifyOptions {
  readonly genesis: string;
  readonly json?: boolean;
}

export function evidenceVerifyCommand(context: CommandContext): Command {
  return new Command('verify')
    .description(
      'verify a file of evidence, asking nobody: exit code 0 when it is true, 1 when it proves nothing',
    )
    .argument('<file>', 'made by "btcfed evidence export"', readableFile)
    .requiredOption(
      '--genesis <file>',
      'genesis.json of the federation, from a source that you trust',
      readableFile,
    )
    .option('--json', 'print one JSON object')
    .action(action(context, (file: string, options: VerifyOptions) => verifyFile(context, file, options)));
}

async function verifyFile(
  { terminal }: CommandContext,
  file: string,
  { genesis, json }: VerifyOptions,
): Promise<ExitCode> {
  const trust = trustFrom(genesis);
  const verdict = await verifyEvidenceFile(readEvidenceFile(file), trust);
  if (!verdict.ok) throw new CliError(`${file} proves nothing: ${verdict.fault}`, { code: 'CLI_NOT_PROVED' });
  const { evidence, validators } = verdict;
  const { kind, epoch, first, second } = evidence;
  const { member } = first;
  const name = nameInSet(validators, member);
  const digest = evidenceDigest(evidence, trust.chainDigest);
  if (json === true) {
    const place = { epoch, ...positionOf(evidence) };
    terminal.out(jsonText({ verified: true, digest, member, name, kind, ...place, first, second }));
  } else {
    terminal.out([`${digest}  ${name}  ${kind}, verified`, ...statementLines(evidence)].join('\n'));
  }
  return EXIT_CODES.ok;
}
