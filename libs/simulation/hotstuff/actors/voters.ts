import type { MemberIndex, View } from '#libs/chain/ids.ts';
import { rootCertificate } from '#libs/protocol/certificate.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { type Phase, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { BlockRef } from '#libs/protocol/vote/statement.ts';
import { others } from '../../liars/any-message.ts';
import { type HotStuffActor, type HotStuffTools, type Recipient, signVote } from './kit.ts';

const PHASES: readonly Phase[] = ['prepare', 'pre-commit', 'commit'];
const SPAM_MS = 60;

/** Votes for every block in every phase at once, and again for the same block at another height. */
export function doubleVoter(tools: HotStuffTools): HotStuffActor {
  return doublyTo(tools, (view) => [tools.leader(view)]);
}

/** The same where votes go to all: each member hears the two in another order. */
export function doubleVoterToAll(tools: HotStuffTools): HotStuffActor {
  return doublyTo(tools, () => others(tools));
}

function doublyTo(tools: HotStuffTools, countersIn: (view: View) => readonly MemberIndex[]): HotStuffActor {
  const vote = (view: View, block: BlockRef) => {
    const odd = { ...block, height: (block.height + 1n) as typeof block.height };
    const both = PHASES.flatMap((phase) => [odd, block].map((each) => signVote(tools, phase, view, each)));
    const counters = countersIn(view).filter((counter) => counter !== tools.me);
    for (const [at, counter] of counters.entries()) {
      for (const each of at % 2 === 0 ? both : both.toReversed()) tools.send(counter, each);
    }
  };
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      if (message.kind !== 'vote') tools.send(to, message);
    },
    incoming: (_from: MemberIndex, message: HotStuffMessage) => {
      if (message.kind === 'certificate') vote(message.certificate.view, message.certificate);
      if (message.kind !== 'proposal') return;
      const { header, digest } = message.block;
      vote(header.view, { height: header.height, digest });
    },
  };
}

/** Reports no knowledge at all: hides its locks from the next leader (RULES.md A.33). */
export function understater(tools: HotStuffTools): HotStuffActor {
  const high = rootCertificate(HOTSTUFF_TABLE, 'prepare', tools.root);
  const commit = rootCertificate(HOTSTUFF_TABLE, 'commit', tools.root);
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      if (message.kind === 'new-view') tools.send(to, { ...message, high, commit });
      else if (message.kind === 'timeout') {
        const { view } = message;
        const signature = tools.sign(timeoutStatement(view, high));
        tools.send(to, { ...message, high, commit, signature });
      } else tools.send(to, message);
    },
  };
}

/** Gives up views that nobody has reached, all the time (RULES.md A.39), and good views at once. */
export function timeoutSpammer(tools: HotStuffTools): HotStuffActor {
  const high = rootCertificate(HOTSTUFF_TABLE, 'prepare', tools.root);
  const commit = rootCertificate(HOTSTUFF_TABLE, 'commit', tools.root);
  let last = 1n as View;
  const spam = () => {
    const ahead = tools.random.pick([0n, 0n, 1n, 2n, 5n, 1_000n, 1n << 40n]);
    const view = (last + ahead) as View;
    const signature = tools.sign(timeoutStatement(view, high));
    const timeout = { kind: 'timeout', view, member: tools.me, high, commit, signature } as const;
    for (const member of others(tools)) {
      if (tools.random.chance(0.8)) tools.send(member, { ...timeout, timeoutCertificate: undefined });
    }
    tools.after(SPAM_MS, spam);
  };
  tools.after(SPAM_MS, spam);
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      if (message.kind === 'new-view') last = message.view;
      tools.send(to, message);
    },
  };
}

/** Says old things of anyone again, to anyone (BYZ-11). */
export function replayer(tools: HotStuffTools): HotStuffActor {
  const heard: HotStuffMessage[] = [];
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      tools.send(to, message);
      if (heard.length > 0) tools.send(tools.random.pick(others(tools)), tools.random.pick(heard));
    },
    incoming: (_from: MemberIndex, message: HotStuffMessage) => {
      heard.push(message);
      if (heard.length > 200) heard.splice(tools.random.int(0, heard.length - 1), 1);
    },
  };
}

/** Signs nothing well: votes, timeouts and proposals with a signature that is none (BYZ-07). */
export function garbler(tools: HotStuffTools): HotStuffActor {
  const junk = () => Uint8Array.from({ length: 32 }, () => tools.random.int(0, 255));
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      const isSigned = message.kind === 'vote' || message.kind === 'timeout' || message.kind === 'proposal';
      tools.send(to, isSigned && tools.random.chance(0.8) ? { ...message, signature: junk() } : message);
    },
  };
}
