import type { TrafficClass } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { LANES, PEER_PROBE_MS, RETRY_JITTER, SEND_PAUSES_MS } from './limits.ts';
import type { HttpAddress } from './peer-address.ts';
import { PeerClient, type PeerClientOptions } from './peer-client.ts';
import { type OutgoingRequest, PeerLane } from './peer-lane.ts';

/** The route by which a peer is asked whether it is there. */
export const PROBE_ROUTE = '/GetBlockChainLength';

export interface PeerLineOptions extends PeerClientOptions {
  /** The peer answers, or answers no more; told once for each change. */
  readonly onChange: (isUp: boolean, reason?: string) => void;
  /** A message was not taken: it counts against this peer, which was dialled. */
  readonly onFailure: () => void;
  readonly onDropped: (messages: number) => void;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Resolves after so many milliseconds, or when the signal says so. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The way to one peer: a lane for each class, tries, and probes while nothing else shows that it is there. */
export class PeerLine {
  readonly #options: PeerLineOptions;
  readonly #lanes;
  readonly #client: PeerClient;
  readonly #stopping = new AbortController();
  #isUp = false;
  #answeredMs = 0;
  #probing: Promise<void> = Promise.resolve();

  constructor(options: PeerLineOptions) {
    this.#options = options;
    this.#client = new PeerClient(options);
    this.#lanes = new Map(
      [...LANES].map(([each, bound]) => [each, new PeerLane(bound, options.onDropped)] as const),
    );
  }

  start(): void {
    this.#probing = this.#probe();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#client.close();
    await this.#probing;
  }

  /** Other places at which it is dialled from now on. */
  move(addresses: readonly HttpAddress[]): void {
    this.#client.move(addresses);
  }

  send(trafficClass: TrafficClass, message: OutgoingRequest): void {
    const lane = this.#lanes.get(trafficClass);
    if (lane === undefined) return;
    lane.push(message);
    if (this.#isUp) this.#drain(lane);
    else lane.keepFew();
  }

  #drain(lane: PeerLane): void {
    for (let message = lane.take(); message !== undefined; message = lane.take()) {
      void this.#deliver(lane, message);
    }
  }

  async #deliver(lane: PeerLane, message: OutgoingRequest): Promise<void> {
    const isTaken = await this.#tryAgainAndAgain(message);
    lane.ended();
    if (this.#stopping.signal.aborted) return;
    if (isTaken) return this.#drain(lane);
    lane.putBack(message);
    lane.keepFew();
    // It may have come back in between.
    if (this.#isUp) this.#drain(lane);
  }

  async #tryAgainAndAgain(message: OutgoingRequest): Promise<boolean> {
    const { pause, random } = this.#options;
    for (const pauseMs of [0, ...SEND_PAUSES_MS]) {
      const jitter = 1 + RETRY_JITTER * (2 * random() - 1);
      if (pauseMs > 0) await pause(pauseMs * jitter, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return false;
      if (await this.#try(message)) return true;
      this.#options.onFailure();
    }
    return false;
  }

  /** Whether the peer took it or refused it for good: a refused message is not sent again, the protocol says it anew where it matters. */
  async #try({ route, json }: OutgoingRequest): Promise<boolean> {
    try {
      const { status } = await this.#client.post(route, json);
      this.#answered();
      return status !== 429 && status < 500;
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  #answered(): void {
    this.#answeredMs = performance.now();
    if (this.#isUp || this.#stopping.signal.aborted) return;
    this.#isUp = true;
    this.#options.onChange(true);
    for (const lane of this.#lanes.values()) this.#drain(lane);
  }

  #failed(reason: string): void {
    this.#client.failed();
    if (!this.#isUp || this.#stopping.signal.aborted) return;
    this.#isUp = false;
    this.#options.onChange(false, reason);
    for (const lane of this.#lanes.values()) lane.keepFew();
  }

  async #probe(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const isQuiet = performance.now() - this.#answeredMs >= PEER_PROBE_MS;
      if (!this.#isUp || isQuiet) await this.#try({ route: PROBE_ROUTE, json: '{}' });
      await this.#options.pause(PEER_PROBE_MS, this.#stopping.signal);
    }
  }
}
