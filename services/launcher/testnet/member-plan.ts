import { memberName } from '../core/member-home.ts';

/** Ports of one member on this machine. */
interface MemberPorts {
  readonly gateway: number;
  readonly client: number;
  readonly signer: number;
  /** Of the one page of metrics. */
  readonly metrics: number;
}

/** One member of a federation that is to be made. */
export interface MemberPlan {
  readonly name: string;
  readonly home: string;
  readonly ports: MemberPorts;
}

/** Gateway, client API, signer, and the metrics. */
export const PORTS_PER_MEMBER = 4;

/** The metrics of a member are so far behind its gateway: at 7106, as in a conf.yaml without a `metrics` section. */
const METRICS_OFFSET = 6;

/** Distance between the ports of two members when they count up from a base: 7101, 7111, … are client APIs. */
const MEMBER_STRIDE = 10;

/** The ports of `members` members from `base` on, member by member: gateway, client, signer, metrics. */
export function portsFromBase(base: number, members: number): readonly number[] {
  return Array.from({ length: members }, (_, index) => {
    const first = base + index * MEMBER_STRIDE;
    return [first, first + 1, first + 2, first + METRICS_OFFSET];
  }).flat();
}

/** Homes `m0`, `m1`, … below `folder`, with the next of `ports` each. */
export function planMembers(folder: string, ports: readonly number[]): readonly MemberPlan[] {
  return Array.from({ length: ports.length / PORTS_PER_MEMBER }, (_, index) => {
    const [gateway = 0, client = 0, signer = 0, metrics = 0] = ports.slice(index * PORTS_PER_MEMBER);
    const name = memberName(index);
    return { name, home: `${folder}/${name}`, ports: { gateway, client, signer, metrics } };
  });
}
