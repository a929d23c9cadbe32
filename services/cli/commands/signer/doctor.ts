import { resolve } from 'node:path';
import { Command } from 'commander';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import type { ExitCode } from '#services/launcher/words/exit-codes.ts';
import { machineFacts } from '../../adapters/machine-facts.ts';
import { processFacts } from '../../adapters/process-facts.ts';
import { tellChecks } from '../../core/doctor-answer.ts';
import { judgeMachine } from '../../core/doctor-rules.ts';
import { action, type CommandContext } from '../context.ts';
import { type PlaceOptions, placeOf, withPlace } from './place.ts';

interface DoctorOptions extends PlaceOptions {
  readonly socket?: string;
  readonly json?: boolean;
}

const NOTES = `
A signer that runs is asked on its admin socket (of the home, or --socket) which process it is, and that one is judged: limits,
swap, memory. Run it as root, or as the user of the signer; what it may not see it says. Without a signer that runs the limits are those
of this command. Exit code 1 when something must not be so; warnings are for a person to weigh.

Examples:
  $ btcfed signer doctor --home HOME
  $ sudo btcfed signer doctor --folder /var/lib/btcfed-signer --socket /run/btcfed-signer/admin.sock --json`;

export function signerDoctorCommand(context: CommandContext): Command {
  return withPlace(new Command('doctor'))
    .description('whether this machine and this folder are fit to keep a key')
    .option('--socket <file>', 'admin socket of a signer without a home')
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES)
    .action(action(context, (options: DoctorOptions) => doctor(context, options)));
}

async function doctor({ terminal, env }: CommandContext, options: DoctorOptions): Promise<ExitCode> {
  const { home, socket = home && memberPaths(resolve(home)).adminSocket } = options;
  const place = placeOf(options);
  const judged = await processFacts(socket === undefined ? undefined : resolve(socket), env);
  const checks = judgeMachine(machineFacts(place, judged));
  return tellChecks(terminal, checks, { json: options.json });
}
