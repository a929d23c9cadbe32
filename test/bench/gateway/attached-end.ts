import { toHex } from '#libs/bytes/hex.ts';
import { type AttachResponse, TrafficClass } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { CHAIN_TAG } from '#test/support/gateway/gateway-node.ts';
import type { Client } from './gateway-process.ts';

/** A consensus service that is attached to a gateway, and hands frames in or counts those that come. */
export class AttachedEnd {
  readonly connected = new Set<string>();
  receivedFrames = 0;
  receivedBytes = 0;
  onFrame: (payload: Uint8Array) => void = () => {};
  readonly #call: ReturnType<Client['attach']>;
  readonly #running: Promise<void>;

  constructor(client: Client, members: readonly Uint8Array[]) {
    this.#call = client.attach();
    const hello = { chainTag: CHAIN_TAG, memberPublicKeys: [...members], memberNames: [] };
    this.#call.send({ body: { $case: 'hello', value: hello } });
    this.#running = this.#read();
    // Seen by `leave`; a bench that fails for another reason says that one.
    this.#running.catch(() => {});
  }

  /** @returns false when the gateway does not read. */
  send(payload: Uint8Array): boolean {
    const frame = { to: [], trafficClass: TrafficClass.CONSENSUS, payload, traceparent: '' };
    return this.#call.send({ body: { $case: 'send', value: frame } });
  }

  writable(): Promise<void> {
    return this.#call.writable();
  }

  async leave(): Promise<void> {
    this.#call.cancel();
    await this.#running;
  }

  async #read(): Promise<void> {
    for await (const response of this.#call.responses) this.#take(response);
  }

  #take({ body }: AttachResponse): void {
    if (body?.$case === 'peer') {
      if (body.value.connected) this.connected.add(toHex(body.value.publicKey));
    } else if (body !== undefined) {
      this.receivedFrames += 1;
      this.receivedBytes += body.value.payload.length;
      this.onFrame(body.value.payload);
    }
  }
}
