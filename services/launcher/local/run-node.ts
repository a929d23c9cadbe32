import { join, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { lifecycleOf } from '#libs/service/lifecycle.ts';
import { checkPrivateHomes } from '../adapters/private-homes.ts';
import { readNodeHome } from '../adapters/read-home.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';
import { memberPaths } from '../core/member-home.ts';
import { superviseMembers } from '../supervisor/federation.ts';
import { followLogging } from '../supervisor/follow-logging.ts';
import { type NatsService, natsService } from '../supervisor/nats-service.ts';
import type { SupervisorEvent } from '../supervisor/supervisor-event.ts';
import { EXIT_CODES, type ExitCode } from '../words/exit-codes.ts';
import type { Interruption } from '../words/interruption.ts';
import { jsonText } from '../words/json-value.ts';
import type { ProcessContext } from '../words/process-context.ts';
import type { Terminal } from '../words/terminal.ts';
import { clientPorts } from './client-ports.ts';
import { homeLocks } from './home-locks.ts';
import { checkMirrorPresent } from './mirror-present.ts';
import { noteLocked } from './note-locked.ts';
import { makeNodeFolders, refusalOfSettings } from './open-settings.ts';
import { reloadOnHangUp } from './reload-on-hang-up.ts';
import { serviceRuntime } from './service-runtime.ts';
import { stopAsked } from './stop-asked.ts';
import { gaveUp, noteEvent } from './supervisor-notes.ts';

const STDOUT = 1;
const STDERR = 2;

export interface NodeOptions {
  readonly home: string;
  readonly json?: boolean;
}

/**
 * Runs one node until it is told to stop, which is how it ends well, or a service cannot be kept up. Settings that are
 * refused end it before anything is started, with exit code 1 and the promised text (test/requirements/texts.md 2.1 to
 * 2.3).
 */
export async function runNode(context: ProcessContext, options: NodeOptions): Promise<ExitCode> {
  const { terminal } = context;
  const interruption = context.interruption();
  const paths = memberPaths(resolve(options.home));
  const problem = makeNodeFolders(paths);
  if (problem !== undefined) return refuse(terminal, problem);
  const lock = homeLocks([{ name: 'a node', paths }]);
  await lock.start();
  try {
    const refusal = await refusalOfSettings(paths, terminal);
    if (refusal !== undefined) return refuse(terminal, refusal);
    return await runServices(context, { ...options, interruption });
  } finally {
    await lock.stop();
  }
}

function refuse(terminal: Terminal, sentence: string): ExitCode {
  terminal.note(sentence);
  return EXIT_CODES.failed;
}

async function runServices(
  context: ProcessContext,
  { home, json, interruption }: NodeOptions & { readonly interruption: Interruption },
): Promise<ExitCode> {
  const { terminal } = context;
  const failure = new AbortController();
  const report = (event: SupervisorEvent): void => {
    noteEvent(terminal, event);
    if (event.kind === 'given-up') failure.abort(gaveUp(event.service, event.end));
  };
  // Answers for scripts have standard output for themselves.
  const console = json === true ? STDERR : STDOUT;
  const named = readNodeHome(home, context.env, isatty(console));
  checkPrivateHomes([named]);
  checkMirrorPresent(named);
  const nats = await eventsFor(named, { context, interruption, report });
  const [natsUrls] = nats?.urls ?? [];
  const facts = natsUrls === undefined ? named : { ...named, natsUrls };
  const runtime = await serviceRuntime(context);
  const options = { runtime, report, interrupted: interruption.signal, console };
  const services = superviseMembers([facts], options);
  interruption.onImpatience(() => {
    for (const service of [...services.services, ...(nats === undefined ? [] : [nats.service])])
      service.kill();
  });
  reloadOnHangUp(facts.paths, interruption, terminal);
  const levels = followLogging(facts.paths.configSocket, services.services);
  const ports = clientPorts([facts], interruption.signal);
  const life = lifecycleOf([ports, ...(nats === undefined ? [] : [nats]), services, levels]);
  try {
    await life.start();
    announce(context, facts, json === true);
    await noteLocked(facts, terminal);
    await stopAsked(AbortSignal.any([interruption.signal, failure.signal]));
    failure.signal.throwIfAborted();
    return EXIT_CODES.ok;
  } finally {
    await life.stop();
  }
}

interface EventsOptions {
  readonly context: ProcessContext;
  readonly interruption: Interruption;
  readonly report: (event: SupervisorEvent) => void;
}

/** A server of our own for this member, unless conf.yaml or NATS_URL names one. */
async function eventsFor(
  facts: LaunchFacts,
  { context, interruption, report }: EventsOptions,
): Promise<NatsService | undefined> {
  if (facts.natsUrl !== undefined) return undefined;
  const found = await natsService({
    path: context.env['PATH'] ?? '',
    folder: join(facts.paths.home, 'nats'),
    members: [{ network: facts.chainId, member: facts.name }],
    report,
    interrupted: interruption.signal,
  });
  if (found === undefined)
    context.terminal.note('no nats_url and no nats-server on the PATH: events are off');
  return found;
}

function announce({ terminal, sinceStartMs }: ProcessContext, facts: LaunchFacts, json: boolean): void {
  const { name, clientAddress, paths, hasChain } = facts;
  const readyMs = Math.round(sinceStartMs());
  const what = hasChain
    ? `${name} serves clients at ${clientAddress}`
    : `no genesis.json in ${paths.home}: config and gateway run alone, without a chain ("btcfed init --help" tells how a home gets one)`;
  terminal.note(`${what}; logs are in ${paths.logsFolder}; Ctrl-C stops it`);
  const member = hasChain ? { member: name, clientAddress } : { member: null, clientAddress: null };
  if (json) terminal.out(jsonText({ ...member, home: paths.home, readyMs }));
}
