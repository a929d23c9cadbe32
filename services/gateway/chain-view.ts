/** What the attached consensus told about the chain; unknown until it attached for the first time. */
export interface ChainView {
  /** First 8 bytes of the genesis digest. */
  readonly tag: Uint8Array;
  /** Raw public keys of the members as lower-case hex. */
  readonly members: ReadonlySet<string>;
}
