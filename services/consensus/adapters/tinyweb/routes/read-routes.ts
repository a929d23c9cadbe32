import type { ChainTip } from '#libs/engine/ports/engine-ports.ts';
import type { HttpRoute } from '#libs/http/route.ts';

/** The chain, as far as callers may read it. */
export interface ReadChain {
  tip(): Pick<ChainTip, 'header' | 'digest'>;
}

const NOTHING = { type: 'object', properties: {}, additionalProperties: false } as const;

/** The two questions that TinyWeb's nodes ask each other first: how long a chain is, and how it ends. */
export function readRoutes({ tip }: ReadChain): readonly HttpRoute[] {
  return [
    {
      method: 'POST',
      path: '/GetBlockChainLength',
      summary: 'The height of the newest final block.',
      schema: NOTHING,
      handle: () => ({ status: 200, body: { chainLength: Number(tip().header.height) } }),
    },
    {
      method: 'POST',
      path: '/BlockChainLastHash',
      summary: 'The digest of the newest final block.',
      schema: NOTHING,
      handle: () => ({ status: 200, body: { lastHash: tip().digest } }),
    },
  ];
}
