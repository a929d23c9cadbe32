import type { JsonObject } from '@bufbuild/protobuf';
import {
  type Evidence,
  GetBlockResponse,
  GetHandoverResponse,
  GetTransactionResponse,
  ListEvidenceResponse,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { fromProtoJson, toProtoJson } from './proto-json.ts';

/** The export for a stranger: answers of the client API (proto/FORMATS.md, section 14). */
export interface ChainAnswers {
  /** genesis.json. */
  readonly genesis: object;
  readonly handovers: readonly GetHandoverResponse[];
  readonly blocks: readonly GetBlockResponse[];
  readonly transactions: readonly GetTransactionResponse[];
  readonly evidence: readonly Evidence[];
}

/** The same as one JSON object, without the parts of answers about the answering member. */
export type ChainExport = {
  readonly genesis: object;
} & Readonly<Record<Exclude<keyof ChainAnswers, 'genesis'>, readonly JsonObject[]>>;

export function exportChain(answers: ChainAnswers): ChainExport {
  const { genesis, handovers, blocks, transactions, evidence } = answers;
  const bare = { header: undefined };
  const page = ListEvidenceResponse.encode({ ...bare, evidence, nextAfter: 0n }).finish();
  return {
    genesis,
    handovers: handovers.map((each) =>
      toProtoJson('GetHandoverResponse', GetHandoverResponse.encode({ ...each, ...bare }).finish()),
    ),
    blocks: blocks.map((each) =>
      toProtoJson('GetBlockResponse', GetBlockResponse.encode({ ...each, ...bare }).finish()),
    ),
    transactions: transactions.map((each) =>
      toProtoJson('GetTransactionResponse', GetTransactionResponse.encode({ ...each, ...bare }).finish()),
    ),
    evidence: (toProtoJson('ListEvidenceResponse', page)['evidence'] ?? []) as readonly JsonObject[],
  };
}

export function importChain({
  genesis,
  handovers,
  blocks,
  transactions,
  evidence,
}: ChainExport): ChainAnswers {
  const page = fromProtoJson('ListEvidenceResponse', { evidence: [...evidence] });
  return {
    genesis,
    handovers: handovers.map((each) =>
      GetHandoverResponse.decode(fromProtoJson('GetHandoverResponse', each)),
    ),
    blocks: blocks.map((each) => GetBlockResponse.decode(fromProtoJson('GetBlockResponse', each))),
    transactions: transactions.map((each) =>
      GetTransactionResponse.decode(fromProtoJson('GetTransactionResponse', each)),
    ),
    evidence: ListEvidenceResponse.decode(page).evidence,
  };
}
