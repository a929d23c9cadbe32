import { join } from 'node:path';
import type { FederationClient } from '#libs/client/client.ts';
import { type Lifecycle, lifecycleOf } from '#libs/service/lifecycle.ts';
import { ControlSocket } from '../adapters/control-socket.ts';
import { memberClient } from '../adapters/member-client.ts';
import { checkPrivateHomes } from '../adapters/private-homes.ts';
import type { MemberHome } from '../adapters/read-home.ts';
import { heldMembers } from '../core/control-rules.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';
import { controlSocketIn } from '../core/member-home.ts';
import { ControlDesk } from '../supervisor/control-desk.ts';
import { superviseMembers } from '../supervisor/federation.ts';
import { type NatsService, natsService } from '../supervisor/nats-service.ts';
import type { SupervisedService } from '../supervisor/supervised-service.ts';
import type { SupervisorEvent } from '../supervisor/supervisor-event.ts';
import { together } from '../supervisor/together.ts';
import { noteTolerance } from '../testnet/founding-size.ts';
import type { Interruption } from '../words/interruption.ts';
import type { ProcessContext } from '../words/process-context.ts';
import { clientPorts } from './client-ports.ts';
import { type FoundedFacts, factsOf } from './federation-facts.ts';
import { homeLocks } from './home-locks.ts';
import { readHomes } from './read-homes.ts';
import { serviceRuntime } from './service-runtime.ts';
import { gaveUp, noteEvent } from './supervisor-notes.ts';

/** One member of a federation that runs on this machine. */
export interface LocalMember {
  readonly name: string;
  readonly home: MemberHome;
  readonly client: FederationClient;
}

/** A federation of separate processes on this machine. */
export interface LocalFederation extends Lifecycle, FoundedFacts {
  readonly members: readonly LocalMember[];
  /** Every process of it. */
  readonly services: readonly SupervisedService[];
  /** While it runs, a person may end, pause and start services of members. */
  readonly control: Lifecycle;
  /** Names of members that a person holds down or paused. */
  held(): readonly string[];
  /** Fires when a service died too often and stays down. */
  readonly failed: AbortSignal;
}

export interface LocalFederationOptions {
  /** Holds the homes m0, m1, …. */
  readonly folder: string;
  readonly context: ProcessContext;
  readonly interruption: Interruption;
}

/** Prepares the services of all members and one nats-server; nothing runs yet. */
export async function localFederation(options: LocalFederationOptions): Promise<LocalFederation> {
  const { folder, context, interruption } = options;
  const failure = new AbortController();
  const report = (event: SupervisorEvent): void => {
    noteEvent(context.terminal, event);
    if (event.kind === 'given-up') failure.abort(gaveUp(event.service, event.end));
  };
  const runtime = await serviceRuntime(context);
  const named = readHomes(folder, context.env);
  checkPrivateHomes(named.map(({ facts }) => facts));
  noteTolerance(context.terminal, named.length);
  const nats = await events(options, named, report);
  const homes = named.map((home, index) => withUrls(home, nats?.urls[index]));
  const facts = homes.map((home) => home.facts);
  const supervised = superviseMembers(facts, { runtime, report, interrupted: interruption.signal });
  const eventServices = nats === undefined ? [] : [nats.service];
  const services = [...eventServices, ...supervised.services];
  interruption.onImpatience(() => {
    for (const service of services) service.kill();
  });
  const desk = new ControlDesk(supervised.members, report, nats?.service);
  const members = homes.map(localMember);
  const locks = homeLocks(facts);
  const ports = clientPorts(facts, interruption.signal);
  const life = lifecycleOf([locks, ports, withEvents(nats, supervised), clientsOf(members)]);
  return {
    ...factsOf(homes),
    members,
    services,
    control: new ControlSocket({
      path: controlSocketIn(folder),
      answer: (request) => desk.answer(request),
    }),
    held: () => heldMembers(desk.standing),
    failed: failure.signal,
    start: () => life.start(),
    stop: () => life.stop(),
  };
}

/** A server of our own, unless one is named. */
async function events(
  options: LocalFederationOptions,
  homes: readonly MemberHome[],
  report: (event: SupervisorEvent) => void,
): Promise<NatsService | undefined> {
  const { folder, interruption } = options;
  const { env, terminal } = options.context;
  if (env['NATS_URL']) return undefined;
  const found = await natsService({
    path: env['PATH'] ?? '',
    folder: join(folder, 'nats'),
    members: homes.map(({ facts }) => ({ network: facts.chainId, member: facts.name })),
    report,
    interrupted: interruption.signal,
  });
  if (found === undefined) terminal.note('no NATS_URL and no nats-server on the PATH: events are off');
  return found;
}

/** A member whose conf.yaml names a server publishes there. */
function withUrls(home: MemberHome, natsUrls: LaunchFacts['natsUrls']): MemberHome {
  if (natsUrls === undefined || home.facts.natsUrl !== undefined) return home;
  return { ...home, facts: { ...home.facts, natsUrls } };
}

/** Nobody waits for the event server to start; it stops last, so that the last events still get out. */
function withEvents(events: Lifecycle | undefined, services: Lifecycle): Lifecycle {
  if (events === undefined) return services;
  return {
    start: () => together([events, services]).start(),
    stop: async () => {
      await services.stop();
      await events.stop();
    },
  };
}

function localMember(home: MemberHome): LocalMember {
  return { name: home.facts.name, home, client: memberClient({ address: home.facts.clientAddress }) };
}

/** Connections are made on first use; only their end needs a place in the order. */
function clientsOf(members: readonly LocalMember[]): Lifecycle {
  return {
    start: async () => {},
    stop: async () => {
      for (const { client } of members) client.close();
    },
  };
}
