import { setTimeout as sleep } from 'node:timers/promises';
import type { ParticipateRequest, ParticipateResponse } from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { SettledService } from '#libs/settings/key-table.ts';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import { ConfigurationError } from '#libs/settings-files/configuration-error.ts';
import type { Configuration } from '../core/configuration.ts';
import { STEP_MS } from '../limits.ts';
import type { Participant } from '../ports.ts';
import { peerEntryToWire, toWire } from './wire.ts';

type Step = NonNullable<ParticipateResponse['step']>;

interface Waiting {
  readonly stepId: bigint;
  readonly answered: PromiseWithResolvers<void>;
}

/**
 * A service that takes part in reloads over its stream: one step at a time, each answered in time. A service
 * that answers late, or loses its stream, no longer takes part: it joins anew, and receives the configuration
 * in force.
 */
export class ParticipantSession implements Participant {
  readonly service: SettledService;
  readonly #stepMs: number;
  readonly #over = new AbortController();
  readonly #steps: ParticipateResponse[] = [];
  #wake = Promise.withResolvers<void>();
  #lastStepId = 0n;
  #waiting: Waiting | undefined;

  constructor(service: SettledService, stepMs = STEP_MS) {
    this.service = service;
    this.#stepMs = stepMs;
  }

  /** The first message to the service; it gives no answer. */
  welcome(configuration: Configuration): void {
    this.#send({ $case: 'inForce', value: toWire(configuration) });
  }

  prepare(configuration: Configuration): Promise<void> {
    return this.#step({ $case: 'prepare', value: { configuration: toWire(configuration) } });
  }

  commit(): Promise<void> {
    return this.#step({ $case: 'commit', value: {} });
  }

  rollBack(): Promise<void> {
    return this.#step({ $case: 'rollBack', value: {} });
  }

  /** Sends a list that the service does not answer. Of the lists that still wait to be sent the newest is enough. */
  peersInForce(peers: readonly PeerEntry[]): void {
    if (this.#steps.at(-1)?.step?.$case === 'peers') this.#steps.pop();
    this.#send({ $case: 'peers', value: { peers: peers.map(peerEntryToWire) } });
  }

  /** Takes an answer. An answer that nobody waits for is too late, and is ignored. */
  answer({ message }: ParticipateRequest): void {
    if (message === undefined || message.$case === 'introduction') return;
    const waiting = this.#waiting;
    if (waiting?.stepId !== message.value.stepId) return;
    if (message.$case === 'done') waiting.answered.resolve();
    else waiting.answered.reject(this.#failure(message.value.reason, 'configuration'));
  }

  /** Ends the steps: the stream is over, or is to be. */
  end(): void {
    this.#over.abort();
    this.#waiting?.answered.reject(this.#failure('its connection is gone', 'recoverable'));
    this.#wake.resolve();
  }

  /** The messages to the service, until the end. */
  async *steps(signal: AbortSignal): AsyncGenerator<ParticipateResponse> {
    const end = (): void => this.end();
    signal.addEventListener('abort', end, { once: true });
    try {
      while (!this.#over.signal.aborted && !signal.aborted) {
        const step = this.#steps.shift();
        if (step !== undefined) yield step;
        else await this.#wake.promise;
      }
    } finally {
      signal.removeEventListener('abort', end);
      this.end();
    }
  }

  async #step(step: Step): Promise<void> {
    if (this.#over.signal.aborted) throw this.#failure('its connection is gone', 'recoverable');
    const answered = Promise.withResolvers<void>();
    this.#waiting = { stepId: this.#send(step), answered };
    const inTime = new AbortController();
    const late = sleep(this.#stepMs, undefined, { signal: inTime.signal }).then(() => {
      throw this.#failure(`it did not answer within ${this.#stepMs / 1000} s`, 'recoverable');
    });
    try {
      await Promise.race([answered.promise, late]);
    } catch (error) {
      if (!isRefusal(error)) this.end();
      throw error;
    } finally {
      this.#waiting = undefined;
      inTime.abort();
      await late.catch(() => undefined);
    }
  }

  #send(step: Step): bigint {
    this.#lastStepId += 1n;
    this.#steps.push({ stepId: this.#lastStepId, step });
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
    return this.#lastStepId;
  }

  #failure(reason: string, errorClass: 'configuration' | 'recoverable'): ConfigurationError {
    const detail = { code: 'CONFIG_PARTICIPANT_REFUSED', class: errorClass, service: this.service } as const;
    return new ConfigurationError(`${this.service} refuses: ${reason}`, detail);
  }
}

/** Whether the service answered with a refusal: then it is as sound as before. */
function isRefusal(error: unknown): boolean {
  return error instanceof ConfigurationError && error.detail.class === 'configuration';
}
