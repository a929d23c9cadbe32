import type { GetBlockResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { invalidAnswer } from './errors.ts';

type Page = Pick<GetBlockResponse, 'block' | 'nextTransaction'>;

/**
 * The answer with all transactions of its block, asked for page by page. Nothing of it is believed here: whether they are
 * those of the header is looked at when all are there.
 * @throws FederationClientError `CLIENT_ANSWER_INVALID` when pages do not go on where the one before ended.
 */
export async function wholeBlock(
  answer: GetBlockResponse,
  next: (height: bigint, firstTransaction: number) => Promise<Page>,
): Promise<GetBlockResponse> {
  const { block } = answer;
  if (block?.header === undefined || answer.nextTransaction === 0) return answer;
  const transactions = [...block.transactions];
  const { height, transactionCount } = block.header;
  for (let position = answer.nextTransaction; position > 0; ) {
    const isNext = position === transactions.length && position < transactionCount;
    if (!isNext) throw invalidAnswer(`block ${height}: its pages do not follow each other`);
    const page = await next(height, position);
    const more = page.block?.transactions ?? [];
    if (more.length === 0) throw invalidAnswer(`block ${height}: an empty page`);
    transactions.push(...more);
    position = page.nextTransaction;
  }
  return { ...answer, block: { ...block, transactions }, nextTransaction: 0 };
}
