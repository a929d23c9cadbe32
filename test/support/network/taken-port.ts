import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of this machine that another program has. */
export interface TakenPort {
  readonly port: number;
  release(): void;
}

/**
 * Takes a free port of 127.0.0.1. Every connection is cut off at once: the gateways of other tests dial any port that one
 * of their peers once had, and a connection that stays open keeps this process from ending.
 */
export async function takePort(): Promise<TakenPort> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { port: address.port, release: () => void server.close() };
}
