import { accessSync, constants } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { PROBE_PAUSE_MS_MAX, PROBE_PAUSE_MS_MIN } from '../words/limits.ts';
import { pause } from './pause.ts';
import type { ProcessSpec } from './service-process.ts';

const PROGRAM = 'nats-server';
/** Loopback only. */
export const NATS_HOST = '127.0.0.1';

export interface NatsServerOptions {
  readonly program: string;
  /** Facts are kept here, in a JetStream store; its log and its configuration stand beside them. */
  readonly folder: string;
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

/** The configuration has a password, so it comes by a file of ours and not by arguments, which everybody sees. */
export function natsProcess({ program, folder }: NatsServerOptions): ProcessSpec {
  return {
    command: program,
    args: ['--config', natsFiles(folder).configuration],
    cwd: folder,
    env: {},
    output: join(folder, `${PROGRAM}.log`),
    errorFile: join(folder, `${PROGRAM}.stderr.log`),
    tether: 'guard',
  };
}

/** The files in the folder of the server while it runs. */
export interface NatsFiles {
  readonly configuration: string;
  /** One line: the URL by which readers connect, with their password. */
  readonly reader: string;
  /** The stores of a server that asked nobody for a password: anybody may have written into them. */
  readonly openStore: string;
}

export function natsFiles(folder: string): NatsFiles {
  return {
    configuration: join(folder, `${PROGRAM}.conf`),
    reader: join(folder, 'reader.url'),
    openStore: join(folder, 'jetstream', '$G'),
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
    const socket = connect({ port, host: NATS_HOST });
    socket.setTimeout(PROBE_PAUSE_MS_MAX, () => socket.destroy());
    socket.once('data', (bytes) => {
      resolve(bytes.toString('latin1').startsWith('INFO'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
