import { SCHEME_SIZES } from '#libs/crypto/parameter-sets.ts';
import { checkedName } from '#libs/crypto/scheme.ts';
import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import { type ParameterBound, type ParameterValues, parametersFault } from '#libs/protocol/parameters.ts';
import type { ProtocolTiming } from '#libs/protocol/protocol-timing.ts';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { hostedProtocolOf } from '#libs/protocols/hosted-protocols.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import type { Hosts } from '#libs/simulation/latency/latency-setting.ts';
import type { LineRates } from '#libs/simulation/latency/lines.ts';
import { NETWORKS } from '#libs/simulation/latency/networks.ts';
import { unusable } from '#services/launcher/words/errors.ts';
import { COST_NAMES, isCostName, type NamedCost } from './cost-names.ts';

/** The options of `--model latency`, as they were typed. */
export interface LatencyArguments {
  readonly model?: 'latency';
  readonly scheme?: string;
  readonly network?: string;
  readonly cores?: readonly number[];
  readonly hosts?: Hosts;
  readonly failedViews?: readonly number[];
  readonly decisions?: number;
  readonly parameter?: readonly (readonly [string, string])[];
  readonly cost?: readonly (readonly [string, number])[];
}

export interface LatencyRequest {
  readonly protocol: HostedProtocol;
  readonly parameters: ParameterValues;
  /** Whether the waits of the protocol were given: then they stay. */
  readonly isTimed: boolean;
  readonly timing: ProtocolTiming;
  readonly members: number;
  readonly scheme: string;
  readonly signatureBytes: number;
  readonly network: string;
  readonly rates: LineRates;
  readonly cores: readonly number[];
  readonly hosts: Hosts;
  readonly failedViews: readonly number[];
  readonly decisions: number;
  readonly costs: readonly NamedCost[];
  readonly seed: number;
  readonly json: boolean;
}

const SCHEME = 'slh-dsa-sha2-128f';
const NETWORK = '1gbit';
/** A host with its signer; and a small one. */
const CORES = [4, 2];
const FAILED_VIEWS = [0, 1, 3];

/** @throws CliError when an option of the model is given without it. */
export function refuseLatencyOptions(args: LatencyArguments): void {
  const astray = OPTIONS.find(([name]) => args[name] !== undefined);
  if (astray !== undefined) throw unusable(`${astray[1]} is an option of --model latency`);
}

const OPTIONS = [
  ['scheme', '--scheme'],
  ['network', '--network'],
  ['cores', '--cores'],
  ['hosts', '--hosts'],
  ['failedViews', '--failed-views'],
  ['decisions', '--decisions'],
  ['parameter', '--parameter'],
  ['cost', '--cost'],
] as const;

interface RunArguments extends LatencyArguments {
  readonly protocol?: string;
  readonly members: number;
  readonly from: number;
  readonly json?: boolean;
}

/** The runs that the model is asked for. @throws CliError with one clear sentence. */
export function latencyRequest(args: RunArguments): LatencyRequest {
  const { members, scheme = SCHEME, network = NETWORK, hosts = 'own', from: seed, json = false } = args;
  const { protocol, parameters, timing } = protocolFrom(args);
  const rates = NETWORKS.get(network);
  if (rates === undefined)
    throw unusable(`unknown network "${network}"; known: ${[...NETWORKS.keys()].join(', ')}`);
  return {
    ...{ protocol, parameters, timing, members, scheme, network, rates, hosts, seed, json },
    isTimed: timesAnything(args),
    signatureBytes: SCHEME_SIZES[checkedName(scheme)].signature,
    cores: args.cores ?? CORES,
    failedViews: args.failedViews ?? FAILED_VIEWS,
    decisions: args.decisions ?? usualDecisions(members),
    costs: (args.cost ?? []).map(knownCost),
  };
}

function protocolFrom({ protocol: name = DEFAULT_PROTOCOL, parameter = [] }: RunArguments) {
  const protocol = hostedProtocolOf(name);
  const terms = FOUNDING_PROTOCOLS.get(name);
  if (protocol === undefined || terms === undefined)
    throw unusable(`unknown protocol "${name}"; known: ${[...FOUNDING_PROTOCOLS.keys()].join(', ')}`);
  const { bounds } = terms.parameters;
  const defaults = Object.entries(bounds).map(([each, bound]) => [each, bound.default] as const);
  const given = parameter.map(([each, text]) => [each, parameterValue(text, bounds[each])] as const);
  const values = [...new Map([...defaults, ...given])];
  // A number that is said by a word is left out where it is the first one.
  const said = values.filter(([each, value]) => value !== 0 || bounds[each]?.words === undefined);
  const parameters: ParameterValues = Object.fromEntries(said);
  const fault = parametersFault(terms.parameters, parameters);
  if (fault !== undefined) throw unusable(`--parameter ${fault.name}: ${fault.problem}`);
  return { protocol, parameters, timing: terms.parameters.timing(parameters) };
}

function knownCost([name, value]: readonly [string, number]): NamedCost {
  if (isCostName(name)) return [name, value];
  throw unusable(`--cost: unknown cost "${name}"; known: ${COST_NAMES.join(', ')}`);
}

/** A number, or the word that says it; not a number for anything else, which no bound allows. */
function parameterValue(text: string, bound: ParameterBound | undefined): number {
  const { words } = bound ?? {};
  if (words === undefined) return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return words.includes(text) ? words.indexOf(text) : Number.NaN;
}

/** Whether a parameter that was given says how long somebody waits. */
function timesAnything({ parameter = [] }: RunArguments): boolean {
  return parameter.some(([name]) => name.endsWith('_ms'));
}

/** Fewer where each takes longer: every member of each is one sample. */
function usualDecisions(members: number): number {
  if (members <= 21) return 21;
  return members <= 64 ? 8 : 3;
}
