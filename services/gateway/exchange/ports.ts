import type { PeerBookEntry } from '../core/peer-book.ts';
import type { PeerConnection } from '../ports/peer-network.ts';
import type { DecodedMessage, ExchangeMessage } from './rules/message.ts';

/** Messages as bytes: Protobuf in production. */
export interface ExchangeCodec {
  encode(message: ExchangeMessage): Uint8Array;
  /** Never throws: bytes of a peer are judged, not trusted. */
  decode(bytes: Uint8Array): DecodedMessage;
}

/** Ed25519 and chance, for records and for ids. */
export interface RecordCryptography {
  /** Signs with our own key. */
  sign(statement: Uint8Array): Uint8Array;
  /** Also false for a malformed key. */
  verify(key: string, statement: Uint8Array, signature: Uint8Array): boolean;
  /** 16 unpredictable bytes as lower-case hex. */
  newId(): string;
}

/** The network as peer exchange sees it: connected peers, and the judgement on them. */
export interface ExchangeNetwork {
  /** Our own key as lower-case hex. */
  readonly self: string;
  /** Addresses that the gateway listens on, with the real ports; may change while it runs. */
  listenAddresses(): readonly string[];
  /** The connection in use with a peer or a guest. */
  connectionOf(key: string): PeerConnection | undefined;
  /** Whether a peer is configured, a member or learned. */
  isPeer(key: string): boolean;
  /** Keys of the members of the chain; undefined while it is unknown. */
  members(): ReadonlySet<string> | undefined;
  /** Takes the learned peers that may be dialled, in place of the previous ones. */
  learn(peers: readonly PeerBookEntry[]): void;
  /** The other end broke the rules. */
  fault(connection: PeerConnection, text: string): void;
  /** Logs once per cause and peer, and counts. */
  complain(key: string, cause: string): void;
}

/** A learned peer that we were connected with. */
export interface KeptPeer {
  readonly publicKey: Uint8Array;
  readonly addresses: readonly string[];
  /** Seconds since 1970. */
  readonly lastSeenS: number;
}

/**
 * The store that keeps learned peers beyond this process (P2P-31): the config service in production. Rejects
 * when it is away.
 */
export interface PeerStore {
  keep(seen: readonly KeptPeer[], removedKeys: readonly Uint8Array[]): Promise<void>;
}
