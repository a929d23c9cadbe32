import { toHex } from '#libs/bytes/hex.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import type { MempoolClient } from '#libs/engine/ports/pooled-transaction.ts';
import { HttpError } from '#libs/http/http-error.ts';
import type { HttpAnswer, HttpCaller, HttpRoute } from '#libs/http/route.ts';
import { ClientError } from '../../client/client-errors.ts';
import { PENDING_PAGE_BYTES_MAX, PENDING_PER_PAGE_MAX } from './limits.ts';
import type { PageBudget } from './page-budget.ts';
import { bodyOf, ok } from './route-words.ts';

export interface TransactionRoutesOptions {
  /** All transactions that wait, the oldest first. */
  readonly waiting: () => Iterable<{ readonly transaction: Transaction }>;
  /** Takes a transaction in as the client API does. @returns whether it is final. @throws ClientError. */
  readonly submit: (transaction: Transaction, client: MempoolClient) => Promise<boolean>;
}

const TRANSACTION = {
  type: 'object',
  properties: {
    transaction: {
      type: 'string',
      pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
      description: 'its bytes, base64',
    },
  },
  required: ['transaction'],
  additionalProperties: false,
} as const;

const PAGE = {
  type: 'object',
  properties: {
    after: {
      type: 'string',
      pattern: '^[0-9a-f]{64}$',
      description: 'the last hash of the page before; left out: the first page',
    },
  },
  additionalProperties: false,
} as const;

/** The HTTP status of a refusal of the client API, and the next step of the caller; all others are the caller's own. */
const STATUS: Readonly<Record<string, number>> = {
  CONSENSUS_MEMPOOL_FULL: 429,
  CONSENSUS_TOO_MANY_VOTES: 429,
  CONSENSUS_HALTED: 503,
  CONSENSUS_STOPPING: 503,
};

/** Transactions as TinyWeb's clients hand them in, and as its nodes list them. */
export function transactionRoutes(
  options: TransactionRoutesOptions,
  pages: PageBudget,
): readonly HttpRoute[] {
  return [
    {
      ...{ method: 'POST', path: '/Transaction', schema: TRANSACTION },
      summary:
        'Takes a transaction in. The same bytes get the same answer: PENDING, and FINAL once they are.',
      handle: ({ body, caller }) => submit(options, bodyOf(body), caller),
    },
    pages.bound({
      ...{ method: 'POST', path: '/GetPendingTransactions', schema: PAGE },
      summary: 'The transactions that wait here, by their hashes, the oldest first, in pages.',
      handle: ({ body }) => pending(options, bodyOf(body).get('after')),
    }),
  ];
}

async function submit(
  options: TransactionRoutesOptions,
  body: ReadonlyMap<string, unknown>,
  caller: HttpCaller,
): Promise<HttpAnswer> {
  const bytes = new Uint8Array(Buffer.from(String(body.get('transaction')), 'base64'));
  const transaction = transactionOf(bytes);
  try {
    const isFinal = await options.submit(transaction, clientOf(caller));
    return ok({ response: isFinal ? 'FINAL' : 'PENDING', hash: transaction.hash });
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const status = STATUS[error.detail.code] ?? 400;
    const cure = status === 400 ? 'correct it' : 'come again later, or go to another member';
    throw new HttpError({ status, error: error.message, field: 'body.transaction', cure }, { cause: error });
  }
}

function clientOf({ publicKey, address }: HttpCaller): MempoolClient {
  if (publicKey === undefined) return { kind: 'address', owner: address };
  return { kind: 'key', owner: toHex(publicKey) };
}

function pending({ waiting }: TransactionRoutesOptions, after: unknown): HttpAnswer {
  const page = new Map<string, string>();
  let [bytes, isBehind, more] = [0, after === undefined, false];
  for (const { transaction } of waiting()) {
    if (!isBehind) {
      isBehind = transaction.hash === after;
      continue;
    }
    bytes += transaction.bytes.length;
    more = page.size >= PENDING_PER_PAGE_MAX || (page.size > 0 && bytes > PENDING_PAGE_BYTES_MAX);
    if (more) break;
    page.set(transaction.hash, Buffer.from(transaction.bytes).toString('base64'));
  }
  if (!isBehind) {
    const error = 'the transaction of this hash waits no more';
    throw new HttpError({ status: 409, error, field: 'body.after', cure: 'begin again without it' });
  }
  return ok({ pendingTransactions: Object.fromEntries(page), next: more ? [...page.keys()].at(-1) : null });
}
