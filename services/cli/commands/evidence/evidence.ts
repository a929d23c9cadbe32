import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { evidenceExportCommand } from './export.ts';
import { evidenceListCommand } from './list.ts';
import { evidenceVerifyCommand } from './verify.ts';

const EXAMPLES = `
Examples:
  $ btcfed evidence list --member dave
  $ btcfed evidence export 3f0c91 --out dave.evidence
  $ btcfed evidence verify dave.evidence --genesis genesis.json`;

/** Evidence of misbehaviour: two signed statements of one member that no honest member signs both of. */
export function evidenceCommand(context: CommandContext): Command {
  return new Command('evidence')
    .description('list, export or verify evidence that a member contradicted itself')
    .addCommand(evidenceListCommand(context))
    .addCommand(evidenceExportCommand(context))
    .addCommand(evidenceVerifyCommand(context))
    .addHelpText('after', EXAMPLES);
}
