import type { BlockHeader } from '#libs/chain/block.ts';
import { HEADER_EXTENSIONS } from '#libs/chain/header-extensions.ts';

/**
 * Which header may follow which: views begin anew with each height, so none is too low. The core says nothing in a header. Whether a block
 * is of its view and that view's leader is judged with its proposal, and certified with it.
 */
export function roundFollows(_parent: BlockHeader, header: BlockHeader): string | undefined {
  return header.extensions.some(({ tag }) => tag === HEADER_EXTENSIONS.protocol)
    ? `header extension ${HEADER_EXTENSIONS.protocol} of the protocol, which has none`
    : undefined;
}
