import type { BlockHeader } from '#libs/chain/block.ts';
import { HEADER_EXTENSIONS } from '#libs/chain/header-extensions.ts';

/**
 * Which header may follow which: views rise along the chain, because HotStuff counts them over all heights of an epoch and from one
 * epoch to the next. HotStuff itself says nothing in a header.
 */
export function hotStuffFollows(parent: BlockHeader, header: BlockHeader): string | undefined {
  if (header.extensions.some(({ tag }) => tag === HEADER_EXTENSIONS.protocol))
    return `header extension ${HEADER_EXTENSIONS.protocol} of the protocol, which has none`;
  return header.view > parent.view ? undefined : 'view not above its parent';
}
