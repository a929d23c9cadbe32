import { Command, Option } from 'commander';
import { CliError } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { leaveFactsOf } from '../../adapters/leave-facts.ts';
import { judgeLeave, leaveText } from '../../core/leave-guard.ts';
import { action, type CommandContext } from '../context.ts';
import { type MemberOptions, targetOf, withMemberOptions } from '../member-options.ts';
import { severalHostPorts } from '../option-values.ts';

interface CheckOptions extends MemberOptions {
  readonly also?: readonly string[];
  readonly force?: boolean;
}

const NOTES = `
It asks the member that is to be taken down whom it reaches: members that are not connected do not count, nor those that are
connected and silent. Whether a member that it reaches votes, only that one knows: name its client API with --also, as often as
there are others, and one that is halted, catches up, or whose signer signs nothing does not count either. One that does not
answer there may be cut off from here alone: it is told, and counts as the member reaches it. TLS options hold for all.

Nothing is recorded and nobody else is told: two operators who both ask at once may both be let go, and together take too many
members down. Agree on one at a time, and ask again when the one before is back. Afterwards "btcfed status" has exit code 0.

Exit codes: 0 it may be taken down, or --force   1 it must stay up, or no block becomes final   3 the member does not answer

Examples:
  $ btcfed maintenance check --home /var/lib/btcfed
  $ btcfed maintenance check --home federation/m0 --also 127.0.0.1:7111 --also 127.0.0.1:7121
  $ btcfed maintenance check --home m0 --json | jq -r '.absent[] | .name, .reason'`;

/** Whether the others decide without this member. */
export function maintenanceCheckCommand(context: CommandContext): Command {
  return withMemberOptions(new Command('check'))
    .description('whether a member may be taken down: refused where the others are too few to decide')
    .addOption(
      new Option('--also <host:port>', 'client API of another member, to be asked too; several').argParser(
        severalHostPorts,
      ),
    )
    .option('--force', 'exit code 0 all the same, for a script whose person has decided')
    .addHelpText('after', NOTES)
    .action(action(context, (options: CheckOptions) => check(context, options)));
}

async function check({ terminal }: CommandContext, options: CheckOptions): Promise<ExitCode> {
  const target = targetOf(options);
  const { home: _home, ...elsewhere } = target;
  const others = (options.also ?? []).map((address) => ({ ...elsewhere, address }));
  const { silent, ...facts } = await leaveFactsOf(target, others);
  const verdict = judgeLeave(facts);
  const sentence = leaveText(facts.leaving, verdict);
  for (const address of silent)
    terminal.note(`${address} does not answer here: only what ${facts.leaving} sees of it counts`);
  const isForced = options.force === true && !verdict.isSafe;
  if (options.json === true) terminal.out(jsonText({ member: facts.leaving, ...verdict, isForced, silent }));
  if (verdict.isSafe || isForced) {
    if (options.json !== true) terminal.out(isForced ? `forced: ${sentence}` : sentence);
    return EXIT_CODES.ok;
  }
  if (options.json === true) {
    terminal.note(sentence);
    return EXIT_CODES.failed;
  }
  throw new CliError(`${sentence}; take it down all the same with --force`, { code: 'CLI_INVALID_INPUT' });
}
