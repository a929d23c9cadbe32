import { assert } from '#libs/assert/assert.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Effect, Input } from '#libs/protocol/module.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { Subject } from '../subject/subject.ts';
import type { LockstepBlocks } from './lockstep-blocks.ts';
import type { LockstepChecks } from './lockstep-checks.ts';
import type { Letter, LockstepNode } from './lockstep-node.ts';

const SIGNATURE = new Uint8Array(1);

export interface LockstepInstancesParts<State, Message, Record> {
  readonly subject: Subject<State, Message, Record>;
  readonly blocks: LockstepBlocks;
  readonly checks: LockstepChecks;
  /** Does work after all that waits already. */
  readonly later: (run: () => void) => void;
  readonly send: (letter: Letter<Message>) => void;
}

/** The instances of a lockstep federation: each takes an input, and its effects are done at once or queued. */
export class LockstepInstances<State, Message, Record> {
  readonly #parts: LockstepInstancesParts<State, Message, Record>;
  #nodes: LockstepNode<State>[] = [];

  constructor(parts: LockstepInstancesParts<State, Message, Record>) {
    this.#parts = parts;
  }

  /** By number, as `foundingNodes` puts them. */
  get nodes(): readonly LockstepNode<State>[] {
    return this.#nodes;
  }

  /** Goes on from these. */
  restart(nodes: readonly LockstepNode<State>[]): void {
    this.#nodes = [...nodes];
  }

  positions(): readonly Position[] {
    return this.#nodes.map(({ state }) => this.#parts.subject.module.snapshot(state).position);
  }

  node(at: number): LockstepNode<State> {
    const node = this.#nodes[at];
    assert(node !== undefined, 'the instance exists');
    return node;
  }

  take(at: number, input: Input<Message>): void {
    const { state, effects } = this.#parts.subject.module.step(this.node(at).state, input);
    this.#update(at, { state });
    for (const effect of effects) this.#perform(at, effect);
  }

  /** Takes a message if the protocol admits it, as a replica does. */
  receive(at: number, from: MemberIndex, message: Message): void {
    const admission = this.#parts.subject.module.admit(this.node(at).state, from, message);
    if (admission.ok) this.take(at, { kind: 'message', from, message });
    else if (admission.behind !== undefined) {
      this.take(at, { kind: 'behind', member: from, reported: admission.behind });
    }
  }

  #update(at: number, change: Partial<LockstepNode<State>>): void {
    this.#nodes[at] = { ...this.node(at), ...change };
  }

  #perform(at: number, effect: Effect<Message, Record>): void {
    const { blocks, checks, later, send } = this.#parts;
    const answer = (input: Input<Message>) => later(() => this.take(at, input));
    switch (effect.kind) {
      case 'sign': {
        const { statement } = effect;
        this.#update(at, { signed: checks.signed(at, this.node(at), statement) });
        return answer({ kind: 'signed', statement, signature: SIGNATURE });
      }
      case 'transmit':
        return send({ from: at, to: effect.to, message: effect.message });
      case 'set-timer':
        return this.#update(at, { timers: { ...this.node(at).timers, [effect.name]: effect.position } });
      case 'cancel-timer':
        return this.#update(at, { timers: { ...this.node(at).timers, [effect.name]: undefined } });
      case 'build': {
        const { position, draft } = effect;
        const parent = this.#isFoundation(at, draft.height - 1n) ? undefined : blocks.find(draft.parent);
        const block = parent ?? blocks.build({ at, member: this.node(at).member }, position.view, draft);
        return answer({ kind: 'built', position, block });
      }
      case 'check': {
        const { block } = effect;
        const { digest, header } = block;
        if (this.#isFoundation(at, header.height - 1n))
          return answer({ kind: 'checked', digest, height: header.height, ok: true });
        return this.#update(at, { unjudged: [...this.node(at).unjudged, block] });
      }
      case 'fetch': {
        const { digest, height } = effect.certificate;
        return answer({ kind: 'checked', digest, height, ok: true });
      }
      case 'commit':
        this.#commit(at, effect.certificate);
        this.#judgeWaiting(at);
        this.tellFinal(at, effect.certificate);
        // There is always more to decide.
        return answer({ kind: 'work', pending: true });
      case 'persist':
      case 'entered':
      case 'failed':
      // Timers have no length here: the scenario fires them.
      case 'extend-timer':
        return;
    }
  }

  /** Whether blocks may stand upon one of this height: it is final here, or that does not matter. */
  #isFoundation(at: number, height: bigint): boolean {
    return this.#parts.subject.root !== 'next-block' || height < BigInt(this.node(at).chain.length);
  }

  #judgeWaiting(at: number): void {
    const { chain, unjudged } = this.node(at);
    const due = unjudged.filter(({ header }) => this.#isFoundation(at, header.height - 1n));
    if (due.length === 0) return;
    this.#update(at, { unjudged: unjudged.filter((block) => !due.includes(block)) });
    for (const { digest, header } of due) {
      if (chain[Number(header.height) - 1] !== header.parent) continue;
      this.#parts.later(() => this.take(at, { kind: 'checked', digest, height: header.height, ok: true }));
    }
  }

  /** Tells the protocol its newest final block, as an engine does at the start and with each block that is final. */
  tellFinal(at: number, certificate: QuorumCertificate): void {
    const { blocks, later } = this.#parts;
    const header = blocks.find(certificate.digest)?.header;
    if (header === undefined || this.node(at).chain.at(-1) !== certificate.digest) return;
    later(() => this.take(at, { kind: 'final', header, digest: certificate.digest, certificate }));
  }

  #commit(at: number, { digest, height }: QuorumCertificate): void {
    const { blocks, checks } = this.#parts;
    const { chain, isTwin } = this.node(at);
    const { fresh, below } = blocks.branch(digest, chain.length);
    if (below?.digest !== chain[Number(below?.header.height)] && !isTwin) {
      checks.report('S1', `instance ${at} holds another block than the one decided at height ${height}`);
    }
    this.#update(at, { chain: [...chain, ...fresh] });
  }
}
