import type { z } from 'zod';
import { assert } from '#libs/assert/assert.ts';
import { isVersion, needsFault } from '#libs/chain/software-version.ts';
import { PROTOCOL_VERSION } from '#libs/membership/terms-rules.ts';
import { type FoundingProtocols, type FoundingTerms, parametersFault } from '#libs/protocol/parameters.ts';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import type { Genesis } from './genesis.ts';
import { applicationFault, FOUNDING_APPLICATIONS, type FoundingApplications } from './genesis-application.ts';
import { checkMembers } from './genesis-members.ts';
import { genesisOf } from './genesis-of-file.ts';
import { PLACED_PARAMETERS } from './genesis-parameters.ts';
import { placedFault } from './genesis-place.ts';
import { type GenesisFile, genesisSchemaOf, type SchemaTerms } from './genesis-schema.ts';
import { invalidGenesis } from './invalid-genesis.ts';
import { jsonFault } from './json-fault.ts';
import { GENESIS_TEXT_BYTES_MAX } from './limits.ts';
import { type PublicKeySizes, SLH_DSA_PUBLIC_KEY_SIZES } from './schemes.ts';
import { SettingsError } from './settings-error.ts';
import { checkTransport } from './transport.ts';

/** The names that a genesis may use, of this version of the software. */
export interface GenesisKnowledge {
  readonly publicKeySizes: PublicKeySizes;
  readonly protocols: FoundingProtocols;
  /** The version of every protocol. */
  readonly protocolVersion: number;
  readonly applications: FoundingApplications;
}

const OURS: GenesisKnowledge = {
  publicKeySizes: SLH_DSA_PUBLIC_KEY_SIZES,
  protocols: FOUNDING_PROTOCOLS,
  protocolVersion: PROTOCOL_VERSION,
  applications: FOUNDING_APPLICATIONS,
};

/**
 * Reads genesis.json. Strict: an unknown key is an error, because members that read a file differently would part at
 * the first block.
 *
 * @throws SettingsError GENESIS_INVALID, with the line, the path of the key, its fault, the value and the remedy.
 */
export function parseGenesis(text: string, knowledge: Partial<GenesisKnowledge> = {}): Genesis {
  try {
    return genesisIn(text, knowledge);
  } catch (error) {
    throw error instanceof SettingsError ? placedFault(error, text) : error;
  }
}

function genesisIn(text: string, knowledge: Partial<GenesisKnowledge>): Genesis {
  const known = { ...OURS, ...knowledge };
  if (Buffer.byteLength(text) > GENESIS_TEXT_BYTES_MAX) {
    throw invalidGenesis(`file is larger than ${GENESIS_TEXT_BYTES_MAX} bytes`);
  }
  const json = parseJson(text);
  checkNeeds(json);
  const named = protocolIn(json, known.protocols);
  const result = genesisSchemaOf(named).safeParse(json);
  if (!result.success) throw invalidGenesis(describe(result.error.issues));
  const genesis = genesisOf(result.data, named.terms.parameters);
  checkParameters(genesis, named.terms);
  checkTerms(result.data, known);
  checkMembers(genesis, known.publicKeySizes);
  checkTransport(genesis);
  return genesis;
}

/** A later version of this file may have sections that this software cannot read: then `needs` says which version can. */
function checkNeeds(json: unknown): void {
  const needs = keyOf(json, 'needs');
  if (needs === undefined) return;
  if (typeof needs !== 'string' || !isVersion(needs)) {
    throw invalidGenesis('needs: expected the version of btcfed that reads this file, such as "1.0.0"');
  }
  const fault = needsFault(needs);
  if (fault !== undefined) throw invalidGenesis(`needs: ${fault}`);
}

/** The protocol that a file names; when it is of none, the terms are those of the default, for the other faults in the file. */
function protocolIn(json: unknown, protocols: FoundingProtocols): SchemaTerms {
  const name = keyOf(json, 'protocol');
  const found = typeof name === 'string' ? protocols.get(name) : undefined;
  const protocol = found === undefined ? undefined : String(name);
  const terms = found ?? protocols.get(DEFAULT_PROTOCOL);
  assert(terms !== undefined, 'the default protocol is always known');
  return { terms, protocol, names: [...protocols.keys()] };
}

function keyOf(json: unknown, key: string): unknown {
  if (typeof json !== 'object' || json === null) return undefined;
  return Object.entries(json).find(([name]) => name === key)?.[1];
}

/** The numbers of the protocol, by the rule that a change of them keeps too. */
function checkParameters({ protocolParameters }: Genesis, { parameters }: FoundingTerms): void {
  const fault = parametersFault(parameters, protocolParameters);
  if (fault === undefined) return;
  const section = PLACED_PARAMETERS.includes(fault.name) ? 'parameters' : 'protocol_parameters';
  throw invalidGenesis(`${section}.${fault.name}: ${fault.problem}`);
}

/** The version of the protocol, and the application. */
function checkTerms(
  { protocol, protocol_version: version, application }: GenesisFile,
  { protocolVersion, applications }: GenesisKnowledge,
): void {
  if (version !== protocolVersion) {
    const ours = `this version of btcfed has version ${protocolVersion}`;
    throw invalidGenesis(`protocol_version: version ${version} of ${protocol}; ${ours}`);
  }
  const fault = application && applicationFault(application, applications);
  if (fault !== undefined) throw invalidGenesis(fault);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidGenesis(jsonFault(text, cause instanceof Error ? cause.message : ''), { cause });
  }
}

function describe(issues: readonly z.core.$ZodIssue[]): string {
  const [first] = issues;
  if (first === undefined) return 'invalid';
  const more =
    issues.length > 1 ? `; ${issues.length - 1} more ${issues.length === 2 ? 'fault' : 'faults'}` : '';
  return `${pathText(first.path)}${first.message}${more}`;
}

/** `members[2].weight: `, or nothing for the file as a whole. */
function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? '' : `${text.slice(1)}: `;
}
