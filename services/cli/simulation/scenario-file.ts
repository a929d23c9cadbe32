import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Expectation, ScenariosTask } from '#libs/simulation/campaign/task.ts';
import type { TwinsScenario, TwinsView } from '#libs/simulation/twins/scenario.ts';
import { unusable } from '#services/launcher/words/errors.ts';

const count = z.number().int().min(0).max(64);
const node = z.union([
  count,
  z.object({ ReplicaID: count, TwinID: count.optional(), NetworkID: count.optional() }),
]);
const partitions = z.array(z.array(node).nullable());

// The JSON of relab's Twins as it is, with the optional fields of ours (libs/simulation/README.md B.5).
const view = z.object({
  leader: count,
  partitions,
  phases: z.record(z.string(), partitions).optional(),
  comment: z.string().optional(),
});
const expectation = z.object({
  safe: z.boolean().default(true),
  minCommits: count.default(0),
  maxCommits: z.number().int().min(0).default(Number.MAX_SAFE_INTEGER),
});
const scenarioFile = z.object({
  num_nodes: count.min(1),
  num_twins: count,
  partitions: count.optional(),
  views: count.optional(),
  rounds: count.optional(),
  ticks: z.number().int().optional(),
  shuffle: z.boolean().optional(),
  seed: z.number().int().default(0),
  comment: z.string().optional(),
  expect: expectation.optional(),
  scenarios: z.array(z.array(view).min(1)),
});

type ScenarioFile = z.infer<typeof scenarioFile>;
type NodeName = z.infer<typeof node>;
type Size = Pick<TwinsScenario, 'members' | 'twins'>;

const ANYTHING: Expectation = { safe: true, minCommits: 0, maxCommits: Number.MAX_SAFE_INTEGER };

/** Reads the scenarios of a file. @throws CliError naming the fault of the file. */
export function readScenarios(path: string, protocol: string): ScenariosTask {
  const { num_nodes: members, num_twins: twins, seed, expect = ANYTHING, scenarios } = parsed(path);
  if (twins > members) throw unusable(`${path}: more twins than nodes`);
  const size = { members, twins };
  return {
    kind: 'scenarios',
    protocol,
    members,
    file: path,
    seed: Math.abs(seed),
    scenarios: scenarios.map((views) => ({
      scenario: { ...size, views: views.map((each) => viewOf(each, size, path)) },
      expect,
    })),
  };
}

function parsed(path: string): ScenarioFile {
  const result = scenarioFile.safeParse(jsonIn(path));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw unusable(`${path} is not a Twins file: ${issue?.path.join('.')}: ${issue?.message}`);
}

function jsonIn(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = existsSync(path) ? 'it cannot be read' : 'there is no such file';
    throw unusable(`${path}: ${reason}`, error);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(`${path} is not JSON`, error);
  }
}

function viewOf(
  { leader, partitions: parts, phases = {} }: ScenarioFile['scenarios'][number][number],
  size: Size,
  path: string,
): TwinsView {
  // Replicas are numbered from 1 there, and from 0 here.
  if (leader < 1 || leader > size.members) throw unusable(`${path}: there is no replica ${leader} to lead`);
  const own = Object.entries(phases).map(([phase, each]) => [phase, groupsOf(each, size, path)] as const);
  return { leader: leader - 1, groups: groupsOf(parts, size, path), phases: Object.fromEntries(own) };
}

/** The group of each instance; an instance in no part is alone. */
function groupsOf(
  parts: readonly (readonly NodeName[] | null)[],
  size: Size,
  path: string,
): readonly number[] {
  const groups = Array.from({ length: size.members + size.twins }, (_, at) => parts.length + at);
  for (const [group, part] of parts.entries()) {
    for (const name of part ?? []) groups[instanceOf(name, size, path)] = group;
  }
  return groups;
}

/**
 * Older files number all nodes from 1, the two of a twin side by side; newer ones name replica and twin, where 2 is
 * the second of a pair.
 */
function instanceOf(name: NodeName, { members, twins }: Size, path: string): number {
  const network = typeof name === 'number' ? name : name.NetworkID;
  const at =
    typeof name === 'number' || name.NetworkID !== undefined
      ? byNetworkId((network ?? 0) - 1, { members, twins })
      : name.ReplicaID - 1 + (name.TwinID === 2 ? members : 0);
  const isThere = at >= 0 && at < members + twins;
  if (isThere) return at;
  throw unusable(`${path}: there is no node ${JSON.stringify(name)}`);
}

function byNetworkId(at: number, { members, twins }: Size): number {
  if (at >= 2 * twins) return at - twins;
  return at % 2 === 0 ? at / 2 : members + (at - 1) / 2;
}
