import type { GetSignerResponse } from '#libs/proto/btcfed/signer/v1/signer_service.ts';

/** The epoch that the core signs in, and its protocol. */
type InForce = Pick<GetSignerResponse, 'epoch' | 'protocol'>;

/** The protocol of the epoch that the core signs in: an epoch keeps its protocol, so the core is asked once for each. */
export class ProtocolInForce {
  readonly #ask: () => Promise<InForce>;
  #newest: InForce | undefined;

  constructor(ask: () => Promise<InForce>) {
    this.#ask = ask;
  }

  /** Undefined where the core is in another epoch: it signs nothing in this one. */
  async of(epoch: bigint): Promise<string | undefined> {
    if (this.#newest?.epoch !== epoch) this.#newest = await this.#ask();
    const { epoch: current, protocol } = this.#newest;
    return current === epoch ? protocol : undefined;
  }
}
