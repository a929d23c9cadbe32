import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { signerKeyExportCommand } from './key-export.ts';
import { signerKeyImportCommand } from './key-import.ts';
import { signerKeyInspectCommand } from './key-inspect.ts';

const EXAMPLES = `
Examples:
  $ btcfed signer key inspect --home dave
  $ openssl genpkey -algorithm SLH-DSA-SHA2-128f -aes256 -out key.pem
  $ btcfed signer key import key.pem --folder /var/lib/btcfed-signer
  $ btcfed signer key export --home dave --out key.pem`;

/** Keys that come from another program, or go to one. */
export function signerKeyCommand(context: CommandContext): Command {
  return new Command('key')
    .description('take over a key from another program, hand one on, or look at one')
    .addCommand(signerKeyImportCommand(context))
    .addCommand(signerKeyExportCommand(context))
    .addCommand(signerKeyInspectCommand(context))
    .addHelpText('after', EXAMPLES);
}
