import { existsSync } from 'node:fs';
import { GatewayServiceDefinition, type Peer } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { transportOf } from '#libs/settings/transport.ts';
import type { MemberPaths } from '../core/member-home.ts';
import { invalidInput } from '../words/errors.ts';
import { CALL_MS } from '../words/limits.ts';
import { readGenesis } from './read-home.ts';
import { withServiceOf } from './running-node.ts';

/**
 * The peers that the gateway of a node knows, in the order of its peers.yaml.
 *
 * @throws CliError CLI_UNREACHABLE when no node runs from this home, CLI_INVALID_INPUT for a chain whose nodes have no gateway.
 */
export async function peersOfNode({
  home,
  genesis,
  gatewaySocket: socket,
}: MemberPaths): Promise<readonly Peer[]> {
  if (existsSync(genesis) && transportOf(readGenesis(genesis)) === 'http-json') {
    const instead = 'who is connected is said by "btcfed status", and addresses stand in peers.yaml';
    throw invalidInput(
      `the members of this chain speak http-json, so no gateway runs that knows peers: ${instead}`,
    );
  }
  const service = { home, socket, definition: GatewayServiceDefinition, deadlineMs: CALL_MS };
  return withServiceOf(service, async (client) => (await client.listPeers({})).peers);
}
