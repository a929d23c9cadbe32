import { Command, Option } from 'commander';
import { askFederation } from '#services/launcher/adapters/running-federation.ts';
import type { ControlOrder, ControlVerb } from '#services/launcher/core/control-messages.ts';
import { doneText } from '#services/launcher/core/control-text.ts';
import { SERVICE_NAMES, type ServiceName } from '#services/launcher/core/service-names.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from '../context.ts';
import { placeText, type UpPlaceOptions, withUpPlaceOptions } from './place.ts';

type VerbOptions = UpPlaceOptions & { readonly service?: ServiceName };

interface VerbHelp {
  readonly summary: string;
  readonly notes: string;
}

const ENDS = 'Exit code 0: done; 1: refused or failed, with the cure; 3: no federation runs there.';

const HELP: Readonly<Record<ControlVerb, VerbHelp>> = {
  kill: {
    summary: 'kill the processes of a member at once, as a crash would; they stay down until "restart"',
    notes: `
It is SIGKILL, and nothing starts the services again by itself. The others go on while a quorum is up: "btcfed status" of one
of them tells. To cut a member off from the others while its clients still reach it, kill its gateway alone.

Examples:
  $ btcfed up kill m2
  $ btcfed up kill m2 --service consensus
  $ btcfed up kill m2 --service gateway --home federation --json`,
  },
  restart: {
    summary: 'start the processes of a member again; those that run are stopped in order first',
    notes: `
It ends when all of them serve. A service that does not start stays down, and its own last sentence is told.

Examples:
  $ btcfed up restart m2
  $ btcfed up restart m2 --service signer --json`,
  },
  pause: {
    summary: 'pause the processes of a member: its connections stand, and it answers nobody until "resume"',
    notes: `
It is SIGSTOP: to the others the member hangs, which they notice later than a crash. To cut a member off from the others while
its clients still reach it, pause its gateway alone.

Examples:
  $ btcfed up pause m2
  $ btcfed up pause m2 --service gateway`,
  },
  resume: {
    summary: 'let the paused processes of a member go on',
    notes: `
It is SIGCONT. Services that are down stay so: "btcfed up restart" starts them.

Examples:
  $ btcfed up resume m2
  $ btcfed up resume m2 --service gateway --json`,
  },
};

/** An act on a member of a federation that runs. */
export function upVerbCommand(context: CommandContext, verb: ControlVerb): Command {
  const { summary, notes } = HELP[verb];
  return withUpPlaceOptions(new Command(verb), context)
    .description(summary)
    .argument('<member>', 'its name, as in m2')
    .addOption(new Option('--service <name>', 'one of its services alone').choices(SERVICE_NAMES))
    .addHelpText('after', `${notes}\n\n${ENDS}`)
    .action(
      action(context, (member: string, options: VerbOptions) =>
        act(context, { verb, member, service: options.service }, options),
      ),
    );
}

async function act(
  { terminal }: CommandContext,
  order: ControlOrder,
  options: UpPlaceOptions,
): Promise<ExitCode> {
  const answer = await askFederation(options.home, order);
  const services = answer.kind === 'done' ? answer.services : [];
  const { verb, member } = order;
  terminal.out(
    options.json === true
      ? jsonText({ verb, member, services })
      : doneText(order, services, placeText(options)),
  );
  return EXIT_CODES.ok;
}
