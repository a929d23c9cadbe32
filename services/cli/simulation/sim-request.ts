import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import type { SeedsTask, Task } from '#libs/simulation/campaign/task.ts';
import { FAULTS, isOmission } from '#libs/simulation/plan/plan-without.ts';
import { splitsOf } from '#libs/simulation/twins/scenario.ts';
import { unusable } from '#services/launcher/words/errors.ts';
import type { MutantsRequest } from './mutants.ts';
import { PROTOCOLS } from './protocols.ts';
import type { ReplayRequest } from './replay.ts';
import { readScenarios } from './scenario-file.ts';
import type { SimArguments } from './sim-arguments.ts';
import type { Shard } from './threads.ts';

export interface CampaignRequest {
  readonly kind: 'campaign';
  readonly task: Task;
  readonly shard: Shard;
  readonly jobs: number;
  /** File for the hash of each seed. */
  readonly hashFile?: string;
}

export type SimRequest = CampaignRequest | ReplayRequest | MutantsRequest;

/** The request that the arguments make. @throws CliError with one clear sentence. */
export function simRequest(args: SimArguments): SimRequest {
  const task = seedsTask(args);
  const { replay: seed, trace = false, json = false } = args;
  if (args.mutants === true) return { kind: 'mutants', seeds: args.seeds, json };
  if (seed !== undefined) return { kind: 'replay', task, seed, trace, json };
  if (trace) throw unusable('--trace needs --replay SEED');
  const { traceHashes: hashFile, jobs } = args;
  const shard = shardOf(args.shard);
  if (hashFile === undefined) return { kind: 'campaign', task: taskOf(args, task), shard, jobs };
  return { kind: 'campaign', task: { ...task, tellsHash: true }, shard, jobs, hashFile };
}

/** Views of a scenario of twins. */
const VIEWS = 4;

/** Scenarios that an exhaustive search takes days for are a mistake, not a wish. */
const SCENARIOS_MAX = 1e9;

function taskOf({ twins, views = VIEWS, scenario, crash, blocks }: SimArguments, seeds: SeedsTask): Task {
  const { protocol, members, from } = seeds;
  if (scenario !== undefined) return readScenarios(scenario, protocol);
  if (crash !== undefined) return { kind: 'crash', protocol, members, blocks };
  if (twins === undefined) return seeds;
  if (twins === 'sample') return { kind: 'twins-sample', protocol, members, views, from, seeds: seeds.seeds };
  const task = { kind: 'twins', protocol, members, twins: Math.floor((members - 1) / 3), views } as const;
  const choices =
    members <= TWINS_MEMBERS_MAX ? members * splitsOf(members, task.twins).length : SCENARIOS_MAX;
  if (choices ** views <= SCENARIOS_MAX) return task;
  throw unusable(`there are too many scenarios of ${members} members and ${views} views: use --twins sample`);
}

const TWINS_MEMBERS_MAX = 10;

function seedsTask(args: SimArguments): SeedsTask {
  const {
    protocol = DEFAULT_PROTOCOL,
    members,
    from,
    seeds,
    actors,
    faults,
    without,
    mode,
    nodes,
    repeat,
  } = args;
  const known = PROTOCOLS.get(protocol);
  if (known === undefined) {
    const names = [...PROTOCOLS.keys()].join(', ');
    throw unusable(`unknown protocol "${protocol}"; known: ${names}`);
  }
  const lies = actors === undefined ? {} : { actors: listOf('actor', actors, known.actors) };
  const kinds = faults === undefined ? {} : { faults: listOf('fault', faults, FAULTS) };
  const left = without === undefined ? {} : { without: omissionsOf(without) };
  const only = mode === undefined ? {} : { mode };
  const whole = nodes === undefined ? {} : { isWhole: nodes === 'whole' };
  return {
    kind: 'seeds',
    protocol,
    members,
    from,
    seeds,
    repeat,
    ...lies,
    ...kinds,
    ...left,
    ...only,
    ...whole,
  };
}

function listOf(what: string, text: string, known: readonly string[]): readonly string[] {
  if (text === 'none') return [];
  const names = text.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw unusable(`unknown ${what} "${unknown}"; known: ${known.join(', ')}, or "none"`);
}

function omissionsOf(text: string): readonly string[] {
  const names = text.split(',');
  const unknown = names.find((name) => !isOmission(name));
  if (unknown === undefined) return names;
  throw unusable(`--without takes kinds of faults and entries like crash.2, not "${unknown}"`);
}

function shardOf(text = '1/1'): Shard {
  const [, index = 0, of = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of) return { index, of };
  throw unusable(`--shard takes the number of a part and of all parts, like 1/4, not "${text}"`);
}
