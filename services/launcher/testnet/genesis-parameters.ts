import { parameterFrom, saidParameters } from '#libs/protocol/parameter-words.ts';
import { type ParameterBound, type ParameterValues, parametersFault } from '#libs/protocol/parameters.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import { VOTE_PATH_PARAMETER, VOTE_PATHS } from '#libs/protocol/vote-path.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import type { Genesis } from '#libs/settings/genesis.ts';
import { BLOCK_PARAMETERS } from '#libs/settings/genesis-parameters.ts';
import { bodyBlockBytesMax, type Transport } from '#libs/settings/transport.ts';
import { measureSignatureCost } from '../adapters/signature-cost.ts';
import { decisionVotesOf, hasVotePath } from '../core/decision-votes.ts';
import { commitFloorMs } from '../core/floor.ts';
import { votePathFor } from '../core/new-vote-path.ts';
import { viewTimeoutsFor } from '../core/view-timeout.ts';
import { invalidInput } from '../words/errors.ts';

export interface ParametersInput {
  readonly protocol: string;
  readonly scheme: string;
  readonly members: number;
  /** Cores of all machines that the members run on. */
  readonly cores: number;
  /** Undefined: that of a new federation of this size. */
  readonly votePath?: VotePath | undefined;
  /** Undefined: libp2p. */
  readonly transport?: Transport | undefined;
  /** Numbers and words of the protocol as a person named them: they win over what is measured. */
  readonly parameters?: NamedParameters | undefined;
}

/** Names, each with a number or a word. */
export type NamedParameters = readonly (readonly [string, string])[];

/** The part of a genesis that is measured. */
export type MeasuredParameters = Pick<Genesis, 'parameters' | 'protocolParameters' | 'transport'>;

/**
 * Timeouts from the cost of the scheme's signatures on this machine, and the way of votes; bounds as everywhere.
 * @throws AppError for a way of votes where the protocol has one way alone, and for a number that it does not have or allow.
 */
export async function genesisParametersFor(input: ParametersInput): Promise<MeasuredParameters> {
  const cost = await measureSignatureCost(input.scheme, { samplesMin: 1, budgetMs: 0 });
  const way = votePathParameter(input);
  const votes = decisionVotesOf({ protocol: input.protocol, protocolParameters: way });
  const { viewTimeoutMs, viewTimeoutMsMax } = viewTimeoutsFor(commitFloorMs({ ...cost, ...input, votes }));
  return {
    ...(input.transport === 'http-json' ? { transport: input.transport } : {}),
    parameters: blockParametersFor(input),
    protocolParameters: withNamed(input, {
      view_timeout_ms: viewTimeoutMs,
      view_timeout_ms_max: viewTimeoutMsMax,
      ...way,
    }),
  };
}

/** The usual bounds; where bodies carry blocks, those that fit one. */
function blockParametersFor({ scheme, members, transport }: ParametersInput): Genesis['parameters'] {
  const usual = {
    blockBytesMax: BLOCK_PARAMETERS.block_bytes_max.default,
    blockTransactionsMax: BLOCK_PARAMETERS.block_transactions_max.default,
    transactionBytesMax: BLOCK_PARAMETERS.transaction_bytes_max.default,
  };
  if (transport !== 'http-json') return usual;
  const bytes = bodyBlockBytesMax({ scheme, members, parameters: usual });
  if (bytes < BLOCK_PARAMETERS.block_bytes_max.min)
    throw invalidInput(
      `--transport http-json: the certificates of ${members} members that sign by ${scheme} fit no body; take fewer members, smaller signatures, or libp2p`,
    );
  const least = (own: number): number => Math.min(own, bytes);
  return {
    ...usual,
    blockBytesMax: least(usual.blockBytesMax),
    transactionBytesMax: least(usual.transactionBytesMax),
  };
}

/** The numbers that are measured, the defaults of the others, and over them those that a person named. */
function withNamed(
  { protocol, parameters = [] }: ParametersInput,
  measured: ParameterValues,
): ParameterValues {
  const known = FOUNDING_PROTOCOLS.get(protocol)?.parameters;
  if (known === undefined) return measured;
  const { bounds } = known;
  const usual = Object.entries(bounds).filter(([, { words }]) => words === undefined);
  const named = parameters.map(
    ([name, text]) =>
      [name, numberOf(name, text, Object.hasOwn(bounds, name) ? bounds[name] : undefined)] as const,
  );
  const values = saidParameters(bounds, {
    ...Object.fromEntries(usual.map(([name, bound]) => [name, bound.default])),
    ...measured,
    ...Object.fromEntries(named),
  });
  const fault = parametersFault(known, values);
  if (fault !== undefined) throw invalidInput(`--parameter ${fault.name}: ${fault.problem}`);
  return values;
}

function numberOf(name: string, text: string, bound: ParameterBound | undefined): number {
  const read = parameterFrom(bound, text);
  if ('value' in read) return read.value;
  throw invalidInput(`--parameter ${name}=${text}: ${read.problem}`);
}

/** The number of the way of votes where a genesis says it. */
function votePathParameter({ protocol, members, votePath }: ParametersInput): ParameterValues {
  if (!hasVotePath(protocol)) {
    if (votePath === undefined) return {};
    throw invalidInput(`--vote-path ${votePath}: the votes of ${protocol} go to all; leave it out`);
  }
  const value = VOTE_PATHS.indexOf(votePath ?? votePathFor(members));
  return value === 0 ? {} : { [VOTE_PATH_PARAMETER]: value };
}
