import { join } from 'node:path';
import { lifecycleOf } from '#libs/service/lifecycle.ts';
import { type MemberHome, readMemberHome } from '../adapters/read-home.ts';
import type { CommandContext } from '../commands/context.ts';
import type { Interruption } from '../commands/interruption.ts';
import { jsonText } from '../core/json-value.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { superviseMembers } from '../supervisor/federation.ts';
import { logLevels } from '../supervisor/log-levels.ts';
import { type NatsService, natsService } from '../supervisor/nats-service.ts';
import type { SupervisorEvent } from '../supervisor/supervised-service.ts';
import { homeLocks } from './home-locks.ts';
import { serviceRuntime } from './service-runtime.ts';
import { stopAsked } from './stop-asked.ts';
import { gaveUp, noteEvent } from './supervisor-notes.ts';

const STDOUT = 1;
const STDERR = 2;

/** Runs one member until it is told to stop, which is how it ends well, or a service cannot be kept up. */
export async function runNode(
  context: CommandContext,
  { home, json }: { readonly home: string; readonly json?: boolean },
): Promise<ExitCode> {
  const { terminal } = context;
  const interruption = context.interruption();
  const failure = new AbortController();
  const report = (event: SupervisorEvent): void => {
    noteEvent(terminal, event);
    if (event.kind === 'given-up') failure.abort(gaveUp(event.service, event.end));
  };
  const named = readMemberHome(home, context.env);
  const nats = await eventsFor(named, { context, interruption, report });
  const member = nats === undefined ? named : readMemberHome(home, { ...context.env, NATS_URL: nats.url });
  const runtime = await serviceRuntime(context);
  // Answers for scripts have standard output for themselves.
  const options = {
    runtime,
    report,
    interrupted: interruption.signal,
    console: json === true ? STDERR : STDOUT,
  };
  const services = superviseMembers([member.facts], options);
  interruption.onImpatience(() => {
    for (const service of [...services.services, ...(nats === undefined ? [] : [nats.service])])
      service.kill();
  });
  const locks = homeLocks([member.facts]);
  const levels = logLevels(member.facts.paths.configSocket, services.services);
  const life = lifecycleOf([locks, ...(nats === undefined ? [] : [nats.service]), services, levels]);
  try {
    await life.start();
    announce(context, member, json === true);
    await stopAsked(AbortSignal.any([interruption.signal, failure.signal]));
    failure.signal.throwIfAborted();
    return EXIT_CODES.ok;
  } finally {
    await life.stop();
  }
}

interface EventsOptions {
  readonly context: CommandContext;
  readonly interruption: Interruption;
  readonly report: (event: SupervisorEvent) => void;
}

/** A server of our own for this member, unless conf.yaml or NATS_URL names one. */
async function eventsFor(
  { facts }: MemberHome,
  { context, interruption, report }: EventsOptions,
): Promise<NatsService | undefined> {
  if (facts.natsUrl !== undefined) return undefined;
  const found = await natsService({
    path: context.env['PATH'] ?? '',
    folder: join(facts.paths.home, 'nats'),
    report,
    interrupted: interruption.signal,
  });
  if (found === undefined)
    context.terminal.note('no nats_url and no nats-server on the PATH: events are off');
  return found;
}

function announce({ terminal, sinceStartMs }: CommandContext, { facts }: MemberHome, json: boolean): void {
  const { name, clientAddress, paths } = facts;
  const readyMs = Math.round(sinceStartMs());
  terminal.note(
    `${name} serves clients at ${clientAddress}; logs are in ${paths.logsFolder}; Ctrl-C stops it`,
  );
  if (json) terminal.out(jsonText({ member: name, clientAddress, home: paths.home, readyMs }));
}
