import type { CustodyState } from '../../custody/custody-state.ts';
import { decide } from '../../custody/decide.ts';
import { FactBook } from '../../custody/fact-book.ts';
import { ALL_RULES } from '../../custody/judge.ts';
import { type RecoveryRules, recoveredState } from '../../custody/recovery.ts';
import { withMode } from '../../custody/session.ts';
import { PHASES } from './model-world.ts';
import { type RecoveryWorld, recoveryWorld, type WorldPlan } from './recovery-world.ts';

export interface RecoveryOptions {
  readonly plan: WorldPlan;
  readonly rules: RecoveryRules;
}

export interface RecoveryResult {
  readonly states: number;
  /** Two blocks final that stand against each other, or two signatures of the recovered key for one slot. */
  readonly broken: 'fork' | 'double-sign' | undefined;
  /** Whether the key ever came back and signed: a search in which it never does shows nothing. */
  readonly hasSignedAgain: boolean;
}

/** `before` and `after` the loss of all that the first signer knew, and `back`, by a certificate. */
type Life = 'before' | 'lost' | 'back';

interface SignerNode {
  readonly id: number;
  readonly life: Life;
  readonly state: CustodyState;
  /** Votes, by index of request; those of the lost record too, for they are out in the world. */
  readonly voted: readonly number[];
  readonly next: Map<string, SignerNode | undefined>;
}

const HONEST = 3;
const LIARS = 1;
const QUORUM = 3;

/**
 * Searches all that hostile hosts can bring four members to of which one lies and another one loses its record at any
 * moment and is recovered by any certificate that its rules let pass (signer.md 3.5). The rules are those of
 * libs/custody themselves.
 */
export function searchRecovery({ plan, rules }: RecoveryOptions): RecoveryResult {
  return new RecoverySearch(recoveryWorld(plan), rules).run();
}

class RecoverySearch {
  readonly #world: RecoveryWorld;
  readonly #rules: RecoveryRules;
  readonly #nodes = new Map<string, SignerNode>();
  /** View and name of the slot of each request. */
  readonly #views: readonly { readonly view: bigint; readonly slot: string }[];
  #hasSignedAgain = false;

  constructor(world: RecoveryWorld, rules: RecoveryRules) {
    this.#world = world;
    this.#rules = rules;
    this.#views = world.requests.map(({ phase, about }) => {
      const view = world.blocks[about]?.block.header.view ?? 0n;
      return { view, slot: `${phase} ${view}` };
    });
  }

  run(): RecoveryResult {
    const virgin = this.#node({ state: this.#world.virgin, voted: [], life: 'before' });
    const first = Array.from({ length: HONEST }, () => virgin);
    const seen = new Set([nameOf(first)]);
    const open: (readonly SignerNode[])[] = [first];
    for (let signers = open.pop(); signers !== undefined; signers = open.pop()) {
      for (const next of this.#successors(signers)) {
        const name = nameOf(next);
        if (seen.has(name)) continue;
        seen.add(name);
        const broken = this.#brokenIn(next);
        if (broken !== undefined) return this.#result(seen.size, broken);
        open.push(next);
      }
    }
    return this.#result(seen.size, undefined);
  }

  #result(states: number, broken: RecoveryResult['broken']): RecoveryResult {
    return { states, broken, hasSignedAgain: this.#hasSignedAgain };
  }

  *#successors(signers: readonly SignerNode[]): Iterable<readonly SignerNode[]> {
    const [victim, ...others] = signers;
    if (victim === undefined) return;
    const certified = this.#certified(signers);
    for (const next of this.#turned(victim, certified)) yield [next, ...others];
    for (const [position, signer] of signers.entries()) {
      // Others in the same state can do the same: one of them is enough.
      if (position > 1 && signer === signers[position - 1]) continue;
      for (const index of this.#open(victim.life)) {
        const next = this.#after(signer, index, certified);
        if (next !== undefined) yield signers.map((each, at) => (at === position ? next : each));
      }
    }
  }

  /** What can be asked for: nobody can have proposed what stands on a nonce before it was drawn. */
  #open(life: Life): readonly number[] {
    const { requests, blocks } = this.#world;
    return [...requests.keys()].filter((index) => {
      return life !== 'before' || blocks[requests[index]?.about ?? 0]?.hasNonce !== true;
    });
  }

  /** What can become of the record of the first signer, beside signing. */
  *#turned(victim: SignerNode, certified: readonly boolean[]): Iterable<SignerNode> {
    const { virgin, blocks, context } = this.#world;
    const { voted, state, life } = victim;
    if (life === 'before') {
      yield this.#node({ state: withMode(virgin, 'quarantined'), voted, life: 'lost' });
    }
    if (life !== 'lost') return;
    for (const [index, { block, hasNonce }] of blocks.entries()) {
      const isDecided = certified[index * PHASES.length + PHASES.length - 1] === true;
      if (!isDecided || (this.#rules.nonce && !hasNonce)) continue;
      const { view, height } = block.header;
      const decided = { view, height, digest: block.digest };
      yield this.#node({ state: recoveredState(context, state, decided, this.#rules), voted, life: 'back' });
    }
  }

  /** The signer after it signed request `index`; undefined when it refuses. The host shows all that there is. */
  #after(signer: SignerNode, index: number, certified: readonly boolean[]): SignerNode | undefined {
    const asked = this.#world.requests[index];
    if (asked === undefined || (signer.voted.includes(index) && signer.life !== 'back')) return undefined;
    // What a request rests on, and how far views are proved: nothing else that is shown can change the answer.
    const key = `${index} ${this.#isShown(index, certified)} ${this.#provenView(certified)}`;
    if (signer.next.has(key)) return signer.next.get(key);
    const { context } = this.#world;
    const { session } = signer.state;
    const decision = decide(
      context,
      signer.state,
      { ...asked.request, session },
      this.#facts(certified),
      ALL_RULES,
    );
    const isNew = decision.kind === 'sign' && !signer.voted.includes(index);
    const next = isNew
      ? this.#node({ ...signer, state: decision.nextState, voted: [...signer.voted, index] })
      : undefined;
    if (isNew && signer.life === 'back') this.#hasSignedAgain = true;
    signer.next.set(key, next);
    return next;
  }

  /** Whether there is the certificate of the parent, or of the phase before. */
  #isShown(index: number, certified: readonly boolean[]): boolean {
    const asked = this.#world.requests[index];
    if (asked?.phase !== 'prepare') return certified[index - 1] === true;
    const parent = asked && this.#world.blocks[asked.about]?.parent;
    return parent === undefined || certified[parent * PHASES.length] === true;
  }

  #provenView(certified: readonly boolean[]): bigint {
    let proven = 0n;
    for (const [index, { view }] of this.#views.entries())
      if (certified[index] === true && view > proven) proven = view;
    return proven;
  }

  /** Every certificate that can be made of what was signed, and every proposal: a liar leads all views. */
  #facts(certified: readonly boolean[]): FactBook {
    const facts = new FactBook();
    for (const [index, { phase, about }] of this.#world.requests.entries()) {
      const found = this.#world.blocks[about];
      if (found === undefined) continue;
      const { header, digest } = found.block;
      const fact = { instance: 0n, view: header.view, height: header.height, digest };
      facts.proposed({ ...fact, kind: 'proposal' });
      if (certified[index] === true) facts.certified({ ...fact, kind: phase });
    }
    return facts;
  }

  /** For each request whether a quorum of such votes exists: the liar votes for everything. */
  #certified(signers: readonly SignerNode[]): readonly boolean[] {
    const votes = new Array<number>(this.#world.requests.length).fill(LIARS);
    for (const { voted } of signers) for (const index of voted) votes[index] = (votes[index] ?? 0) + 1;
    return votes.map((count) => count >= QUORUM);
  }

  #brokenIn(signers: readonly SignerNode[]): RecoveryResult['broken'] {
    const { rivals } = this.#world;
    const slots = (signers[0]?.voted ?? []).map((index) => this.#views[index]?.slot);
    if (new Set(slots).size < slots.length) return 'double-sign';
    const certified = this.#certified(signers);
    const isFinal = (block: number) => certified[block * PHASES.length + PHASES.length - 1] === true;
    return rivals.some((against, block) => isFinal(block) && against.some(isFinal)) ? 'fork' : undefined;
  }

  #node({ state, voted, life }: Pick<SignerNode, 'state' | 'voted' | 'life'>): SignerNode {
    const mark = state.marks.get(0n);
    const sorted = voted.toSorted((a, b) => a - b);
    const name = `${life} ${sorted.join()} ${mark?.view}.${mark?.step} ${state.lock?.digest} ${state.proven}`;
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const node = { id: this.#nodes.size, life, state, voted: sorted, next: new Map() };
    this.#nodes.set(name, node);
    return node;
  }
}

/** All but the first are alike: their order does not matter. */
function nameOf([first, ...others]: readonly SignerNode[]): string {
  return [first?.id, ...others.map(({ id }) => id).sort((a, b) => a - b)].join();
}
