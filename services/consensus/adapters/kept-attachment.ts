import { setTimeout as sleep } from 'node:timers/promises';
import { grpcClient } from '#libs/grpc/client.ts';
import type { Logger } from '#libs/log/logger.ts';
import {
  type AttachResponse,
  GatewayServiceDefinition,
  type Hello,
} from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { GatewayAbsence } from './gateway-absence.ts';
import type { GatewayOutput } from './member-sending.ts';

const RECONNECT_MS = 200;

/** The user of the stream. */
export interface AttachmentUser {
  /** Asked at the start of each attachment. */
  hello(): Hello;
  take(response: AttachResponse): void;
  /** An attachment ended, and with it all that the gateway told in it. */
  ended(): void;
}

/** The stream, as far as it is used here. */
interface Stream extends GatewayOutput {
  cancel(): void;
}

/** The one kept-open stream to this member's gateway; attaches again whenever it breaks. */
export class KeptAttachment {
  readonly #client;
  readonly #absence: GatewayAbsence;
  readonly #abort = new AbortController();
  #stream: Stream | undefined;
  #running: Promise<void> | undefined;
  /** The attachment ends because another one is wanted. */
  #isMovingOn = false;

  constructor({ address, log }: { readonly address: string; readonly log: Logger }) {
    this.#absence = new GatewayAbsence(log);
    this.#client = grpcClient(GatewayServiceDefinition, { address, deadlineMs: 5_000 });
  }

  /** Undefined while the gateway is away. */
  get output(): GatewayOutput | undefined {
    return this.#stream;
  }

  start(user: AttachmentUser): void {
    this.#running = this.#run(user);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    this.#client.close();
  }

  /** Ends the attachment that stands, if one does, and makes another at once. */
  renew(): void {
    if (this.#stream === undefined) return;
    this.#isMovingOn = true;
    this.#stream.cancel();
  }

  async #run(user: AttachmentUser): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      this.#absence.begins();
      try {
        await this.#attach(user);
        this.#absence.ended();
      } catch (error) {
        this.#absence.ended(signal.aborted || this.#isMovingOn ? undefined : error);
      }
      this.#stream = undefined;
      user.ended();
      const mustWait = !signal.aborted && !this.#isMovingOn;
      this.#isMovingOn = false;
      if (mustWait) await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #attach(user: AttachmentUser): Promise<void> {
    const stream = this.#client.attach();
    const cancel = () => stream.cancel();
    this.#abort.signal.addEventListener('abort', cancel, { once: true });
    stream.send({ body: { $case: 'hello', value: user.hello() } });
    this.#stream = stream;
    try {
      for await (const response of stream.responses) user.take(response);
    } finally {
      this.#abort.signal.removeEventListener('abort', cancel);
    }
  }
}
