import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { prepareFactsStream } from '#libs/events/facts-stream.ts';
import type { Origin } from '#libs/events/headers.ts';
import { type LocalServer, localServer } from '#libs/events/local-server.ts';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { holdFreePorts } from '../adapters/free-ports.ts';
import {
  findNatsServer,
  NATS_HOST,
  natsFiles,
  natsProcess,
  waitNatsServing,
} from '../adapters/nats-server.ts';
import { SERVICE_START_MS } from '../words/limits.ts';
import { SupervisedService, type SupervisedServiceOptions } from './supervised-service.ts';

export interface NatsOptions extends Pick<SupervisedServiceOptions, 'report' | 'interrupted'> {
  /** PATH of this process: the server program is looked for there. */
  readonly path: string;
  /** Where it keeps its store, its log and the password of this start. */
  readonly folder: string;
  /** The members whose services publish. */
  readonly members: readonly Origin[];
}

export interface NatsService extends Lifecycle {
  readonly service: SupervisedService;
  /** For each member, in their order, the URLs with keys at which its services publish. */
  readonly urls: LocalServer['services'];
}

/** 256 bits: nobody guesses it, and none is used twice. */
const PASSWORD_BYTES = 32;

/** A nats-server of our own, or undefined when there is none on the PATH: events are off then. */
export async function natsService({
  path,
  folder,
  members,
  ...options
}: NatsOptions): Promise<NatsService | undefined> {
  const program = findNatsServer(path);
  if (program === undefined) return undefined;
  const held = await holdFreePorts(1);
  const [port = 0] = held.ports;
  await held.release();
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const server = localServer({ host: NATS_HOST, port, folder, members, password });
  const process = natsProcess({ program, folder });
  const service = new SupervisedService({
    ...options,
    label: 'nats-server',
    process,
    logFile: process.errorFile,
    serving: async (signal) => {
      await waitNatsServing(port, signal);
      await prepareFactsStream(server.keeper);
    },
    startMsMax: SERVICE_START_MS,
  });
  return { service, urls: server.services, ...lifeOf(service, server, folder) };
}

/** The password of readers is in a file while it is valid. Keys of services are in no file. */
function lifeOf(service: SupervisedService, server: LocalServer, folder: string): Lifecycle {
  const { configuration, reader, openStore } = natsFiles(folder);
  return {
    start: async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
      await rm(openStore, { recursive: true, force: true });
      await rm(reader, { force: true });
      await writeFileAtomic(configuration, server.configuration, 0o600);
      await service.start();
      await writeFileAtomic(reader, `${server.reader}\n`, 0o600);
    },
    stop: async () => {
      await service.stop();
      for (const file of [configuration, reader]) await rm(file, { force: true });
    },
  };
}
