import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { CONTROL_TOO_LATE, type ControlWord, controlFault } from '#libs/protocol/control.ts';
import type {
  FinalBlock,
  Input,
  Progress,
  ProtocolContext,
  ProtocolModule,
  PublicState,
  RefusalCause,
} from '#libs/protocol/module.ts';
import { comparePositions } from '#libs/protocol/vote/position.ts';
import { type Act, actsUpon, leaves } from './acts.ts';
import { askForBlock } from './block-effects.ts';
import { OrderedSignatures, refusalIn } from './ordered-signatures.ts';
import { PendingVerifications } from './pending-verifications.ts';
import type { ReplicaPorts } from './ports.ts';
import { type FiredTimer, performOnTimers } from './timer-effects.ts';

/**
 * Runs a protocol module in its world: admits, verifies, steps, and performs the effects in order. Nothing is signed or sent before the
 * newest record is durable (withhold until durable). Synchronous and without a clock of its own: the simulator runs this very class.
 */
export class Replica<State, Message, Record> {
  readonly #module: ProtocolModule<State, Message, Record>;
  readonly #ports: ReplicaPorts<Message, Record>;
  readonly #signing: OrderedSignatures;
  readonly #inputs: Input<Message>[] = [];
  readonly #pending = new PendingVerifications();
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
        const refusal = refusalIn(answer, statement, context.table);
        if (refusal !== undefined) ports.monitor.signatureRefused(statement, refusal);
        else if (answer.kind === 'signed') this.#take({ ...answer, statement });
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

  /** The newest final block, at the start and whenever it is another one. */
  final({ header, digest, certificate }: FinalBlock): void {
    this.#take({ kind: 'final', header, digest, certificate });
  }

  /** The operator's word to the protocol. @returns its fault, when the protocol does not get it; or undefined. */
  control({ name, value }: ControlWord): string | undefined {
    const fault = this.#halted ? CONTROL_TOO_LATE : controlFault({ name, value }, this.#module.controls);
    if (fault === undefined) this.#take({ kind: 'control', name, value });
    return fault;
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
    const { monitor, verifier } = this.#ports;
    const fault = 'too many messages wait to be verified';
    if (!this.#pending.take(from)) return monitor.refused(from, 'overloaded', { message, fault });
    const verified = (ok: boolean, cause: RefusalCause = 'bad-signature', falseClaim?: Claim): void => {
      this.#pending.done(from);
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
    for (const act of actsUpon(effects, this.#ports.store)) this.#perform(act);
  }

  /** A wait for a view that has ended is none any more, whether or not the protocol cancelled it. */
  #fire(timer: FiredTimer): void {
    if (comparePositions(timer.position, this.snapshot().position) >= 0) this.#take(timer);
  }

  #perform(act: Act<Message, Record>): void {
    const { store, transport, timers, blocks, monitor } = this.#ports;
    if (leaves(act)) store.flush();
    switch (act.kind) {
      case 'sign':
        return this.#signing.push(act);
      case 'transmit':
        return transport.send(act.to, act.message);
      case 'set-timer':
      case 'extend-timer':
      case 'cancel-timer':
        return performOnTimers(act, timers, (timer) => this.#fire(timer));
      case 'build':
      case 'check':
      case 'fetch':
        return askForBlock(act, blocks, (input) => this.#take(input));
      case 'commit':
        blocks.commit(act.certificate, act.from);
        // The protocol asks again whether anything waits: the waiting transactions may just have become final.
        return this.#take({ kind: 'work', pending: this.#hasWork });
      case 'entered':
        return monitor.entered(act.position, act.leader, act.cause);
      case 'failed':
        return monitor.failed(act.failure);
    }
  }
}
