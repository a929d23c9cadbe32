/** Why the signer signs nothing at the moment. It may pass by itself: a halt is for what does not. */
export interface SignerFault {
  /** `locked`: its key is out of its memory. `silent`: it does not answer. `outdated`: it is older than consensus. */
  readonly kind: 'locked' | 'silent' | 'outdated';
  readonly reason: string;
}
