import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '#libs/bytes/hex.ts';
import type { CertifiedKey } from '#libs/pki/pki.ts';
import type { RoutedMessage } from './http-sending.ts';
import type { HttpAddress } from './peer-address.ts';
import { PeerLine } from './peer-line.ts';

/** The things without which nobody can be dialled; keys in hex. */
export interface HttpIdentity {
  readonly certificate: CertifiedKey;
  readonly addresses: ReadonlyMap<string, readonly HttpAddress[]>;
}

export interface DialledPeersOptions {
  /** The name of the member with this key; empty where none is known. */
  readonly nameOf: (key: Uint8Array) => string;
  /** A peer answers, or answers no more; without a reason where it is dialled no more. */
  readonly onChange: (key: Uint8Array, isUp: boolean, reason?: string) => void;
  /** Told of each message that a peer did not take. @param peer - Its name. */
  readonly failed: (peer: string) => void;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** The peers that this member dials: the others of its circle, once it knows who it is and has begun. */
export class DialledPeers {
  readonly #options: DialledPeersOptions;
  /** By key, in hex. */
  readonly #lines = new Map<string, PeerLine>();
  #wanted: ReadonlySet<string> = new Set();
  #identity: HttpIdentity | undefined;
  #hasBegun = false;
  /** Messages that no peer got. */
  dropped = 0;

  constructor(options: DialledPeersOptions) {
    this.#options = options;
  }

  get isIdentified(): boolean {
    return this.#identity !== undefined;
  }

  identify(identity: HttpIdentity): void {
    this.#identity = identity;
    for (const [key, line] of this.#lines) line.move(identity.addresses.get(key) ?? []);
    this.#dial();
  }

  /** Dials these, keys in hex, and nobody else. */
  dialOnly(keys: ReadonlySet<string>): void {
    this.#wanted = keys;
    for (const key of this.#lines.keys()) if (!keys.has(key)) void this.#hangUp(key);
    this.#dial();
  }

  /** @param key - Undefined: to all. */
  send(key: Uint8Array | undefined, { trafficClass, route, json }: RoutedMessage): void {
    const lines = key === undefined ? [...this.#lines.values()] : [this.#lines.get(toHex(key))];
    for (const line of lines) line?.send(trafficClass, { route, json });
  }

  start(): void {
    this.#hasBegun = true;
    this.#dial();
  }

  async stop(): Promise<void> {
    this.#hasBegun = false;
    await Promise.all([...this.#lines.keys()].map((key) => this.#hangUp(key)));
  }

  #dial(): void {
    const identity = this.#identity;
    if (identity === undefined || !this.#hasBegun) return;
    for (const key of this.#wanted) {
      if (this.#lines.has(key)) continue;
      const line = this.#lineTo(key, identity);
      this.#lines.set(key, line);
      line.start();
    }
  }

  #lineTo(key: string, { certificate, addresses }: HttpIdentity): PeerLine {
    const { failed, nameOf, onChange, random } = this.#options;
    const serverKey = new Uint8Array(Buffer.from(key, 'hex'));
    return new PeerLine({
      ...{ serverKey, certificate, random },
      pause: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
      addresses: addresses.get(key) ?? [],
      onChange: (isUp, reason) => onChange(serverKey, isUp, reason),
      onFailure: () => failed(nameOf(serverKey)),
      onDropped: (messages) => {
        this.dropped += messages;
      },
    });
  }

  async #hangUp(key: string): Promise<void> {
    const line = this.#lines.get(key);
    this.#lines.delete(key);
    this.#options.onChange(Buffer.from(key, 'hex'), false);
    await line?.stop();
  }
}
