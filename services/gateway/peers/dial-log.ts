import type { LogFields, Logger } from '#libs/log/logger.ts';
import type { AddressFailure } from './dial-round.ts';
import type { Circuit } from './rules/circuit.ts';

/** Logs the dials of one peer. The first failed round of a row is worth a person's eye; the thousandth is not. */
export class DialLog {
  readonly #log: Logger;
  readonly #circuit: Pick<Circuit, 'failures' | 'isOpen'>;

  constructor(log: Logger, circuit: Pick<Circuit, 'failures' | 'isOpen'>) {
    this.#log = log;
    this.#circuit = circuit;
  }

  /** A round begins. */
  begins(): void {
    if (this.#circuit.isOpen) this.#log.info('PeerHandler: *** PERIODIC RETRY TRIGGERED ***');
  }

  addressFailed({ address, attempt, total, reason }: AddressFailure): void {
    const fields = { address, attempt, total_attempts: total, reason };
    this.#seldom('PeerHandler: Failed to connect to peer', fields);
  }

  reached(address: string): void {
    this.#log.info('PeerHandler: Successfully connected to peer', { address });
  }

  /** @param opened - Whether this round was the one after which the peer is only tried seldom. */
  roundFailed(retryInMs: number, opened: boolean): void {
    const { failures } = this.#circuit;
    if (opened) {
      const fields = { failure_count: failures, retry_in: retryInMs };
      this.#log.warn('PeerHandler: Peer marked as permanently failed', fields);
      return;
    }
    this.#seldom('PeerHandler: Peer failed, will retry', { attempt: failures, retry_in: retryInMs });
  }

  #seldom(message: string, fields: LogFields): void {
    if (this.#circuit.failures <= 1) this.#log.warn(message, fields);
    else this.#log.debug(message, fields);
  }
}
