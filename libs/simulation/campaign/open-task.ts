import { assert } from '../../assert/assert.ts';
import { SIMULATED_PROTOCOLS } from '../protocols.ts';
import { openCrashes } from './open-crashes.ts';
import { openScenarios, openTwinsSample } from './open-scenarios.ts';
import { openSeeds } from './open-seeds.ts';
import type { OpenTask, Task } from './task.ts';

/** Makes a campaign ready to run. */
export function openTask(task: Task): OpenTask {
  const protocol = SIMULATED_PROTOCOLS.get(task.protocol);
  assert(protocol !== undefined, `unknown protocol ${task.protocol}`);
  switch (task.kind) {
    case 'seeds':
      return openSeeds(task, protocol);
    case 'twins':
      return protocol.twins(task);
    case 'twins-sample':
      return openTwinsSample(task, protocol);
    case 'crash':
      return openCrashes(task, protocol);
    case 'scenarios':
      return openScenarios(task, protocol);
  }
}
