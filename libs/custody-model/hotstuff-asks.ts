import { toView, type View } from '#libs/chain/ids.ts';
import { timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import type { Ask } from './key-world.ts';
import { type BlockPlace, type ModelWorld, PHASES } from './model-world.ts';

/** The extent of the search in HotStuff. */
export interface HotStuffSize {
  readonly blocks: readonly BlockPlace[];
  /** Views that can be given up. */
  readonly timeouts?: readonly number[];
  /** A host may show the header of another block of the view than the one that it asks about. */
  readonly forges?: true;
  /** Whether proposals are asked for. */
  readonly proposes?: true;
}

export interface HotStuffAsk extends Ask {
  /** Index of the request whose certificate it rests on. */
  readonly needs: number | undefined;
  /** Block that it is about; undefined for a timeout. */
  readonly about: number | undefined;
  /** View of the certificate that a timeout reports. */
  readonly reported?: View;
}

/** The votes of all blocks first, three for each; then all other requests. */
export function hotStuffAsks(world: ModelWorld, size: HotStuffSize): readonly HotStuffAsk[] {
  const votes = world.requests.map(({ phase, about, request }, index) => ({
    ...{ name: `${phase} ${about}`, request, about },
    needs: phase === 'prepare' ? prepareOf(world.blocks[about]?.parent) : index - 1,
  }));
  return [
    ...votes,
    ...(size.forges ? votes.flatMap((vote) => forged(world, vote, votes)) : []),
    ...(size.proposes ? votes.flatMap((vote) => proposal(vote)) : []),
    ...(size.timeouts ?? []).flatMap((view) => timeouts(world, toView(BigInt(view)))),
  ];
}

function prepareOf(block: number | undefined): number | undefined {
  return block === undefined ? undefined : block * PHASES.length;
}

/** The same PREPARE, with header and justification of another block of its view and height or not. */
function forged({ blocks }: ModelWorld, vote: HotStuffAsk, votes: readonly HotStuffAsk[]): HotStuffAsk[] {
  const { request, about } = vote;
  if (request.statement.kind !== 'prepare' || about === undefined) return [];
  return votes.flatMap(({ request: other, about: of, needs }) => {
    if (of === undefined || of === about || other.statement.kind !== 'prepare') return [];
    if (other.statement.view !== request.statement.view) return [];
    const { header, justifyView } = other;
    const name = `${vote.name} with the header of ${of} on ${blocks[of]?.parent}`;
    return [{ name, request: { ...request, header, justifyView }, about, needs, as: prepareOf(about) }];
  });
}

function proposal({ request, about, needs }: HotStuffAsk): HotStuffAsk[] {
  if (request.statement.kind !== 'prepare') return [];
  const statement = { ...request.statement, kind: 'proposal' };
  return [{ name: `proposal ${about}`, request: { ...request, statement }, about, needs }];
}

/** Gives a view up with each certificate that there can be of it or an earlier one. */
function timeouts({ blocks, context, requests }: ModelWorld, view: View): HotStuffAsk[] {
  const plain = requests[0]?.request;
  if (plain === undefined) return [];
  const { root } = context;
  const all = [
    { view: root.view, digest: root.digest, needs: undefined },
    ...blocks.map(({ block }, index) => ({
      ...{ view: block.header.view, digest: block.digest, needs: prepareOf(index) },
    })),
  ];
  return all
    .filter((high) => high.view <= view)
    .map(({ view: highView, digest: highDigest, needs }) => ({
      name: `timeout ${view} with ${highView}`,
      request: {
        ...plain,
        statement: timeoutStatement(view, { view: highView, digest: highDigest }),
        ...{ header: undefined, justifyView: undefined },
      },
      ...{ about: undefined, needs, reported: highView },
    }));
}
