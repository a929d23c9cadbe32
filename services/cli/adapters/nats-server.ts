import { accessSync, constants } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { PROBE_PAUSE_MS_MAX, PROBE_PAUSE_MS_MIN } from '../limits.ts';
import { pause } from './pause.ts';
import type { ProcessSpec } from './service-process.ts';

const PROGRAM = 'nats-server';
const HOST = '127.0.0.1';

export interface NatsServerOptions {
  readonly program: string;
  readonly port: number;
  /** Facts are kept here, in a JetStream store. */
  readonly folder: string;
  readonly logsFolder: string;
}

/** The nats-server on the PATH, or undefined. */
export function findNatsServer(path: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, PROGRAM))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

export function natsUrl(port: number): string {
  return `nats://${HOST}:${port}`;
}

/** A server for one machine: loopback only, with JetStream. */
export function natsProcess({ program, port, folder, logsFolder }: NatsServerOptions): ProcessSpec {
  return {
    command: program,
    args: ['--addr', HOST, '--port', String(port), '--jetstream', '--store_dir', folder],
    cwd: folder,
    env: {},
    output: join(logsFolder, `${PROGRAM}.log`),
    errorFile: join(logsFolder, `${PROGRAM}.stderr.log`),
    tether: 'guard',
  };
}

/** Waits until the server greets: the first thing it says on a connection is `INFO`. */
export async function waitNatsServing(port: number, signal: AbortSignal): Promise<void> {
  let pauseMs = PROBE_PAUSE_MS_MIN / 2;
  while (!(await greets(port))) {
    await pause(pauseMs, signal);
    pauseMs = Math.min(2 * pauseMs, PROBE_PAUSE_MS_MAX);
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: HOST });
    socket.setTimeout(PROBE_PAUSE_MS_MAX, () => socket.destroy());
    socket.once('data', (bytes) => {
      resolve(bytes.toString('latin1').startsWith('INFO'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
