import type { Prng } from '#libs/random/prng.ts';
import { beginningsOf, OpenChoices } from './open-choices.ts';
import { type Answer, Answered, type Begun, type WalkOptions, Way } from './way.ts';

/** The end of a walk. */
export interface Walk {
  /** The signatures, as key and request. */
  readonly signed: readonly { readonly at: number; readonly ask: number }[];
  /** The keys at some moment of it, each moment as likely as any other. */
  readonly keys: readonly number[];
  readonly decided: number;
  readonly broken: string | undefined;
}

/**
 * Walks at random through what hostile hosts can bring honest keys to, until no key signs anything more. It counts every
 * signature and takes no two states together: another way to the promises than the search has, and one without bounds of
 * memory.
 */
export class Walker {
  readonly #options: WalkOptions;
  readonly #begun: Begun;

  constructor(options: WalkOptions) {
    const { plan } = options;
    this.#options = options;
    this.#begun = {
      answered: new Answered(options),
      choices: new OpenChoices(plan),
      beginnings: beginningsOf(plan),
    };
  }

  walk(random: Prng): Walk {
    const way = new Way(this.#options, this.#begun);
    // Views are given up, and blocks refused, more often on some walks than on others: early leaves show other things than
    // late ones.
    const gives = random.next() * random.next();
    let middle = [...way.keys];
    for (let open = ALL; open.length > 0 && way.broken === undefined; ) {
      const at = random.pick(open);
      const answer = picked(way.answers(at), { random, gives });
      // A signature may let another key go on.
      open = answer === undefined ? open.filter((each) => each !== at) : ALL;
      if (answer === undefined) continue;
      way.sign(at, answer);
      if (random.chance(1 / way.signed.length)) middle = [...way.keys];
    }
    const { signed, broken, decidedHeights: decided } = way;
    return { signed, keys: middle, broken, decided };
  }
}

const ALL: readonly number[] = [0, 1, 2];

/** One of them; undefined of none. @param gives - How often a view is given up, or a block refused, rather than voted for. */
function picked(
  answers: readonly Answer[],
  { random, gives }: { readonly random: Prng; readonly gives: number },
): Answer | undefined {
  const votes = answers.filter(({ place }) => place.isCertifiable);
  const others = answers.filter(({ place }) => !place.isCertifiable);
  if (answers.length === 0) return undefined;
  const isGiving = others.length > 0 && (votes.length === 0 || random.chance(gives));
  return random.pick(isGiving ? others : votes);
}
