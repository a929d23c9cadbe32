import { payloadLeaves } from '#libs/chain/block-rules.ts';
import { type Epoch, toEpoch } from '#libs/chain/ids.ts';
import { inclusionProof } from '#libs/chain/merkle.ts';
import type { HandoverProof } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import type { LoadedChain } from './load-chain.ts';

/**
 * Proof of the members that follow those of an epoch; undefined while the epoch's last block, or the certificate of
 * that block, is not here.
 */
export function handoverProof(
  { book, store }: Pick<LoadedChain, 'book' | 'store'>,
  epoch: Epoch,
): HandoverProof | undefined {
  const root = book.epoch(toEpoch(epoch + 1n))?.root;
  const block = root && store.blockAt(root.height);
  const proved = root && store.certifiedBlock(root.height);
  const [handover] = block?.transactions ?? [];
  if (block === undefined || handover === undefined || proved?.certificate.digest !== root?.digest) {
    return undefined;
  }
  const path = inclusionProof(payloadLeaves(block.transactions), 0);
  return {
    header: headerToWire(block.header),
    handover: handover.bytes,
    path: [...path],
    certificate: certificateOf(proved),
  };
}

function certificateOf(proved: ReturnType<LoadedChain['store']['certifiedBlock']>) {
  return proved && certificateToWire(proved.certificate);
}
