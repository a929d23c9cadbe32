import type { MemberIndex } from '#libs/chain/ids.ts';
import type { HostedModule, HostedState, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';

type HostedTransition = ReturnType<HostedModule['step']>;

/** Remembers the state that a replica is in, so that a message can be judged by it before it is given to the replica. */
export class AdmissionWatch {
  /** The same module: the replica is to run this one. */
  readonly module: HostedModule;
  readonly #admit: HostedModule['admit'];
  #state: HostedState | undefined;

  constructor(module: HostedModule) {
    this.#admit = module.admit;
    this.module = {
      ...module,
      init: (context) => this.#kept(module.init(context)),
      step: (state, input) => this.#kept(module.step(state, input)),
    };
  }

  /** The cheap checks of the protocol: sender, view, duplicate, shape. They look at no signature and no transaction. */
  admits(from: MemberIndex, message: ProtocolMessage): boolean {
    return this.#state !== undefined && this.#admit(this.#state, from, message).ok;
  }

  #kept(transition: HostedTransition): HostedTransition {
    this.#state = transition.state;
    return transition;
  }
}
