import type { ViolationKind } from '../../checks/findings.ts';
import type { HostedSubject } from '../../nodes/whole-nodes.ts';
import { simulate } from '../../run/simulate.ts';
import type { CaseFailure, Course } from '../words/course.ts';
import type { JudgedProtocol } from '../words/judged-protocol.ts';
import { canonicalText } from './canonical-text.ts';
import { seedPlace } from './seeds-course.ts';

const MEMBERS = 4;
const FIRST_SEED = 500_000;

/** One state in so many is looked at: all of it, which takes longer than the step. */
const EVERY = 7;

/**
 * C19: every step of some seeds is taken twice, and what it was given is looked at before and after; the run must be the one of
 * the same seed without that, event by event, and so must the run of whole nodes be when it is repeated.
 */
export const PURITY: Course = {
  name: 'purity',
  judges: ['C19'],
  isDrawn: true,
  open: (candidate, { pureSeeds }) => ({
    parts: pureSeeds,
    run: (part) => {
      const seed = FIRST_SEED + part;
      return { runs: 4, failures: [...stepFaults(candidate, seed), ...repeatFaults(candidate, seed)] };
    },
  }),
};

function stepFaults({ subject, ...candidate }: JudgedProtocol, seed: number): readonly CaseFailure[] {
  const watched = new Watched(subject);
  const options = { seed, members: MEMBERS, isWhole: false };
  const { traceHash } = simulate(watched.subject, options);
  const alone = simulate(subject, options);
  const moved = alone.traceHash === traceHash ? [] : ['another run, where each step is taken twice'];
  return failuresOf([...watched.faults, ...moved], { subject, ...candidate }, seed);
}

function repeatFaults(candidate: JudgedProtocol, seed: number): readonly CaseFailure[] {
  const run = () => simulate(candidate.subject, { seed, members: MEMBERS, isWhole: true });
  const [one, other] = [run(), run()];
  const isSame = one.traceHash === other.traceHash;
  return failuresOf(isSame ? [] : ['two runs of one seed of whole nodes differ'], candidate, seed);
}

function failuresOf(
  texts: readonly string[],
  candidate: JudgedProtocol,
  seed: number,
): readonly CaseFailure[] {
  const place = seedPlace(candidate, { seed, members: MEMBERS });
  return texts.map((text) => ({ ...place, ...FAILURE, text }));
}

const FAILURE: { readonly case: 'C19'; readonly kind: ViolationKind } = { case: 'C19', kind: 'other' };

/** A subject whose module is asked twice, and may change nothing that it is given. */
class Watched {
  readonly #faults = new Set<string>();
  readonly subject: HostedSubject;
  #steps = 0;

  constructor(subject: HostedSubject) {
    const { module } = subject;
    this.subject = {
      ...subject,
      module: {
        ...module,
        step: (state, input) => {
          this.#steps += 1;
          if (this.#steps % EVERY !== 0) return module.step(state, input);
          const before = canonicalText([state, input]);
          const first = module.step(state, input);
          if (canonicalText([state, input]) !== before)
            this.#faults.add(`a step on "${input.kind}" changes what it is given`);
          const second = module.step(state, input);
          if (canonicalText(first) !== canonicalText(second))
            this.#faults.add(`a step on "${input.kind}" taken twice is not the same`);
          return first;
        },
      },
    };
  }

  get faults(): readonly string[] {
    return [...this.#faults];
  }
}
