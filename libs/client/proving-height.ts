import type { GetBlockResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';

/** Whether an answer says of its proof what is true: which height it is by, and whether that is its own. Members of before say nothing. */
export function saysWhichProves(answer: GetBlockResponse, height: bigint): boolean {
  const { certifiedHeight, certificateKept, descendants } = answer;
  return (
    certifiedHeight === 0n || (certifiedHeight === height && certificateKept === (descendants.length === 0))
  );
}
