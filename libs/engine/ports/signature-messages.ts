import type { GivenSignatures, WantedSignatures } from '#libs/protocol/named-signatures.ts';

/** Asks for signatures that a message of the receiver named: each statement once. */
export interface SignaturesRequest {
  readonly kind: 'signatures-request';
  readonly wanted: readonly WantedSignatures[];
}

/** Signatures that were asked for, as many as the sender holds and go into one message. Nobody believes them unverified. */
export interface SignaturesResponse {
  readonly kind: 'signatures-response';
  readonly given: readonly GivenSignatures[];
}

/** The messages by which certificates by reference are completed. */
export type SignatureMessage = SignaturesRequest | SignaturesResponse;
