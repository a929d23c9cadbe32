import { assert } from '#libs/assert/assert.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { NodePorts } from '#libs/engine/node-ports.ts';
import type { HostedRecord, HostedState, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { Prng } from '#libs/random/prng.ts';
import { WholeNode } from '../nodes/whole-node.ts';
import { type HostedSubject, wholeNodes } from '../nodes/whole-nodes.ts';
import type { Plan } from '../plan/plan.ts';
import { groundOf } from '../run/ground.ts';
import { World } from '../world/world.ts';
import type { WorldFacts } from '../world/world-setting.ts';

export type HostedFacts = WorldFacts<HostedState, ProtocolMessage, HostedRecord>;
export type Ground = Omit<HostedFacts, 'observerOf'>;

export interface QuietFacts {
  readonly subject: HostedSubject;
  readonly plan: Plan;
  readonly random: Prng;
  /** Changes the ports of each life of a node. */
  fit(ports: NodePorts, node: MemberIndex): NodePorts;
  observerOf(ground: Ground): HostedFacts['observerOf'];
}

/** A world of whole nodes without clients and operators of its own: a test submits, votes, and lets time pass. */
export class QuietWorld {
  readonly ground: Ground;
  readonly world: World<HostedState, ProtocolMessage, HostedRecord>;
  /** The newest life of each node. */
  readonly #lives = new Map<MemberIndex, WholeNode>();

  constructor({ subject, plan, random, fit, observerOf }: QuietFacts) {
    const watched: HostedSubject = {
      ...subject,
      whole: {
        ...wholeNodes(subject.nodes),
        clerks: [],
        newLife: (owner) => {
          const { member } = owner.endpoint;
          const life = new WholeNode(owner, subject.nodes, (ports) => fit(ports, member));
          this.#lives.set(member, life);
          return life;
        },
      },
    };
    this.ground = groundOf(watched, plan, { random, keepsTrace: false });
    this.world = new World({ ...this.ground, observerOf: observerOf(this.ground) });
    this.world.isOpen = false;
  }

  /** The newest life of a node that was started. */
  life(node: MemberIndex): WholeNode {
    const life = this.#lives.get(node);
    assert(life !== undefined, `node ${node} was never started`);
    return life;
  }

  /** Milliseconds since the world began. */
  get nowMs(): number {
    return this.ground.schedule.nowMs;
  }

  /** Lets all happen that is due now. */
  settle(): void {
    const { schedule } = this.ground;
    while (schedule.nextMs === schedule.nowMs) schedule.step();
  }

  /** Lets time pass until something holds. @returns whether it did within `limitMs`. */
  until(holds: () => boolean, limitMs: number): boolean {
    const { schedule } = this.ground;
    const endMs = schedule.nowMs + limitMs;
    while (!holds()) {
      if (schedule.nextMs === undefined || schedule.nextMs > endMs) return false;
      schedule.step();
    }
    return true;
  }

  /** Lets time pass, event by event. */
  pass(durationMs: number): void {
    const { schedule } = this.ground;
    const endMs = schedule.nowMs + durationMs;
    schedule.after(durationMs, () => {});
    while (schedule.nowMs < endMs) schedule.step();
    this.settle();
  }
}
