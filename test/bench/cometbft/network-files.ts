import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TESTNET_MS_MAX } from './limits.ts';
import { type NetworkTerms, nodeChanges } from './node-changes.ts';
import { changedConfig, peerIdsIn } from './node-config.ts';
import { runToEnd } from './run-to-end.ts';

const HOST = '127.0.0.1';
const NODES = 4;

/** A node whose files are written. */
export interface PreparedNode {
  readonly home: string;
  readonly rpcAddress: string;
}

export interface FilesOptions extends NetworkTerms {
  readonly program: string;
  readonly folder: string;
  /** Two for each node, free. */
  readonly ports: readonly number[];
  readonly signal: AbortSignal;
}

export const PORTS_OF_NETWORK = 2 * NODES;

/** Has `cometbft testnet` make keys and a genesis of four validators, and sets what differs from its defaults. */
export async function writeNetwork(options: FilesOptions): Promise<readonly PreparedNode[]> {
  const { program, folder, ports, signal } = options;
  const hosts = Array.from({ length: NODES }, () => ['--hostname', HOST]).flat();
  const args = ['testnet', '--v', String(NODES), '--o', folder, ...hosts];
  await runToEnd({ command: program, args, msMax: TESTNET_MS_MAX, signal });
  const homes = hosts.filter((each) => each === HOST).map((_, index) => join(folder, `node${index}`));
  const places = homes.map((home, index) => {
    const [rpcPort, peerPort] = [ports[2 * index], ports[2 * index + 1]];
    if (rpcPort === undefined || peerPort === undefined) throw new Error(`no ports for ${home}`);
    return { home, rpcAddress: `${HOST}:${rpcPort}`, peerAddress: `${HOST}:${peerPort}` };
  });
  for (const place of places) {
    const file = join(place.home, 'config', 'config.toml');
    const text = readFileSync(file, 'utf8');
    const peers = peerIdsIn(text).flatMap((id, index) => {
      const other = places[index];
      return other === undefined || other === place ? [] : [`${id}@${other.peerAddress}`];
    });
    writeFileSync(file, changedConfig(text, nodeChanges({ ...place, peers }, options)));
  }
  return places;
}
