import { GatewayServiceDefinition, type Peer } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import type { MemberPaths } from '../core/member-home.ts';
import { CALL_MS } from '../words/limits.ts';
import { withServiceOf } from './running-node.ts';

/**
 * The peers that the gateway of a node knows, in the order of its peers.yaml.
 *
 * @throws CliError CLI_UNREACHABLE when no node runs from this home.
 */
export function peersOfNode({ home, gatewaySocket: socket }: MemberPaths): Promise<readonly Peer[]> {
  const service = { home, socket, definition: GatewayServiceDefinition, deadlineMs: CALL_MS };
  return withServiceOf(service, async (client) => (await client.listPeers({})).peers);
}
