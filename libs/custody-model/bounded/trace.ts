import type { AskPlan } from './ask-places.ts';
import type { MachineState } from './images.ts';
import type { MachineStep, RoundsMachine } from './rounds-machine.ts';
import { HONEST } from './scratch.ts';

interface Traced {
  readonly machine: RoundsMachine;
  readonly plan: AskPlan;
}

/**
 * The statements signed from one state to the next, each as member and statement. Where a machine takes states together that differ
 * in the order of members or blocks, so does the trace: then members and blocks may change places on the way.
 */
export function pathTrace(path: readonly MachineState[], { machine, plan }: Traced): readonly string[] {
  let members = [0, 1, 2];
  return path.slice(1).flatMap((to, at) => {
    const from = path[at];
    if (from === undefined) return [];
    const step = stepBetween(machine, from, to);
    if (step === undefined) return [];
    const name = `member ${members[step.at]}: ${plan.asks[step.ask]?.name}`;
    members = membersAfter(members, from, step);
    return [name];
  });
}

function stepBetween(machine: RoundsMachine, from: MachineState, to: MachineState): MachineStep | undefined {
  let found: MachineStep | undefined;
  machine.expand(from, (step) => {
    if (found === undefined && step.next.every((each, at) => each === to[at])) found = step;
  });
  return found;
}

/** The members in the new order of the keys: those that did not sign keep their keys. */
function membersAfter(
  members: readonly number[],
  from: MachineState,
  { at: signer, next }: MachineStep,
): number[] {
  const rest = members.flatMap((member, at) => (at === signer ? [] : [{ member, key: from[at] }]));
  return Array.from({ length: HONEST }, (_, at) => {
    const found = rest.findIndex(({ key }) => key === next[at]);
    const [kept] = found < 0 ? [] : rest.splice(found, 1);
    return kept?.member ?? members[signer] ?? signer;
  });
}
