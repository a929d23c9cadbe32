import { assert } from '#libs/assert/assert.ts';
import type { BlockHeader } from '#libs/chain/block.ts';
import type { Digest, Epoch } from '#libs/chain/ids.ts';
import type { BlockRange } from '#libs/engine/ports/block-range.ts';
import type { HttpRoute } from '#libs/http/route.ts';
import { encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import type { ProtocolWire } from '#libs/peer-wire/protocol-wire.ts';
import { TransactionState } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { ClientPorts } from '../../../core/ports.ts';
import { stateOnceIn } from '../../client/submit.ts';
import type { MessageJson } from '../peers/message-json.ts';
import { chainRoutes, type RangeJson } from './chain-routes.ts';
import { PageBudget } from './page-budget.ts';
import { transactionRoutes } from './transaction-routes.ts';

export interface ClientRoutesOptions {
  /** Those of the client API: both say the same of the same chain. */
  readonly ports: ClientPorts;
  readonly store: { headerOf(digest: Digest): BlockHeader | undefined };
  readonly codec: MessageJson;
  readonly chainTag: Uint8Array;
  readonly protocolIn: (epoch: Epoch) => ProtocolWire;
}

/** The routes for everybody who asks for the chain or has a transaction. */
export function clientRoutes(options: ClientRoutesOptions): readonly HttpRoute[] {
  const { ports, store } = options;
  const { chain, mempool } = ports;
  const pages = new PageBudget(() => performance.now());
  return [
    ...chainRoutes(
      {
        chain: {
          tip: () => chain.tip(),
          blockAt: (height) => chain.blockAt(height),
          certifiedBlock: (height) => chain.certifiedBlock(height),
          headerOf: (digest) => store.headerOf(digest),
        },
        rangeJson: (range) => rangeJsonOf(range, options),
      },
      pages,
    ),
    ...transactionRoutes(
      {
        waiting: () => mempool.waiting?.() ?? [],
        submit: async (transaction, client) =>
          (await stateOnceIn(ports, transaction, { client })) === TransactionState.FINAL,
      },
      pages,
    ),
  ];
}

/** A range in the form in which members give it each other, without the number of a request. */
function rangeJsonOf(range: BlockRange, { codec, chainTag, protocolIn }: ClientRoutesOptions): RangeJson {
  const epoch = range.blocks[0]?.header.epoch;
  assert(epoch !== undefined, 'a range has a block');
  const envelope = { chainTag, epoch, protocol: protocolIn(epoch) };
  const payload = encodePeerMessage({ kind: 'blocks-response', requestId: 0n, range }, envelope);
  const message: { readonly blocksResponse?: RangeJson } = JSON.parse(codec.toJson(payload).json);
  return message.blocksResponse ?? {};
}
