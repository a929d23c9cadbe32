import { toEpoch } from '#libs/chain/ids.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { openConformance } from '#libs/simulation/conformance/open-conformance.ts';
import type { CaseId } from '#libs/simulation/conformance/words/case-id.ts';
import { QUICK } from '#libs/simulation/conformance/words/effort.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { type HotStuffSubject, hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { FAITHFUL } from '#libs/simulation/plan/plan.ts';
import { MUTANTS, mutant } from '#test/support/hotstuff/hotstuff-mutants.ts';
import { hotStuffRow } from './hotstuff-row.ts';

/** A protocol with one thing wrong, and the case that is there to notice it. */
export interface CaseMutant {
  readonly case: CaseId;
  readonly name: string;
  readonly subject: HotStuffSubject;
}

const { 'pre-commit': preCommit, ...otherKinds } = HOTSTUFF_TABLE.kinds;
const { commit, ...kindsBelow } = HOTSTUFF_TABLE.kinds;

function withoutActor(name: string): HotStuffSubject {
  return {
    ...hotStuffSubject,
    actors: new Map([...hotStuffSubject.actors].filter(([each]) => each !== name)),
  };
}

function honestInstead(name: string): HotStuffSubject {
  const { actors } = hotStuffSubject;
  const faithful = actors.get(FAITHFUL);
  return faithful === undefined
    ? hotStuffSubject
    : { ...hotStuffSubject, actors: new Map(actors).set(name, faithful) };
}

/** What no honest step does: its result depends on how often it was asked. */
function countingSteps(): HotStuffSubject {
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
const SENSELESS = 2n ** 62n;

/** Asks, in federations of five alone, for a signature that its signer refuses, whenever it gives up a view. */
const askingTooMuch = mutant({
  step: (state, input) => {
    if (input.kind === 'signed' && input.statement.view >= FAR) return { state, effects: [] };
    const { state: next, effects } = hotStuff.step(state, input);
    if (state.context.set.members.length !== 5) return { state: next, effects };
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
const headsCount = mutant({
  init: (context) => {
    const { epoch, members } = context.set;
    const set = validatorSet(
      epoch,
      members.map((member) => ({ ...member, weight: 1n })),
    );
    return hotStuff.init({ ...context, set });
  },
});

/** Keeps every proposal that came before its time. */
const hoarding = mutant({
  step: (state, input) => {
    const { state: next, effects } = hotStuff.step(state, input);
    return { state: { ...next, early: new Map([...state.early, ...next.early]) }, effects };
  },
});

/** One mutant for each case that some mutant of HotStuff alone can show. */
export const CASE_MUTANTS: readonly CaseMutant[] = [
  {
    case: 'C1',
    name: 'a vote on a prepared certificate that the key does not remember',
    subject: mutant({
      votes: {
        ...HOTSTUFF_TABLE,
        kinds: { ...otherKinds, 'pre-commit': { step: 2, grounds: 'none', needs: preCommit?.needs ?? '' } },
      },
    }),
  },
  {
    case: 'C2',
    name: 'bytes without the epoch',
    subject: mutant({
      votes: {
        ...HOTSTUFF_TABLE,
        bytes: (scope, statement) => HOTSTUFF_TABLE.bytes({ ...scope, epoch: toEpoch(0n) }, statement),
      },
    }),
  },
  {
    case: 'C3',
    name: 'a key that remembers no lock',
    subject: mutant({
      votes: {
        ...HOTSTUFF_TABLE,
        kinds: { ...kindsBelow, commit: { step: 3, grounds: 'none', needs: commit?.needs ?? '' } },
      },
    }),
  },
  { case: 'C4', name: 'asks for a view that no signer goes to', subject: askingTooMuch },
  { case: 'C5', name: 'nobody forges certificates', subject: withoutActor('forger') },
  { case: 'C6', name: 'no vote once', subject: MUTANTS['no vote once'] },
  {
    case: 'C7',
    name: 'everything forgotten in a crash',
    subject: MUTANTS['everything forgotten in a crash'],
  },
  { case: 'C8', name: 'no timeouts', subject: MUTANTS['no timeouts'] },
  { case: 'C9', name: 'no lock from a decision', subject: MUTANTS['no lock from a decision'] },
  { case: 'C10', name: 'heads count', subject: headsCount },
  { case: 'C11', name: 'a double voter that votes once', subject: honestInstead('double-voter') },
  {
    case: 'C12',
    name: 'nothing is decided after four changes of the members',
    subject: mutant({
      step: (state, input) =>
        state.context.set.epoch > 4n && input.kind === 'work'
          ? { state, effects: [] }
          : hotStuff.step(state, input),
    }),
  },
  {
    case: 'C13',
    name: 'no block follows one of a protocol whose views begin with 0',
    subject: mutant({
      follows: (parent, header) =>
        parent.view === 0n && parent.height > 0n ? 'parent of view 0' : hotStuff.follows(parent, header),
    }),
  },
  {
    case: 'C15',
    name: 'a view above all sense ends it',
    subject: mutant({
      admit: (state, from, message) => {
        if ('view' in message && message.view > SENSELESS) throw new RangeError('no such view');
        return hotStuff.admit(state, from, message);
      },
    }),
  },
  { case: 'C16', name: 'keeps every proposal that came early', subject: hoarding },
  { case: 'C19', name: 'counts its steps', subject: countingSteps() },
  {
    case: 'C20',
    name: 'sends every vote twice',
    subject: mutant({
      step: (state, input) => {
        const { state: next, effects } = hotStuff.step(state, input);
        const twice = effects.flatMap((effect) =>
          effect.kind === 'transmit' && effect.message.kind === 'vote' ? [effect, effect] : [effect],
        );
        return { state: next, effects: twice };
      },
    }),
  },
];

/** The first failure of the case that is there to notice a mutant; undefined when it passes. */
export function caughtBy({ case: id, subject }: CaseMutant): string | undefined {
  const row = hotStuffRow(hostedHotStuff(subject));
  const open = openConformance([row], { effort: QUICK, cases: [id] });
  for (const at of open.parts.keys()) {
    const failure = open.run(at).failures.find((each) => each.case === id);
    if (failure !== undefined) return `${failure.name}: ${failure.text}`;
  }
  return undefined;
}
