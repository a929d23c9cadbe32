import { type Height, toDigest, toHeight, toView } from '#libs/chain/ids.ts';
import type { RoundsProposal, RoundsVote } from '#libs/protocol/rounds/message.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { others } from '../../liars/any-message.ts';
import { fattened } from '../../liars/odd-blocks.ts';
import { type RoundsActor, type RoundsTools, signedAnew } from './voters.ts';

const BURST_MS = 150;
const VIEWS_AHEAD = 24;
const HEIGHTS_AHEAD = 3;
const FLOOD_MS = 50;
const FLOOD_MESSAGES = 12;
const FAR = 1_000n;

/**
 * Wants the memory of the others: blocks far above every bound, proposals and votes for many views and heights to come, and
 * bytes above the bound of a message (BYZ-22). All of it well signed.
 */
export function gluttonousRounds(table: VoteTable) {
  return (tools: RoundsTools): RoundsActor => {
    let last: RoundsProposal | undefined;
    const burst = (): void => {
      const target = tools.random.pick(others(tools));
      if (last !== undefined) for (const each of ahead(tools, table, last)) tools.send(target, each);
      if (tools.codec !== undefined) tools.sendBytes(target, new Uint8Array(tools.codec.bytesMax + 1));
      tools.after(BURST_MS, burst);
    };
    tools.after(BURST_MS, burst);
    return {
      outgoing: (to, message) =>
        tools.send(to, message.kind === 'proposal' ? fat(tools, table, message) : message),
      incoming: (_from, message) => {
        if (message.kind === 'proposal') last = message;
      },
    };
  };
}

function ahead(
  tools: RoundsTools,
  table: VoteTable,
  proposal: RoundsProposal,
): readonly (RoundsProposal | RoundsVote)[] {
  const { block, member, signature } = proposal;
  return Array.from({ length: VIEWS_AHEAD * HEIGHTS_AHEAD }, (_, at) => {
    const height = toHeight(proposal.height + BigInt(at % HEIGHTS_AHEAD));
    const view = toView(proposal.view + BigInt(Math.floor(at / HEIGHTS_AHEAD)));
    const place = { height, view, member, signature };
    const vote = { kind: 'vote', ...place, step: table.prepared, digest: block.digest } as const;
    return at % 2 === 0
      ? signedAnew(tools, table, vote)
      : signedAnew(tools, table, { ...proposal, ...place });
  });
}

function fat(tools: RoundsTools, table: VoteTable, proposal: RoundsProposal): RoundsProposal {
  return signedAnew(tools, table, { ...proposal, block: fattened(tools.random, proposal.block) });
}

/** Votes that are cheap to send and dear to verify: none is signed (BYZ-15). */
export function floodingRounds(table: VoteTable) {
  return (tools: RoundsTools): RoundsActor => {
    let height: Height = toHeight(1n);
    const flood = (): void => {
      for (let sent = 0; sent < FLOOD_MESSAGES; sent++) {
        const digest = toDigest(tools.random.int(0, 9).toString().repeat(64));
        const view = toView(BigInt(tools.random.int(0, 3)));
        const vote = { kind: 'vote', step: table.prepared, height, view, digest } as const;
        const signed = { ...vote, member: tools.me, signature: new Uint8Array(32) };
        tools.send(tools.random.pick(others(tools)), signed);
      }
      tools.after(FLOOD_MS, flood);
    };
    tools.after(FLOOD_MS, flood);
    return {
      outgoing: (to, message) => {
        if (message.kind === 'vote') height = message.height;
        tools.send(to, message);
      },
    };
  };
}

/** Claims to be a thousand views or heights ahead, without any proof (BYZ-17). */
export function inflatingRounds(table: VoteTable) {
  return (tools: RoundsTools): RoundsActor => ({
    outgoing: (to, message) => {
      tools.send(to, message);
      if (message.kind === 'request') {
        tools.send('all', { ...message, height: toHeight(message.height + FAR) });
        tools.send('all', { ...message, view: toView(message.view + FAR) });
      }
      if (message.kind === 'vote' || message.kind === 'leave') {
        const far = { ...message, view: toView(message.view + FAR) };
        if (tools.random.chance(0.3)) tools.send('all', signedAnew(tools, table, far));
      }
    },
  });
}
