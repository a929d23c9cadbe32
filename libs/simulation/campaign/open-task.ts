import { openCrashes } from './open-crashes.ts';
import { openScenarios, openTwinsSample } from './open-scenarios.ts';
import { openSeeds } from './open-seeds.ts';
import type { SimulatedProtocol } from './simulated-protocol.ts';
import type { OpenTask, Task } from './task.ts';

/** Makes a campaign on a protocol ready to run. */
export function openTask(task: Task, protocol: SimulatedProtocol): OpenTask {
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
