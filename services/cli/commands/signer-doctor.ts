import { Command } from 'commander';
import { machineFacts } from '../adapters/machine-facts.ts';
import { type Check, judgeMachine } from '../core/doctor-rules.ts';
import { jsonText } from '../core/json-value.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { action, type CommandContext } from './context.ts';
import { type PlaceOptions, placeOf, withPlace } from './signer-place.ts';

const NOTES = `
Run it as the user of the signer, where its unit would run it: limits are those of this process. Exit code 1 when something
must not be so; warnings are for a person to weigh.`;

export function signerDoctorCommand(context: CommandContext): Command {
  return withPlace(new Command('doctor'))
    .description('whether this machine and this folder are fit to keep a key')
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES)
    .action(
      action(context, async (options: PlaceOptions & { readonly json?: boolean }) =>
        doctor(context, options),
      ),
    );
}

async function doctor(
  { terminal, env }: CommandContext,
  options: PlaceOptions & { readonly json?: boolean },
): Promise<ExitCode> {
  const checks = judgeMachine(machineFacts(placeOf(options), env));
  const ok = checks.every(({ verdict }) => verdict !== 'failure');
  if (options.json === true) terminal.out(jsonText({ ok, checks }));
  else for (const each of checks) terminal.out(lineOf(each));
  return ok ? EXIT_CODES.ok : EXIT_CODES.failed;
}

function lineOf({ name, verdict, found, cure }: Check): string {
  return `${verdict.padEnd(8)} ${name}: ${found}${cure === '' ? '' : ` (${cure})`}`;
}
