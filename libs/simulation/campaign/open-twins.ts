import { assert } from '#libs/assert/assert.ts';
import type { Violation } from '../checks/findings.ts';
import type { Subject } from '../subject/subject.ts';
import { Lockstep } from '../twins/lockstep.ts';
import type { LockstepState } from '../twins/lockstep-node.ts';
import { splitsOf } from '../twins/scenario.ts';
import type { Batch, Failure, OpenTask, TwinsTask } from './task.ts';

/** Views with everyone connected after a scenario, in which every honest member must commit. */
const HEALED_VIEWS = 12;

/** Choices of a view that are cases of their own; the rest is searched from there, and shares the views before. */
const VIEWS_PER_CASE = 2;

/**
 * Every scenario of as many views: all leaders, twins among them, times all kinds of splits
 * (libs/simulation/README.md B.5).
 */
export function openTwins<State, Message, Record>(
  task: TwinsTask,
  subject: Subject<State, Message, Record>,
): OpenTask {
  const { members, twins, views } = task;
  const choices = members * splitsOf(members, twins).length;
  const prefix = Math.min(VIEWS_PER_CASE, views);
  const cases = choices ** prefix;
  return {
    cases,
    runs: choices ** views,
    run: (at) => {
      const search = new Search(task, subject);
      search.from(digitsOf(at, choices, prefix));
      const replay = `--twins exhaustive --members ${members} --views ${views} --shard ${at + 1}/${cases}`;
      return { ...search.batch, failures: search.batch.failures.map((failure) => ({ ...failure, replay })) };
    },
  };
}

function digitsOf(value: number, base: number, length: number): readonly number[] {
  return Array.from({ length }, (_, at) => Math.floor(value / base ** at) % base);
}

/** A search, depth first: the state after a prefix of views is kept while its continuations are tried. */
class Search<State, Message, Record> {
  readonly #task: TwinsTask;
  readonly #splits: readonly (readonly number[])[];
  readonly #lockstep: Lockstep<State, Message, Record>;
  #runs = 0;
  readonly #failures: Failure[] = [];

  constructor(task: TwinsTask, subject: Subject<State, Message, Record>) {
    this.#task = task;
    this.#splits = splitsOf(task.members, task.twins);
    this.#lockstep = new Lockstep(subject, task.members);
  }

  get batch(): Batch {
    return { runs: this.#runs, failures: this.#failures };
  }

  /** Tries every scenario that begins with these choices. */
  from(prefix: readonly number[]): void {
    const path = prefix.map((choice) => this.#choice(choice));
    const [first] = path;
    assert(first !== undefined, 'a scenario has a view');
    this.#lockstep.leaders = [first.leader];
    this.#enter(path, [], this.#lockstep.begin(this.#task.twins));
  }

  #choice(choice: number) {
    const leader = Math.floor(choice / this.#splits.length);
    return { leader, split: choice % this.#splits.length };
  }

  /** `ahead`: the choice for this view, and for the next if it is made; a view passes only when the next leader is known. */
  #enter(ahead: readonly Choice[], done: readonly Choice[], before: LockstepState<State, Message>): void {
    const [current, next] = ahead;
    assert(current !== undefined, 'a view is chosen');
    const isLast = done.length + 1 === this.#task.views;
    if (isLast) return this.#end([...done, current], before);
    for (const leader of next === undefined ? this.#leaders() : [next.leader]) {
      const chosen = [...done, current];
      this.#lockstep.leaders = [...chosen.map((each) => each.leader), leader];
      const after = this.#pass(before, chosen.length, current);
      const following = next === undefined ? this.#splits.map((_, split) => ({ leader, split })) : [next];
      for (const choice of following) {
        this.#lockstep.leaders = [...chosen.map((each) => each.leader), leader];
        this.#enter([choice, ...ahead.slice(2)], chosen, after);
      }
    }
  }

  #leaders(): readonly number[] {
    return Array.from({ length: this.#task.members }, (_, leader) => leader);
  }

  #pass(before: LockstepState<State, Message>, view: number, { split }: Choice) {
    return this.#lockstep.pass(before, view, this.#splits[split] ?? []);
  }

  /** The last view, and then a federation that is whole again and must go on. */
  #end(scenario: readonly Choice[], before: LockstepState<State, Message>): void {
    const last = scenario.at(-1);
    assert(last !== undefined, 'a scenario has a view');
    this.#lockstep.leaders = scenario.map(({ leader }) => leader);
    let state = this.#pass(before, scenario.length, last);
    const target = Math.max(...this.#lockstep.heights(state)) + 1;
    const whole = Array.from({ length: this.#task.members + this.#task.twins }, () => 0);
    let view = scenario.length;
    while (view < scenario.length + HEALED_VIEWS && !this.#isAt(state, target)) {
      view += 1;
      state = this.#lockstep.pass(state, view, whole);
    }
    this.#lockstep.compareChains(state);
    if (!this.#isAt(state, target)) {
      this.#lockstep.report('V1', `no height ${target} in ${HEALED_VIEWS} views without a split`);
    }
    this.#count(scenario);
  }

  #isAt(state: LockstepState<State, Message>, target: number): boolean {
    return this.#lockstep.heights(state).every((height) => height >= target);
  }

  #count(scenario: readonly Choice[]): void {
    this.#runs += 1;
    const violations = this.#lockstep.takeViolations();
    if (violations.length > 0) this.#failures.push(this.#failure(scenario, violations));
  }

  #failure(scenario: readonly Choice[], violations: readonly Violation[]): Failure {
    const views = scenario.map(({ leader, split }) => ({ leader, groups: this.#splits[split] }));
    const name = `twins ${scenario.map(({ leader, split }) => `${leader}/${split}`).join(' ')}`;
    return { name, violations, schedule: { views }, replay: '' };
  }
}

interface Choice {
  readonly leader: number;
  readonly split: number;
}
