import type { Block } from '#libs/chain/block.ts';
import { type MemberIndex, toHeight, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { BlockRange } from '#libs/engine/ports/block-range.ts';
import type { BlocksResponse, PeerMessageBody, Whereabouts } from '#libs/engine/ports/peer-message.ts';
import type { Prng } from '#libs/random/prng.ts';
import type { Clerk } from './clerk.ts';
import type { ClerkTools } from './clerk-tools.ts';

const DRIP_MS_MAX = 9_000;

/**
 * Serves blocks by range with every lie there is: other bodies, another certificate, gaps, nothing, the right thing so
 * late that others were asked, or twice; and says that it is far ahead, or far behind (RULES.md A.45, BYZ-23,
 * BYZ-29).
 */
export function rangeLiar({ owner, random, seat, peers }: ClerkTools): Clerk {
  const drip = (to: MemberIndex | 'all', body: PeerMessageBody): void => {
    const { epoch } = seat.epoch.scope;
    owner.later(random.int(1, DRIP_MS_MAX), () => peers().post(to, { kind: 'peer', body, epoch, bytes: 0 }));
  };
  const served = (to: MemberIndex | 'all', body: BlocksResponse, range: BlockRange): BlocksResponse[] => {
    const lie = { ...body, range: random.pick(LIES)(range) };
    switch (random.pick(['truth', 'late', 'silence', 'lie', 'lie', 'both'] as const)) {
      case 'truth':
        return [body];
      case 'late':
        drip(to, body);
        return [];
      case 'silence':
        return [];
      case 'lie':
        return [lie];
      case 'both':
        return [lie, body];
    }
  };
  return {
    proposes: (message) => message,
    answers: (to, body) => {
      if (body.kind === 'whereabouts') return [misled(random, body)];
      if (body.kind === 'block-response') return [{ ...body, block: withOtherBody(body.block) }];
      if (body.kind !== 'blocks-response' || body.range === undefined) return [body];
      return served(to, body, body.range);
    },
  };
}

/** Far ahead, far behind, or where it is. */
function misled(random: Prng, body: Whereabouts): Whereabouts {
  const height = toHeight(random.pick([0n, body.height, body.height + 1_000n]));
  return { ...body, height, view: toView(random.pick([1n, body.view, body.view + 1_000n])) };
}

const LIES: readonly ((range: BlockRange) => BlockRange | undefined)[] = [
  () => undefined,
  ({ blocks, ...rest }) => ({
    ...rest,
    blocks: blocks.map((block, at) => (at === 0 ? withOtherBody(block) : block)),
  }),
  ({ blocks, ...rest }) => ({ ...rest, blocks: blocks.slice(1) }),
  ({ blocks, ...rest }) => ({ ...rest, blocks: blocks.slice(0, -1) }),
  ({ blocks, ...rest }) => ({ ...rest, blocks: [...blocks].reverse() }),
  ({ certificate, ...rest }) => ({
    ...rest,
    certificate: { ...certificate, signatures: certificate.signatures.slice(1) },
  }),
  ({ certificate, ...rest }) => ({
    ...rest,
    certificate: { ...certificate, view: toView(certificate.view + 1n) },
  }),
  ({ certificate, ...rest }) => ({
    ...rest,
    certificate: {
      ...certificate,
      signatures: certificate.signatures.map((each) => ({ ...each, signature: each.signature.toReversed() })),
    },
  }),
  ({ certificate, ...rest }) => ({ ...rest, certificate: { ...certificate, kind: 'prepare' } }),
];

/** The right header over transactions that are not its own. */
function withOtherBody(block: Block): Block {
  return { ...block, transactions: [...block.transactions.slice(1), transactionOf(new Uint8Array([6]))] };
}
