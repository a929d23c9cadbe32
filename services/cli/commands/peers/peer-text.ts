import { ConnectionState, type Peer } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { encodeBase64 } from '#libs/settings/base64.ts';
import { plainLines } from '../../core/plain-lines.ts';

const STATES: Readonly<Record<number, string>> = {
  [ConnectionState.IDLE]: 'idle',
  [ConnectionState.CONNECTING]: 'connecting',
  [ConnectionState.CONNECTED]: 'connected',
  [ConnectionState.DISCONNECTING]: 'disconnecting',
  [ConnectionState.FAILED]: 'failed',
};

/** A peer in JSON: the state as a word, and the key as peers.yaml has it. */
export function jsonOfPeer({ publicKey, state, ...peer }: Peer) {
  return { ...peer, publicKey: encodeBase64(publicKey), state: stateWord(state) };
}

/** The cells of one line of a list. */
export function cellsOfPeer(peer: Peer): readonly string[] {
  const { peerId, state, addresses, delinquent, silentMs, unsentFramesSinceHeard: unsent } = peer;
  const note = delinquent ? `DELINQUENT: silent for ${seconds(silentMs)}, ${unsent} frames unsent since` : '';
  return [peerId, stateWord(state), addressText(addresses), note];
}

/** All that is known of a peer, a line for each fact. */
export function factsOfPeer(peer: Peer): string {
  const { publicKey, state, addresses, silentMs, roundTripUs, unsentFrames, lastError } = peer;
  return plainLines({
    'peer id': peer.peerId,
    'public key': encodeBase64(publicKey),
    addresses: addressText(addresses),
    state: `${stateWord(state)}${peer.delinquent ? ', DELINQUENT' : ''}`,
    silent: `for ${seconds(silentMs)}`,
    'round trip': roundTripUs === 0n ? 'not measured' : `${Number(roundTripUs) / 1_000} ms`,
    unsent: `${unsentFrames} frames, ${peer.unsentFramesSinceHeard} of them since it was last heard`,
    'failed dials': `${peer.failures} in a row`,
    'last error': lastError === '' ? undefined : lastError,
  }).join('\n');
}

function stateWord(state: ConnectionState): string {
  return STATES[state] ?? 'unknown';
}

function addressText(addresses: readonly string[]): string {
  return addresses.length === 0 ? 'no address' : addresses.join(', ');
}

function seconds(ms: bigint): string {
  return `${(Number(ms) / 1_000).toFixed(1)} s`;
}
