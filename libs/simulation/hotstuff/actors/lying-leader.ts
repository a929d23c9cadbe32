import type { MemberIndex, View } from '#libs/chain/ids.ts';
import type { HotStuffMessage, Proposal } from '#libs/protocol/hotstuff/message.ts';
import { others } from '../../liars/any-message.ts';
import {
  CollectedVotes,
  type HotStuffActor,
  type HotStuffTools,
  type Recipient,
  SeenCertificates,
  signProposal,
} from './kit.ts';

/** Sends the proposals that stand for the one which an honest leader would have sent. */
type Lie = (proposal: Proposal, tools: HotStuffTools, seen: SeenCertificates) => void;

/** A leader that proposes any block it likes, and drives every block that gets votes through all phases. */
export function lyingLeader(tools: HotStuffTools, lie: Lie): HotStuffActor {
  const seen = new SeenCertificates(tools);
  const votes = new CollectedVotes(tools);
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      seen.see(message);
      if (message.kind === 'proposal') lie(message, tools, seen);
      else tools.send(to, message);
    },
    incoming: (_from: MemberIndex, message: HotStuffMessage) => {
      seen.see(message);
      if (message.kind !== 'vote') return;
      const certificate = votes.count(message);
      if (certificate !== undefined) tools.send('all', { kind: 'certificate', certificate });
    },
  };
}

/** A leader that justifies its blocks with old certificates, to undo later locks and decisions (RULES.md A.1). */
export function staleLeader(tools: HotStuffTools): HotStuffActor {
  return lyingLeader(tools, (proposal, _tools, seen) => {
    const { view } = proposal.block.header;
    const older = seen.all.filter((each) => each.view < proposal.justify.view);
    const justify = older.length === 0 ? proposal.justify : tools.random.pick(older.slice(-4));
    const block = tools.makeBlock(view, justify.digest, `stale ${view}`);
    // With the timeout certificate whose report it hides, or without any: a locked member must refuse both.
    const timeoutCertificate = tools.random.chance(0.5) ? proposal.timeoutCertificate : undefined;
    const stale = block && { ...signProposal(tools, block, justify), timeoutCertificate };
    tools.send('all', stale ?? proposal);
  });
}

/** Builds on an old block and justifies it with the newest certificate, which is of another block (RULES.md A.2). */
export function misjustifier(tools: HotStuffTools): HotStuffActor {
  return lyingLeader(tools, (proposal, _tools, seen) => {
    const { view } = proposal.block.header;
    const older = seen.all.filter((each) => each.view < proposal.justify.view);
    const parent = older.length === 0 ? proposal.justify : tools.random.pick(older.slice(-4));
    const block = tools.makeBlock(view, parent.digest, `beside ${view}`);
    tools.send('all', block === undefined ? proposal : signProposal(tools, block, proposal.justify));
  });
}

/** Proposes one block to some members and another to the rest; now and then both to everyone (RULES.md A.15). */
export function equivocator(tools: HotStuffTools): HotStuffActor {
  return lyingLeader(tools, (proposal) => {
    const { block, justify, timeoutCertificate } = proposal;
    const { view, parent } = block.header;
    const second = tools.makeBlock(view, parent, `other ${view}`);
    if (second === undefined) return tools.send('all', proposal);
    const other = { ...signProposal(tools, second, justify), timeoutCertificate };
    const sendsBoth = tools.random.chance(0.3);
    for (const member of others(tools)) {
      const order = tools.random.shuffle([proposal, other]);
      for (const each of sendsBoth ? order : order.slice(1)) tools.send(member, each);
    }
  });
}

/** Proposes in the views of others, as soon as it hears of them (RULES.md A.14). */
export function usurper(tools: HotStuffTools): HotStuffActor {
  const seen = new SeenCertificates(tools);
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      tools.send(to, message);
      seen.see(message);
      if (message.kind === 'proposal' || message.kind === 'vote') return;
      const justify = seen.newest;
      const view = (justify.view + 1n) as View;
      const block = tools.makeBlock(view, justify.digest, `usurped ${view}`);
      if (block !== undefined) tools.send('all', signProposal(tools, block, justify));
    },
    incoming: (_from: MemberIndex, message: HotStuffMessage) => seen.see(message),
  };
}
