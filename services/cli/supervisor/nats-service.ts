import { mkdirSync } from 'node:fs';
import { holdFreePorts } from '../adapters/free-ports.ts';
import { findNatsServer, natsProcess, natsUrl, waitNatsServing } from '../adapters/nats-server.ts';
import { SERVICE_START_MS } from '../limits.ts';
import { SupervisedService, type SupervisedServiceOptions } from './supervised-service.ts';

export interface NatsOptions extends Pick<SupervisedServiceOptions, 'report' | 'interrupted'> {
  /** Of this process: a server is looked for there. */
  readonly path: string;
  /** Where it keeps its store and log. */
  readonly folder: string;
}

export interface NatsService {
  readonly service: SupervisedService;
  readonly url: string;
}

/** A nats-server of our own, or undefined when there is none on the PATH: events are off then. */
export async function natsService({
  path,
  folder,
  ...options
}: NatsOptions): Promise<NatsService | undefined> {
  const program = findNatsServer(path);
  if (program === undefined) return undefined;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const held = await holdFreePorts(1);
  const [port = 0] = held.ports;
  await held.release();
  const process = natsProcess({ program, port, folder, logsFolder: folder });
  const service = new SupervisedService({
    ...options,
    label: 'nats-server',
    process,
    logFile: process.errorFile,
    serving: (signal) => waitNatsServing(port, signal),
    startMsMax: SERVICE_START_MS,
  });
  return { service, url: natsUrl(port) };
}
