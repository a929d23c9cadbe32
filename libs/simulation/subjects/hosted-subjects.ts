import { DBFT, HOTSTUFF, PBFT } from '#libs/protocols/hosted-protocols.ts';
import { hostedDbft } from '../dbft/nodes/hosted-dbft.ts';
import { hostedHotStuff } from '../hotstuff/nodes/hosted-hotstuff.ts';
import type { HostedSubject } from '../nodes/whole-nodes.ts';
import { hostedPbft } from '../pbft/nodes/hosted-pbft.ts';

/** The protocols that can be simulated, by their ids, each made when it is asked for. */
export const HOSTED_SUBJECTS: ReadonlyMap<string, () => HostedSubject> = new Map<string, () => HostedSubject>(
  [
    [HOTSTUFF.id, hostedHotStuff],
    [PBFT.id, hostedPbft],
    [DBFT.id, hostedDbft],
  ],
);
