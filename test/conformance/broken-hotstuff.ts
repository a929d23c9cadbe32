import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { type HotStuffSubject, hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { FAITHFUL } from '#libs/simulation/plan/plan.ts';
import { MUTANTS, mutant } from '#test/support/hotstuff/hotstuff-mutants.ts';

const { commit, timeout, ...kindsBelow } = HOTSTUFF_TABLE.kinds;

/** A table by which a key votes PREPARE on a block that no leader proposed to it. */
export const votesOnNothing = mutant({
  votes: {
    ...HOTSTUFF_TABLE,
    kinds: { ...HOTSTUFF_TABLE.kinds, prepare: { step: 1, grounds: 'none' } },
  },
});

/** A key that votes COMMIT and remembers no lock. */
export const forgetsLock = mutant({
  votes: {
    ...HOTSTUFF_TABLE,
    kinds: {
      ...kindsBelow,
      ...(timeout && { timeout }),
      commit: { step: 3, grounds: 'none', needs: commit?.needs ?? '' },
    },
  },
});

export function withoutActor(name: string): HotStuffSubject {
  return {
    ...hotStuffSubject,
    actors: new Map([...hotStuffSubject.actors].filter(([each]) => each !== name)),
  };
}

export function honestInstead(name: string): HotStuffSubject {
  const { actors } = hotStuffSubject;
  const faithful = actors.get(FAITHFUL);
  return faithful === undefined
    ? hotStuffSubject
    : { ...hotStuffSubject, actors: new Map(actors).set(name, faithful) };
}

/** Steps such as no honest protocol has: the result depends on how often it was asked. */
export function countingSteps(): HotStuffSubject {
  let steps = 0;
  return mutant({
    step: (state, input) => {
      steps += 1;
      const { state: next, effects } = hotStuff.step(state, input);
      const later = steps % 2;
      return {
        state: next,
        effects: effects.map((effect) =>
          effect.kind === 'set-timer' && 'afterMs' in effect
            ? { ...effect, afterMs: effect.afterMs + later }
            : effect,
        ),
      };
    },
  });
}

/** Views so far ahead that no signer goes there. */
const FAR = 1_000_000n;
/** Above every view that a liar names. */
export const SENSELESS = 2n ** 62n;

/** Asks, in federations of six alone, for a signature that its signer refuses, whenever it gives up a view. */
export const askingTooMuch = mutant({
  step: (state, input) => {
    if (input.kind === 'signed' && input.statement.view >= FAR) return { state, effects: [] };
    const { state: next, effects } = hotStuff.step(state, input);
    if (state.context.set.members.length !== 6) return { state: next, effects };
    return {
      state: next,
      effects: effects.flatMap((effect) => {
        if (effect.kind !== 'sign' || effect.statement.kind !== 'timeout') return [effect];
        const view = { view: (effect.statement.view + FAR) as typeof effect.statement.view };
        return [effect, { ...effect, statement: { ...effect.statement, ...view } }];
      }),
    };
  },
});

/** Knows members by their number alone. */
export const headsCount = mutant({
  init: (context) => {
    const { epoch, members } = context.set;
    const set = validatorSet(
      epoch,
      members.map((member) => ({ ...member, weight: 1n })),
    );
    return hotStuff.init({ ...context, set });
  },
});

/** Keeps, in federations of six alone, every proposal that came before its time. */
export const hoarding = mutant({
  step: (state, input) => {
    const { state: next, effects } = hotStuff.step(state, input);
    if (state.context.set.members.length !== 6) return { state: next, effects };
    return { state: { ...next, early: new Map([...state.early, ...next.early]) }, effects };
  },
});

/** The first of four members forgets everything in a crash between its first COMMIT and the first decision. */
export const forgetsBeforeAll = mutant({
  init: (context) => {
    const { restored, me, set } = context;
    const isFirst = me === 0 && set.members.length === 4;
    const isUndecided = restored?.commit.view === 0n && restored.voted.commit !== undefined;
    return hotStuff.init(isFirst && isUndecided ? { ...context, restored: undefined } : context);
  },
});

/** Hears no proposal of a block that it could know already. */
export const proposesNothingAgain = mutant({
  admit: (state, from, message) =>
    message.kind === 'proposal' && message.again !== undefined
      ? { ok: false, cause: 'invalid' }
      : hotStuff.admit(state, from, message),
});

const early = MUTANTS['decides on a prepare certificate'].module;

/** Decides, in federations of six alone, on a certificate of the first votes. */
export const decidesTooEarly = mutant({
  init: (context) => (context.set.members.length === 6 ? early : hotStuff).init(context),
  step: (state, input) => (state.context.set.members.length === 6 ? early : hotStuff).step(state, input),
});

/** Needs a quorum of two in the views after one that was given up, which no calm chain comes to. */
export const countsTwoAfterTimeout = mutant({
  step: (state, input) => {
    const { context, timeoutCertificate } = state;
    if (timeoutCertificate === undefined) return hotStuff.step(state, input);
    const quorum = { ...context.set.quorum, commitWeight: 2n };
    return hotStuff.step({ ...state, context: { ...context, set: { ...context.set, quorum } } }, input);
  },
});
