import { toHex } from '#libs/bytes/hex.ts';
import type { Roster } from '#libs/membership/roster.ts';
import { ConnectionState, type Peer } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { readGenesis } from '#services/launcher/adapters/read-home.ts';
import type { LaunchFacts } from '#services/launcher/core/launch-facts.ts';
import type { SeenPeer } from '../../core/diagnosis/outside-facts.ts';

type NamedKey = Pick<Roster[number], 'name' | 'gatewayPublicKey'>;

/** The peers by the names of the members in force, or, where consensus does not tell them, of those in the genesis. */
export function namedPeers(
  peers: readonly Peer[],
  roster: readonly NamedKey[] | undefined,
  node: LaunchFacts | undefined,
): readonly SeenPeer[] {
  const members = roster ?? founders(node);
  const names = new Map(members.map(({ name, gatewayPublicKey }) => [toHex(gatewayPublicKey), name]));
  return peers.map(({ publicKey, peerId, state, lastError, silentMs, roundTripUs }) => ({
    name: names.get(toHex(publicKey)) ?? peerId,
    isConnected: state === ConnectionState.CONNECTED,
    lastError,
    silentMs: Number(silentMs),
    roundTripUs: roundTripUs === 0n ? undefined : Number(roundTripUs),
  }));
}

function founders(node: LaunchFacts | undefined): readonly NamedKey[] {
  return node?.hasChain === true ? readGenesis(node.paths.genesis).members : [];
}
