import type { PeerListener, ReadPeerMessage } from '#libs/engine/ports/peer-listener.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';

/** A listener that notes what became of one message, and passes all on. */
export class NotingListener implements PeerListener {
  readonly #listener: PeerListener;
  read: ReadPeerMessage | undefined;
  refusal: RefusalCause | undefined;

  constructor(listener: PeerListener) {
    this.#listener = listener;
  }

  get held(): PeerListener['held'] {
    return this.#listener.held;
  }

  hears(...given: Parameters<PeerListener['hears']>): boolean {
    return this.#listener.hears(...given);
  }

  hearsReport(...given: Parameters<PeerListener['hearsReport']>): boolean {
    return this.#listener.hearsReport(...given);
  }

  hear(...given: Parameters<PeerListener['hear']>): void {
    this.read = given[1];
    this.#listener.hear(...given);
  }

  refused(...given: Parameters<PeerListener['refused']>): void {
    this.refusal = given[1];
    this.#listener.refused(...given);
  }

  noticed(...given: Parameters<PeerListener['noticed']>): void {
    this.#listener.noticed(...given);
  }

  connected(...given: Parameters<PeerListener['connected']>): void {
    this.#listener.connected(...given);
  }
}
