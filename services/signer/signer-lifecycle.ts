import type { Lifecycle } from '#libs/service/lifecycle.ts';

/** The signer, or its edge, and the address it listens on. */
export interface SignerLifecycle extends Lifecycle {
  boundAddress(): string;
}
