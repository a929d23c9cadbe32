import { assert } from '#libs/assert/assert.ts';
import { openTask } from '#libs/simulation/campaign/open-task.ts';
import { type SimulatedProtocol, simulated } from '#libs/simulation/campaign/simulated-protocol.ts';
import type { OpenTask, Task } from '#libs/simulation/campaign/task.ts';
import { HOSTED_SUBJECTS } from '#libs/simulation/subjects/hosted-subjects.ts';

/** The protocols that `sim` knows, with the wire format of production. */
export const PROTOCOLS: ReadonlyMap<string, SimulatedProtocol> = new Map(
  [...HOSTED_SUBJECTS].map(([id, subject]) => [id, simulated(subject())]),
);

/** Makes a campaign ready to run. Its protocol was checked when it was asked for. */
export function openCampaign(task: Task): OpenTask {
  const protocol = PROTOCOLS.get(task.protocol);
  assert(protocol !== undefined, `unknown protocol ${task.protocol}`);
  return openTask(task, protocol);
}
