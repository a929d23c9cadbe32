import { Command } from 'commander';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { describedFile } from '../../adapters/certificate-files.ts';
import { action, type CommandContext } from '../context.ts';
import { certificateText } from './text.ts';

export function pkiShowCommand(context: CommandContext): Command {
  return new Command('show')
    .description('show the content of a certificate: names, usage, life, and the pin of its key')
    .argument('<file>', 'PEM')
    .option('--json', 'print one JSON object')
    .action(action(context, (file: string, options: { json?: boolean }) => show(context, file, options)));
}

async function show(
  { terminal }: CommandContext,
  file: string,
  { json }: { json?: boolean },
): Promise<ExitCode> {
  terminal.out(certificateText(file, describedFile(file), json));
  return EXIT_CODES.ok;
}
