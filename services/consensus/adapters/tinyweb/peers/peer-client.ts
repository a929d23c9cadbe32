import { HttpsClient, type PostAnswer } from '#libs/http/https-client.ts';
import type { CertifiedKey } from '#libs/pki/pki.ts';
import { LANES, POST_MS } from './limits.ts';
import type { HttpAddress } from './peer-address.ts';

export interface PeerClientOptions {
  /** The key that the peer must prove. */
  readonly serverKey: Uint8Array;
  readonly certificate: CertifiedKey;
  readonly addresses: readonly HttpAddress[];
}

/** One more than all lanes use: for probes. */
const CONNECTIONS = [...LANES.values()].reduce((sum, { inFlightMax }) => sum + inFlightMax, 1);

/** Requests to one peer at the address at which it was found last; where one fails, the next is dialled. */
export class PeerClient {
  readonly #options: PeerClientOptions;
  #client: HttpsClient | undefined;
  #addresses: readonly HttpAddress[];
  #at = 0;

  constructor(options: PeerClientOptions) {
    this.#options = options;
    this.#addresses = options.addresses;
  }

  /** Other places at which it is dialled from now on. */
  move(addresses: readonly HttpAddress[]): void {
    if (JSON.stringify(addresses) === JSON.stringify(this.#addresses)) return;
    this.#addresses = addresses;
    this.#at = 0;
    this.close();
  }

  post(route: string, json: string): Promise<PostAnswer> {
    const address = this.#addresses[this.#at % Math.max(1, this.#addresses.length)];
    if (address === undefined)
      return Promise.reject(new Error('peers.yaml names no address of it that https can dial'));
    const { serverKey, certificate } = this.#options;
    const place = { ...address, serverKey, certificate };
    this.#client ??= new HttpsClient({ ...place, connectionsMax: CONNECTIONS });
    return this.#client.post(route, json, POST_MS);
  }

  /** Requests under way to the only address go on: each has a time limit of its own. */
  failed(): void {
    if (this.#addresses.length < 2) return;
    this.#at += 1;
    this.close();
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }
}
