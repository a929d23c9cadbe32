import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import type {
  Effect,
  Input,
  Progress,
  ProtocolContext,
  ProtocolModule,
  PublicState,
  RefusalCause,
} from '#libs/protocol/module.ts';
import { comparePositions } from '#libs/protocol/vote/position.ts';
import { PENDING_PER_MEMBER_MAX } from './limits.ts';
import { OrderedSignatures } from './ordered-signatures.ts';
import type { ReplicaPorts } from './ports.ts';

/**
 * Runs a protocol module in its world: admits, verifies, steps, and performs the effects in their order, each
 * record durable before anything that it justifies (withhold until durable). Synchronous and without a
 * clock of its own, so the simulator runs this very class.
 */
export class Replica<State, Message, Record> {
  readonly #module: ProtocolModule<State, Message, Record>;
  readonly #ports: ReplicaPorts<Message, Record>;
  readonly #signing: OrderedSignatures;
  readonly #inputs: Input<Message>[] = [];
  readonly #pending = new Map<MemberIndex, number>();
  #state: State;
  #running = false;
  #halted = false;
  #hasWork = false;

  constructor(
    module: ProtocolModule<State, Message, Record>,
    context: ProtocolContext<Record>,
    ports: ReplicaPorts<Message, Record>,
  ) {
    this.#module = module;
    this.#ports = ports;
    this.#state = module.init(context).state;
    this.#signing = new OrderedSignatures(
      ports.signer,
      (statement) => this.#halted || comparePositions(statement, this.snapshot().position) < 0,
      (statement, answer) => {
        if (answer.kind === 'refused') ports.monitor.signatureRefused(statement, answer.reason);
        else if (answer.kind === 'signed')
          this.#take({ kind: 'signed', statement, signature: answer.signature });
      },
    );
  }

  start(): void {
    this.#take({ kind: 'start' });
  }

  /** Stops for good: later answers are ignored. */
  stop(): void {
    this.#halted = true;
  }

  get isHalted(): boolean {
    return this.#halted;
  }

  snapshot(): PublicState {
    return this.#module.snapshot(this.#state);
  }

  /** Tells the replica that transactions wait, or that none do any more. */
  work(pending: boolean): void {
    this.#hasWork = pending;
    this.#take({ kind: 'work', pending });
  }

  peerConnected(member: MemberIndex): void {
    this.#take({ kind: 'peer', member });
  }

  /** A member reported less than this one knows: it gets the proofs. */
  help(member: MemberIndex, reported: Progress): void {
    this.#take({ kind: 'behind', member, reported });
  }

  /** A message of a member whose identity the channel proved. Cheap checks first, signatures off this thread. */
  receive(from: MemberIndex, message: Message): void {
    if (this.#halted || !this.#isAdmitted(from, message)) return;
    const pending = this.#pending.get(from) ?? 0;
    const { monitor, verifier } = this.#ports;
    if (pending >= PENDING_PER_MEMBER_MAX) {
      return monitor.refused(from, 'overloaded', { message, fault: 'too many messages wait to be verified' });
    }
    this.#pending.set(from, pending + 1);
    const verified = (ok: boolean, cause: RefusalCause = 'bad-signature', falseClaim?: Claim): void => {
      this.#pending.set(from, (this.#pending.get(from) ?? 1) - 1);
      if (this.#halted) return;
      if (!ok) return monitor.refused(from, cause, { message, falseClaim });
      // The state may have moved on while the signatures were verified.
      if (this.#isAdmitted(from, message)) this.#take({ kind: 'message', from, message });
    };
    verifier.verify(this.#module.claims(message), verified, from);
  }

  #isAdmitted(from: MemberIndex, message: Message): boolean {
    const admission = this.#module.admit(this.#state, from, message);
    if (admission.ok) return true;
    this.#ports.monitor.refused(from, admission.cause, { message, fault: admission.fault });
    if (admission.behind !== undefined) {
      this.#take({ kind: 'behind', member: from, reported: admission.behind });
    }
    return false;
  }

  /** Handles one input at a time: an input that an effect causes at once waits until all effects before it are done. */
  #take(input: Input<Message>): void {
    if (this.#halted) return;
    this.#inputs.push(input);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#step(next);
    } catch (error) {
      this.#halted = true;
      this.#ports.monitor.halted(error);
    } finally {
      this.#running = false;
    }
  }

  #step(input: Input<Message>): void {
    const { state, effects } = this.#module.step(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect<Message, Record>): void {
    const { store, transport, timers, blocks, monitor } = this.#ports;
    switch (effect.kind) {
      case 'persist':
        return store.save(effect.record);
      case 'sign':
        store.save(effect.record);
        return this.#signing.push(effect);
      case 'transmit':
        return transport.send(effect.to, effect.message);
      case 'set-timer': {
        const { name, position } = effect;
        return timers.set(name, effect.delayMs, () => this.#take({ kind: 'timer', name, position }));
      }
      case 'cancel-timer':
        return timers.cancel(effect.name);
      case 'build': {
        const { position, parent } = effect;
        return blocks.build(position, parent, (block) => this.#take({ kind: 'built', position, block }));
      }
      case 'check': {
        const { digest, header } = effect.block;
        return blocks.check(effect.block, effect.from, (ok) =>
          this.#take({ kind: 'checked', digest, height: header.height, ok }),
        );
      }
      case 'fetch': {
        const { digest } = effect.certificate;
        return blocks.fetch(effect.certificate, effect.from, (ok, height) =>
          this.#take({ kind: 'checked', digest, height, ok }),
        );
      }
      case 'commit':
        blocks.commit(effect.certificate, effect.from);
        // The protocol asks again whether anything waits: the waiting transactions may just have become final.
        return this.#take({ kind: 'work', pending: this.#hasWork });
      case 'entered':
        return monitor.entered(effect.position, effect.leader, effect.cause);
    }
  }
}
