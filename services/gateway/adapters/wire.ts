import { toHex } from '#libs/bytes/hex.ts';
import { MEMBERS_MAX, NAME_BYTES_MAX } from '#libs/membership/limits.ts';
import type { Configuration, PeerEntry } from '#libs/proto/btcfed/config/v1/config_service.ts';
import {
  type AttachRequest,
  type AttachResponse,
  ConnectionState,
  type Peer,
  TrafficClass as WireClass,
} from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { GatewayError } from '../core/errors.ts';
import type { ByClass, TrafficClass } from '../core/traffic-class.ts';
import type { AttachmentEvent } from '../frames/attachments.ts';
import { CHAIN_TAG_BYTES } from '../frames/rules/hello.ts';
import type { PeerView } from '../peers/peer-view.ts';
import type { ChainView } from '../peers/rules/chain-view.ts';
import type { PeerState } from '../peers/rules/peer-state.ts';
import type { ConfiguredPeer, GatewayConfiguration } from '../ports/configuration.ts';

const KEY_BYTES = 32;

const CLASS_TO_WIRE: ByClass<WireClass> = {
  consensus: WireClass.CONSENSUS,
  sync: WireClass.SYNC,
  transaction: WireClass.TRANSACTION,
};

const CLASS_FROM_WIRE: Readonly<Record<number, TrafficClass>> = {
  [WireClass.CONSENSUS]: 'consensus',
  [WireClass.SYNC]: 'sync',
  [WireClass.TRANSACTION]: 'transaction',
};

const STATE_TO_WIRE: Readonly<Record<PeerState, ConnectionState>> = {
  idle: ConnectionState.IDLE,
  connecting: ConnectionState.CONNECTING,
  connected: ConnectionState.CONNECTED,
  disconnecting: ConnectionState.DISCONNECTING,
  failed: ConnectionState.FAILED,
};

/**
 * Reads the first message of an attachment.
 *
 * @throws GatewayError GATEWAY_HELLO_INVALID
 */
export function chainFromWire(request: AttachRequest | undefined): ChainView {
  if (request?.body?.$case !== 'hello') throw invalidHello('the first message must be a hello');
  const { chainTag, memberPublicKeys, memberNames } = request.body.value;
  if (chainTag.length !== CHAIN_TAG_BYTES) throw invalidHello(`chain_tag must be ${CHAIN_TAG_BYTES} bytes`);
  if (memberPublicKeys.length > MEMBERS_MAX) throw invalidHello(`more than ${MEMBERS_MAX} members`);
  if (memberPublicKeys.some((key) => key.length !== KEY_BYTES)) {
    throw invalidHello(`member_public_keys must be ${KEY_BYTES} bytes each`);
  }
  const keys = memberPublicKeys.map(toHex);
  return { tag: chainTag.slice(), members: new Set(keys), names: namesOf(keys, memberNames) };
}

/** The names become labels: they are short, and as many as the members. */
function namesOf(keys: readonly string[], names: readonly string[]): ReadonlyMap<string, string> {
  if (names.length > 0 && names.length !== keys.length) {
    throw invalidHello(`member_names must be ${keys.length}, one for each key, or none`);
  }
  if (names.some((name) => Buffer.byteLength(name) > NAME_BYTES_MAX)) {
    throw invalidHello(`member_names must be ${NAME_BYTES_MAX} bytes at most each`);
  }
  return new Map(names.flatMap((name, at) => (name === '' ? [] : [[keys[at] ?? '', name]])));
}

export interface OutgoingFrame {
  /** Keys as lower-case hex; an empty list means all. */
  readonly to: readonly string[];
  readonly trafficClass: TrafficClass;
  /** A view of the message it came in. */
  readonly payload: Uint8Array;
  /** Header of the span that sends it; empty for none. */
  readonly traceparent: string;
}

/** Reads a later message of an attachment; undefined when it asks for nothing that this gateway knows. */
export function frameFromWire({ body }: AttachRequest): OutgoingFrame | undefined {
  if (body?.$case !== 'send') return undefined;
  const trafficClass = CLASS_FROM_WIRE[body.value.trafficClass];
  if (trafficClass === undefined) return undefined;
  const { to, payload, traceparent } = body.value;
  return { to: to.map(toHex), trafficClass, payload, traceparent };
}

/** Reads a later message of an attachment that asks for silence; undefined when it asks for something else. */
export function muteFromWire({ body }: AttachRequest) {
  if (body?.$case !== 'mute') return undefined;
  return { peer: toHex(body.value.publicKey), durationMs: body.value.durationMs };
}

export function eventToWire(event: AttachmentEvent): AttachResponse {
  if (event.kind === 'peer') {
    const publicKey = Buffer.from(event.key, 'hex');
    return { body: { $case: 'peer', value: { publicKey, connected: event.connected } } };
  }
  const { peer, trafficClass, payload } = event.delivery;
  const from = Buffer.from(peer, 'hex');
  return { body: { $case: 'received', value: { from, trafficClass: CLASS_TO_WIRE[trafficClass], payload } } };
}

export function peerViewToWire(view: PeerView): Peer {
  return {
    publicKey: Buffer.from(view.key, 'hex'),
    peerId: view.peerId,
    addresses: [...view.addresses],
    state: STATE_TO_WIRE[view.state],
    failures: view.failures,
    lastError: view.lastError,
    roundTripUs: BigInt(view.roundTripUs),
    silentMs: BigInt(view.silentMs),
    delinquent: view.isDelinquent,
    unsentFrames: BigInt(view.unsentFrames),
    unsentFramesSinceHeard: BigInt(view.unsentSinceHeard),
  };
}

/** The part of a configuration that the gateway needs. */
export function configurationFromWire(wire: Configuration): GatewayConfiguration {
  return {
    listenAddresses: wire.networkAddresses,
    connectionTimeoutMs: Number(wire.connectionTimeoutMs),
    exchangeIntervalMs: Number(wire.exchangeIntervalMs),
    delinquentTimeoutMs: Number(wire.delinquentTimeoutMs),
    peers: peersFromWire(wire.peers),
  };
}

/** Peers of a configuration; those whose key is no Ed25519 key are left out. */
export function peersFromWire(peers: readonly PeerEntry[]): readonly ConfiguredPeer[] {
  return peers
    .filter(({ publicKey }) => publicKey.length === KEY_BYTES)
    .map(({ publicKey, addresses, learned }) => ({ publicKey: publicKey.slice(), addresses, learned }));
}

function invalidHello(text: string): GatewayError {
  return new GatewayError(`invalid hello: ${text}`, { code: 'GATEWAY_HELLO_INVALID' });
}
