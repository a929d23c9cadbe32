import { Command } from 'commander';
import { askFederation } from '#services/launcher/adapters/running-federation.ts';
import { standingText } from '#services/launcher/core/control-text.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from '../context.ts';
import { type UpPlaceOptions, withUpPlaceOptions } from './place.ts';

const EXAMPLES = `
States: running; paused, until "resume"; down, until "restart", by request or because a start by request failed; ended, and
started again by itself after a pause; starting, while "restart" waits for it. The nats-server that all members share is shown
where the federation started one; the verbs are for members alone.

Exit code 0: told; 3: no federation runs there.

Examples:
  $ btcfed up list
  $ btcfed up list --home federation --json | jq -r '.members[] | select(.name == "m2") | .services[].pid'`;

/** The members of a federation that runs, and their processes. */
export function upListCommand(context: CommandContext): Command {
  return withUpPlaceOptions(new Command('list'), context)
    .description('list the members of a running federation: their services, process ids and states')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: UpPlaceOptions) => list(context, options)));
}

async function list({ terminal }: CommandContext, options: UpPlaceOptions): Promise<ExitCode> {
  const answer = await askFederation(options.home, { verb: 'list' });
  const { members, natsServer } = answer.kind === 'listed' ? answer : { members: [], natsServer: undefined };
  terminal.out(options.json === true ? jsonText({ members, natsServer }) : standingText(members, natsServer));
  return EXIT_CODES.ok;
}
