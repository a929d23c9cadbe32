import type { ToldRecord } from './record.ts';

/** The version that this code speaks. */
export const EXCHANGE_VERSION = 1;

/** The reason why a message was not accepted. */
export type ExchangeErrorCode = 'unsupported' | 'rate-limited' | 'not-allowed' | 'malformed';

export type ExchangeBody =
  | { readonly kind: 'request'; readonly listId: string; readonly since: bigint }
  | {
      readonly kind: 'response';
      readonly listId: string;
      readonly revision: bigint;
      readonly hasMore: boolean;
      readonly records: readonly ToldRecord[];
    }
  | { readonly kind: 'announcement'; readonly records: readonly ToldRecord[] }
  | { readonly kind: 'update'; readonly records: readonly ToldRecord[] }
  | { readonly kind: 'error'; readonly code: ExchangeErrorCode; readonly retryAfterMs: number };

/** One message of peer exchange (P2P-71). */
export interface ExchangeMessage {
  /** 16 bytes as lower-case hex. */
  readonly correlationId: string;
  readonly body: ExchangeBody;
}

/** The result of reading bytes: `unsupported` when the message is of another version, or of an unknown kind. */
export type DecodedMessage =
  | { readonly kind: 'message'; readonly message: ExchangeMessage }
  | { readonly kind: 'unsupported'; readonly correlationId: string }
  | { readonly kind: 'malformed'; readonly problem: string };
