import type { MemberIndex } from '#libs/chain/ids.ts';
import type { EpochPorts, NodePorts } from '#libs/engine/node-ports.ts';
import type { FailedView } from '#libs/engine/ports/engine-ports.ts';
import { opened } from '#libs/protocol/hosting/seals.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { RoundsState } from '#libs/protocol/rounds/state.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { PBFT } from '#libs/protocols/hosted-protocols.ts';

/** A view as a member entered it. */
interface EnteredView extends Position {
  readonly member: number;
  readonly leader: number;
  readonly atMs: number;
}

/** Sees what members of PBFT do and take in: views, signatures, refusals, and the states of the protocol itself. */
export class PbftWitness {
  readonly entered: EnteredView[] = [];
  readonly failed: (FailedView & { readonly member: number })[] = [];
  readonly signed: { readonly member: number; readonly statement: VoteStatement }[] = [];
  readonly refused: { readonly member: number; readonly from: number; readonly cause: RefusalCause }[] = [];
  readonly muted: { readonly member: number; readonly of: number }[] = [];
  /** The newest state of each member, by its number. */
  readonly states = new Map<number, RoundsState>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The ports of a member, seen. */
  fit(ports: NodePorts, member: MemberIndex): NodePorts {
    const { rules, monitor, muted, enterEpoch } = ports;
    return {
      ...ports,
      rules: { ...rules, protocolOf: (terms) => this.#steps(rules.protocolOf(terms), member) },
      monitor: {
        ...monitor,
        entered: (position, leader, ...entered) => {
          this.entered.push({ ...position, member, leader, atMs: this.#nowMs() });
          monitor.entered(position, leader, ...entered);
        },
        viewFailed: (failed) => {
          this.failed.push({ ...failed, member });
          monitor.viewFailed(failed);
        },
        refused: (from, cause, ...detail) => {
          this.refused.push({ member, from, cause });
          monitor.refused(from, cause, ...detail);
        },
      },
      muted: (of, reason) => {
        this.muted.push({ member, of });
        muted(of, reason);
      },
      enterEpoch: (...entering) => this.#signatures(enterEpoch(...entering), member),
    };
  }

  #steps(protocol: ReturnType<NodePorts['rules']['protocolOf']>, member: number): typeof protocol {
    const { module } = protocol;
    const step: typeof module.step = (state, input) => {
      const transition = module.step(state, input);
      this.states.set(member, opened(PBFT.states, transition.state));
      return transition;
    };
    return { ...protocol, module: { ...module, step } };
  }

  #signatures(seat: EpochPorts, member: number): EpochPorts {
    const { signer } = seat;
    const sign: typeof signer.sign = (statement, grounds, done) =>
      signer.sign(statement, grounds, (answer) => {
        if (answer.kind === 'signed') this.signed.push({ member, statement });
        done(answer);
      });
    return { ...seat, signer: { ...signer, sign } };
  }
}
