import { Command } from 'commander';
import { createAuthority } from '#libs/pki/pki.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { describedFile, writeNewAuthority } from '../../adapters/certificate-files.ts';
import { action, type CommandContext } from '../context.ts';
import { wholeNumber } from '../option-values.ts';
import { certificateText } from './text.ts';

interface InitOptions {
  readonly ca: string;
  readonly name: string;
  readonly days: number;
  readonly json?: boolean;
}

/** Ten years: an authority is replaced by a plan, not by a surprise. */
const DAYS = 3_650;

export function pkiInitCommand(context: CommandContext): Command {
  return new Command('init')
    .description('make an authority: ca.pem, which may be shown, and ca.key, which must not')
    .requiredOption('--ca <dir>', 'folder for the two files; made if it is missing')
    .option('--name <text>', 'name in the certificate', 'btcfed')
    .option('--days <n>', 'how long it is valid', wholeNumber({ min: 1, max: 36_500 }), DAYS)
    .option('--json', 'print one JSON object')
    .action(action(context, (options: InitOptions) => makeAuthority(context, options)));
}

async function makeAuthority({ terminal }: CommandContext, options: InitOptions): Promise<ExitCode> {
  const { ca, name, days, json } = options;
  const file = await writeNewAuthority(ca, createAuthority(name, days));
  terminal.out(certificateText(file, describedFile(file), json));
  return EXIT_CODES.ok;
}
