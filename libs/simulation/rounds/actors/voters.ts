import { toView } from '#libs/chain/ids.ts';
import type {
  RoundsLeave,
  RoundsMessage,
  RoundsStatement,
  RoundsVote,
} from '#libs/protocol/rounds/message.ts';
import { statementIn } from '#libs/protocol/rounds/statements.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { votingKinds } from '#libs/protocol/vote/voting-kinds.ts';
import { others } from '../../liars/any-message.ts';
import type { Actor, ActorTools } from '../../subject/actor.ts';

export type RoundsTools = ActorTools<RoundsMessage>;
export type RoundsActor = Actor<RoundsMessage>;

const LEAVE_SPAM_MS = 60;
const REPLAYED_MAX = 200;

/** The statement, signed again by the liar, whatever it says now. */
export function signedAnew<Statement extends RoundsStatement>(
  tools: RoundsTools,
  table: VoteTable,
  message: Statement,
): Statement {
  return {
    ...message,
    member: tools.me,
    signature: tools.sign(statementIn(table, { ...message, member: tools.me })),
  };
}

/**
 * Votes for every block that it hears of, in each step, to each member in another order. It does so again for each member that it
 * hears vote, and once for each: two such liars that answered every vote would answer each other without an end.
 */
export function doubleVotingRounds(table: VoteTable) {
  return (tools: RoundsTools): RoundsActor => {
    const heard = new Set<string>();
    const vote = (message: RoundsVote): void => {
      const steps = votingKinds(table).map((step) => signedAnew(tools, table, { ...message, step }));
      for (const member of others(tools)) {
        for (const each of tools.random.shuffle(steps)) tools.send(member, each);
      }
    };
    return {
      outgoing: (to, message) => tools.send(to, message),
      incoming: (from, message) => {
        const named = voteNamedBy(table, message);
        if (named === undefined) return;
        const { step, height, view, digest } = named;
        const before = heard.size;
        heard.add(`${from} ${message.kind} ${step} ${height} ${view} ${digest}`);
        if (heard.size > before) vote(named);
      },
    };
  };
}

/** The vote that is heard, or the first one on the block that is proposed. */
function voteNamedBy({ prepared: step }: VoteTable, message: RoundsMessage): RoundsVote | undefined {
  if (message.kind === 'vote') return message;
  if (message.kind !== 'proposal') return undefined;
  const { height, view, block, member, signature } = message;
  return { kind: 'vote', step, height, view, digest: block.digest, member, signature };
}

/** Reports nothing when it leaves, whatever it voted on. */
export function understatingRounds(table: VoteTable) {
  return (tools: RoundsTools): RoundsActor => ({
    outgoing: (to, message) => {
      const isLeave = message.kind === 'leave';
      tools.send(to, isLeave ? signedAnew(tools, table, { ...message, prepared: undefined }) : message);
    },
  });
}

/** Leaves views that nobody has reached, all the time, and good views at once. */
export function leaveSpammer(table: VoteTable) {
  return (tools: RoundsTools): RoundsActor => {
    let last: RoundsVote | undefined;
    const spam = (): void => {
      if (last !== undefined) {
        const ahead = tools.random.pick([0n, 0n, 1n, 2n, 5n, 1_000n, 1n << 40n]);
        const { height, view, member, signature } = last;
        const leave: RoundsLeave = {
          ...{ kind: 'leave', height, view: toView(view + ahead), member, signature },
          ...{ prepared: undefined, entry: undefined },
        };
        tools.send('all', signedAnew(tools, table, leave));
      }
      tools.after(LEAVE_SPAM_MS, spam);
    };
    tools.after(LEAVE_SPAM_MS, spam);
    return {
      outgoing: (to, message) => {
        if (message.kind === 'vote') last = message;
        tools.send(to, message);
      },
    };
  };
}

/** Says old things of anyone again, to anyone: as they were, and as an answer that nobody asked for. */
export function replayingRounds(tools: RoundsTools): RoundsActor {
  const heard: RoundsMessage[] = [];
  return {
    outgoing: (to, message) => {
      tools.send(to, message);
      if (heard.length === 0) return;
      const old = tools.random.pick(heard);
      const member = tools.random.pick(others(tools));
      tools.send(member, old);
      if (old.kind !== 'vote' && old.kind !== 'leave' && old.kind !== 'proposal') return;
      tools.send(member, { kind: 'recovery', height: old.height, view: old.view, statements: [old, old] });
    },
    incoming: (_from, message) => {
      heard.push(message);
      if (heard.length > REPLAYED_MAX) heard.splice(tools.random.int(0, heard.length - 1), 1);
    },
  };
}

/** Signs nothing well. */
export function garblingRounds(tools: RoundsTools): RoundsActor {
  const junk = () => Uint8Array.from({ length: 32 }, () => tools.random.int(0, 255));
  return {
    outgoing: (to, message) => {
      const isSigned = message.kind === 'vote' || message.kind === 'leave' || message.kind === 'proposal';
      tools.send(to, isSigned && tools.random.chance(0.8) ? { ...message, signature: junk() } : message);
    },
  };
}
