import { setTimeout as sleep } from 'node:timers/promises';
import type { BidiCall } from '#libs/grpc/calls.ts';
import { type GrpcClient, grpcClient } from '#libs/grpc/client.ts';
import type { Logger } from '#libs/log/logger.ts';
import {
  ConfigServiceDefinition,
  type Configuration,
  type ParticipateRequest,
  type ParticipateResponse,
  type PeerEntry,
} from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { prepareAll, type Reloadable } from '#libs/service/reloadable.ts';
import { REJOIN_MS } from './limits.ts';
import { StepwiseReload } from './stepwise-reload.ts';

export interface ReloadParticipantOptions {
  /** `unix:` address of the config service. */
  readonly address: string;
  /** signer, gateway or consensus. */
  readonly service: string;
  readonly parts: readonly Reloadable<Configuration>[];
  /** Applies peers that came into force between reloads; only services that work with peers receive them. */
  readonly takePeers?: (peers: readonly PeerEntry[]) => Promise<void>;
  /** Called when the config service is away; once, until it is back. */
  readonly onAway?: (error: unknown) => void;
  readonly onBack?: () => void;
  readonly log: Logger;
}

type Call = BidiCall<ParticipateRequest, ParticipateResponse>;

/**
 * Takes part in the reloads of the config service for one service of this member. While the config service is
 * away nothing changes; when it is back, the configuration in force is applied first.
 */
export class ReloadParticipant implements Lifecycle {
  readonly #options: ReloadParticipantOptions;
  readonly #client: GrpcClient<typeof ConfigServiceDefinition>;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  readonly #reload: StepwiseReload;
  #isAway = false;

  constructor(options: ReloadParticipantOptions) {
    this.#options = options;
    this.#reload = new StepwiseReload(options.parts);
    this.#client = grpcClient(ConfigServiceDefinition, { address: options.address });
  }

  async start(): Promise<void> {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#client.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#takePart(signal);
      } catch (error) {
        this.#away(error);
      }
      await this.#reload.forget();
      await sleep(REJOIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #takePart(signal: AbortSignal): Promise<void> {
    const call = this.#client.participate({ signal });
    const { service } = this.#options;
    call.send({ message: { $case: 'introduction', value: { service } } });
    for await (const response of call.responses) await this.#answer(call, response);
  }

  async #answer(call: Call, { stepId, step }: ParticipateResponse): Promise<void> {
    if (step === undefined) return;
    if (step.$case === 'inForce') return this.#takeOver(step.value);
    if (step.$case === 'peers') return this.#takePeers(step.value.peers);
    try {
      await this.#reload.take(step);
      call.send({ message: { $case: 'done', value: { stepId } } });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.warn('reload refused', { step: step.$case, reason });
      call.send({ message: { $case: 'refused', value: { stepId, reason } } });
    }
  }

  /**
   * Applies the configuration in force on joining, without the steps that were missed. Peers are applied even if the
   * rest cannot be.
   */
  async #takeOver(configuration: Configuration): Promise<void> {
    const { log, parts } = this.#options;
    this.#back();
    try {
      const prepared = await prepareAll(parts, configuration);
      await prepared.commit();
    } catch (error) {
      log.error('the configuration in force cannot be taken over', error);
      await this.#takePeers(configuration.peers);
    }
  }

  async #takePeers(peers: readonly PeerEntry[]): Promise<void> {
    try {
      await this.#options.takePeers?.(peers);
    } catch (error) {
      this.#options.log.error('the peers in force cannot be taken over', error);
    }
  }

  #away(error: unknown): void {
    if (this.#stopping.signal.aborted || this.#isAway) return;
    this.#isAway = true;
    this.#options.log.warn('config service is away, no reload is followed', { reason: String(error) });
    this.#options.onAway?.(error);
  }

  #back(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#options.log.info('config service is back, reloads are followed again');
    this.#options.onBack?.();
  }
}
