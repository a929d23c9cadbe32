import { z } from 'zod';
import { nodeFailed } from './errors.ts';

const HEX = z.string().regex(/^[0-9A-F]+$/);
/** Numbers of 64 bits are text in its JSON. */
const HEIGHT = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt);

const HEADER = z.looseObject({ height: HEIGHT, data_hash: HEX });
const FAILURE = z.object({ message: z.string(), data: z.string().optional() });

const TAKEN = z.object({ code: z.number(), hash: HEX, log: z.string() });
const SUBMITTED = z.object({ id: z.int(), result: TAKEN.optional(), error: FAILURE.optional() });
const BLOCK = z.object({ block: z.object({ header: HEADER, data: z.object({ txs: z.array(z.string()) }) }) });
const META = z.object({ block_id: z.object({ hash: HEX }), header: HEADER, num_txs: z.coerce.number() });
const METAS = z.object({ block_metas: z.array(META) });
const STATUS = z.object({ sync_info: z.object({ latest_block_height: HEIGHT, catching_up: z.boolean() }) });
const PEERS = z.object({ n_peers: z.coerce.number() });
const FINAL_HEADER = z.object({
  data: z.object({
    type: z.literal('tendermint/event/NewBlockHeader'),
    value: z.object({ header: HEADER }),
  }),
});
const ANSWER = z.object({ result: z.unknown().optional(), error: FAILURE.optional() });

/** The answer of a node for one transaction of a batch. */
export type SubmittedTransaction =
  | { readonly kind: 'taken' }
  /** Its mempool is full: another try may succeed. */
  | { readonly kind: 'full' }
  | { readonly kind: 'refused'; readonly reason: string };

/** The head of a block as one node has it. */
export interface BlockHead {
  readonly height: bigint;
  /** The root over the hashes of its transactions, as hex. */
  readonly dataHash: string;
  /** All of the head as text, in which two nodes may differ. */
  readonly text: string;
}

export interface BlockSummary {
  readonly height: bigint;
  readonly hash: string;
  readonly transactions: number;
}

/** Results in the order of the transactions: those of a batch of one stand alone in the answer. */
export function submittedIn(answer: unknown, count: number): readonly SubmittedTransaction[] {
  const answers = read(z.array(SUBMITTED), Array.isArray(answer) ? answer : [answer]);
  const byId = new Map(answers.map((each) => [each.id, each]));
  return Array.from({ length: count }, (_, id) => {
    const { result, error } = byId.get(id) ?? {};
    if (error?.data?.startsWith('mempool is full') === true) return { kind: 'full' };
    if (error !== undefined) return { kind: 'refused', reason: `${error.message}: ${error.data ?? ''}` };
    if (result === undefined) throw nodeFailed(`a node of CometBFT gave no answer for transactions[${id}]`);
    return result.code === 0
      ? { kind: 'taken' }
      : { kind: 'refused', reason: `code ${result.code} ${result.log}` };
  });
}

/** The transactions of a block, as bytes. */
export function transactionsIn(answer: unknown): readonly Uint8Array[] {
  return read(BLOCK, resultIn(answer)).block.data.txs.map((text) => Buffer.from(text, 'base64'));
}

export function summariesIn(answer: unknown): readonly BlockSummary[] {
  return read(METAS, resultIn(answer)).block_metas.map(({ block_id, header, num_txs }) => ({
    height: header.height,
    hash: block_id.hash,
    transactions: num_txs,
  }));
}

export function heightIn(answer: unknown): bigint {
  return read(STATUS, resultIn(answer)).sync_info.latest_block_height;
}

export function peerCountIn(answer: unknown): number {
  return read(PEERS, resultIn(answer)).n_peers;
}

/** The head of a block that a node says is final; undefined: the node says that it will tell of them. */
export function finalHeadIn(message: unknown): BlockHead | undefined {
  const result = resultIn(message);
  if (typeof result === 'object' && result !== null && Object.keys(result).length === 0) return undefined;
  const { header } = read(FINAL_HEADER, result).data.value;
  const { height, data_hash: dataHash } = header;
  return { height, dataHash, text: JSON.stringify({ ...header, height: String(height) }) };
}

function resultIn(answer: unknown): unknown {
  const { result, error } = read(ANSWER, answer);
  if (error !== undefined)
    throw nodeFailed(`a node of CometBFT refuses: ${error.message} ${error.data ?? ''}`);
  return result;
}

function read<Shape extends z.ZodType>(shape: Shape, answer: unknown): z.output<Shape> {
  const { data, error } = shape.safeParse(answer);
  if (error === undefined) return data;
  const place = error.issues[0];
  const where = place === undefined ? '' : `${place.path.join('.')}: ${place.message}`;
  throw nodeFailed(`a node of CometBFT answers in another form than version 0.38 does: ${where}`, error);
}
