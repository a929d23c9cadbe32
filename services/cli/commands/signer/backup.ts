import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { signerBackupCombineCommand } from './backup-combine.ts';
import { signerBackupSplitCommand } from './backup-split.ts';

const EXAMPLES = `
The shares are of the passphrase: whoever has them and a copy of signer.key has the key. Keep each with another person.
They are no backup of signer.db, which must never be put back from a copy.

Examples:
  $ btcfed signer backup split --home dave --shares 5 --threshold 3 --out shares
  $ btcfed signer backup combine share-1.json share-3.json share-5.json --home dave --out passphrase`;

/** The passphrase of a sealed key, for the day on which nobody remembers it. */
export function signerBackupCommand(context: CommandContext): Command {
  return new Command('backup')
    .description('share the passphrase of a sealed key out among several people, or put it together again')
    .addCommand(signerBackupSplitCommand(context))
    .addCommand(signerBackupCombineCommand(context))
    .addHelpText('after', EXAMPLES);
}
