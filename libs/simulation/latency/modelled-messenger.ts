import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import type { ModelledMessage } from './latency-setting.ts';
import type { ModelledWorld } from './modelled-world.ts';
import type { ProcessLane, WorkMeter } from './process-lane.ts';
import { decodeMs, encodeMs, hopMs, lineMs } from './work-costs.ts';

/** The way of the messages of one member through its gateway. */
export class ModelledMessenger {
  readonly #world: ModelledWorld;
  readonly #me: MemberIndex;
  readonly #gateway: ProcessLane;

  constructor(world: ModelledWorld, me: MemberIndex, gateway: ProcessLane) {
    this.#world = world;
    this.#me = me;
    this.#gateway = gateway;
  }

  /** Sends, in a job of consensus. */
  send(meter: WorkMeter, to: MemberIndex | 'all', said: Omit<ModelledMessage, 'bytes'>): void {
    const { costs, sizes, members } = this.#world.setting;
    const bytes = sizes.bytesOf(said.body, said.form);
    const message = { ...said, bytes };
    meter.spend(encodeMs(costs, bytes));
    if (bytes > sizes.messageBytesMax) return this.#world.unsaid(bytes);
    meter.spend(hopMs(costs, bytes));
    meter.afterwards(() => {
      // One message to all is one to the gateway, which multiplies it.
      this.#gateway.push((gateway) => gateway.spend(hopMs(costs, bytes)));
      if (to !== 'all') return this.#sendOne(to, message);
      for (let at = 0; at < members; at++) if (at !== this.#me) this.#sendOne(toMemberIndex(at), message);
    });
  }

  /** The last byte of a message is there. @param take - Has it in a job of consensus, once it is read. */
  hear(bytes: number, consensus: ProcessLane, take: (meter: WorkMeter) => void): void {
    const { costs } = this.#world.setting;
    this.#gateway.push((gateway) => {
      gateway.spend(lineMs(costs, bytes) + hopMs(costs, bytes));
      gateway.afterwards(() =>
        consensus.push((meter) => {
          meter.spend(hopMs(costs, bytes) + decodeMs(costs, bytes));
          take(meter);
        }),
      );
    });
  }

  #sendOne(to: MemberIndex, message: ModelledMessage): void {
    this.#gateway.push((gateway) => {
      gateway.spend(lineMs(this.#world.setting.costs, message.bytes));
      gateway.afterwards(() => this.#world.carry(this.#me, to, message));
    });
  }
}
