import type { Lifecycle } from '#libs/service/lifecycle.ts';

/** The signer, or its edge, and where it listens. */
export interface SignerLifecycle extends Lifecycle {
  boundAddress(): string;
}
