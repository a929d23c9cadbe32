import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { signerStateExportCommand, signerStateImportCommand } from './state-move.ts';
import {
  signerStateApproveCommand,
  signerStateApproverCommand,
  signerStateQuarantineCommand,
  signerStateRecoverCommand,
} from './state-recover.ts';
import { signerStateRemakeCommand } from './state-remake.ts';
import { signerStateShowCommand, signerStateVerifyCommand } from './state-show.ts';

const EXAMPLES = `
Stop the signer first: one process holds its record.

Examples:
  $ btcfed signer state show --home dave
  $ btcfed signer state verify --folder /var/lib/btcfed-signer --json
  $ btcfed signer state export --home dave --out history.json      (dave signs no more)
  $ btcfed signer state import history.json --folder /var/lib/btcfed-signer --audit-key HEX`;

/** The commands that show and check the record of a key, and move it to another host. */
export function signerStateCommand(context: CommandContext): Command {
  return new Command('state')
    .description('the record of the signatures of a key: show, check, export, import')
    .addCommand(signerStateShowCommand(context))
    .addCommand(signerStateVerifyCommand(context))
    .addCommand(signerStateExportCommand(context))
    .addCommand(signerStateImportCommand(context))
    .addCommand(signerStateQuarantineCommand(context))
    .addCommand(signerStateRemakeCommand(context))
    .addCommand(signerStateApproverCommand(context))
    .addCommand(signerStateApproveCommand(context))
    .addCommand(signerStateRecoverCommand(context))
    .addHelpText('after', EXAMPLES);
}
