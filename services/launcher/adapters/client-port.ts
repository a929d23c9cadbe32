import { connect } from 'node:net';
import { parseAddress } from '#libs/grpc/address.ts';
import { type CliError, invalidInput } from '../words/errors.ts';
import { PORT_LEFT_MS, PROBE_PAUSE_MS_MAX } from '../words/limits.ts';
import { pause } from './pause.ts';

/**
 * Waits until nobody listens where the client API of a member shall be. Without TLS the answer of another member there
 * could not be told from our own: the start would seem to succeed, and clients would be led to a stranger.
 *
 * @throws CliError naming the key of conf.yaml when somebody stays there; the reason of `signal` when that fires first.
 */
export async function clientPortLeft(address: string, signal: AbortSignal): Promise<void> {
  const until = performance.now() + PORT_LEFT_MS;
  while (await listens(address)) {
    if (performance.now() >= until) throw taken(address);
    await pause(PROBE_PAUSE_MS_MAX, signal);
  }
}

/** The sentence for a person when somebody listens there now. */
export async function clientPortProblem(address: string): Promise<string | undefined> {
  return (await listens(address)) ? taken(address).message : undefined;
}

function taken(address: string): CliError {
  return invalidInput(
    `services.client_address: ${address} is in use by another process: stop it, or choose another port in conf.yaml`,
  );
}

/** Whether a program takes connections there. */
function listens(address: string): Promise<boolean> {
  const { kind: _, ...place } = parseAddress(address);
  return new Promise((resolve) => {
    const socket = connect(place);
    socket.setTimeout(PROBE_PAUSE_MS_MAX, () => socket.destroy());
    socket.once('connect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => socket.destroy());
    socket.once('close', () => resolve(false));
  });
}
