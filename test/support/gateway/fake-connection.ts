import type { ByteStream, PeerConnection } from '#services/gateway/ports/peer-network.ts';
import { FakeStream } from './fake-stream.ts';

export interface FakeConnectionOptions {
  readonly id: string;
  readonly peer: string;
  readonly direction: 'inbound' | 'outbound';
  readonly openedAtMs: number;
  /** Answers no ping. */
  readonly isDead?: boolean;
}

/** A connection with a peer that keeps the streams opened on it. */
export class FakeConnection implements PeerConnection {
  readonly id: string;
  readonly peer: string;
  readonly peerId = 'peer';
  readonly address = '/a';
  heardAtMs = 0;
  readonly direction: 'inbound' | 'outbound';
  readonly openedAtMs: number;
  readonly streams: FakeStream[] = [];
  ending: string | undefined;
  readonly #isDead: boolean;
  readonly #onClosed: (() => void)[] = [];

  constructor({ id, peer, direction, openedAtMs, isDead = false }: FakeConnectionOptions) {
    this.id = id;
    this.peer = peer;
    this.direction = direction;
    this.openedAtMs = openedAtMs;
    this.#isDead = isDead;
  }

  async openStream(): Promise<ByteStream> {
    const stream = new FakeStream();
    this.streams.push(stream);
    return stream;
  }

  async ping(): Promise<number> {
    if (this.#isDead) throw new Error('no answer');
    return 5;
  }

  async close(): Promise<void> {
    this.abort('closed');
  }

  abort(reason: string): void {
    if (this.ending !== undefined) return;
    this.ending = reason;
    for (const stream of this.streams) stream.close();
    for (const listener of this.#onClosed.splice(0)) listener();
  }

  onClosed(listener: () => void): void {
    this.#onClosed.push(listener);
  }
}
