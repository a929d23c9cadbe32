import { assert } from '#libs/assert/assert.ts';
import { openTask } from '#libs/simulation/campaign/open-task.ts';
import { type SimulatedProtocol, simulated } from '#libs/simulation/campaign/simulated-protocol.ts';
import type { OpenTask, Task } from '#libs/simulation/campaign/task.ts';
import { hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { hotStuffCodec } from '#libs/simulation/nodes/peer-codec.ts';
import { wholeNodes } from '#libs/simulation/nodes/whole-nodes.ts';

/** The protocols that `sim` knows, with the wire format of production. */
export const PROTOCOLS: ReadonlyMap<string, SimulatedProtocol> = new Map([
  ['hotstuff', simulated({ ...hotStuffSubject, codec: hotStuffCodec, whole: wholeNodes })],
]);

/** Makes a campaign ready to run. Its protocol was checked when it was asked for. */
export function openCampaign(task: Task): OpenTask {
  const protocol = PROTOCOLS.get(task.protocol);
  assert(protocol !== undefined, `unknown protocol ${task.protocol}`);
  return openTask(task, protocol);
}
