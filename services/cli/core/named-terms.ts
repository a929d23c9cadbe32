import type { NewTerms } from '#libs/membership/new-terms.ts';
import { PROTOCOL_VERSION, sectionWords, TERMS_NEED, termsFault } from '#libs/membership/terms-rules.ts';
import { parameterFrom, saidParameters, toldParameters } from '#libs/protocol/parameter-words.ts';
import type { FoundingProtocols, ProtocolParameters, ProtocolTerms } from '#libs/protocol/parameters.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';

/** The terms that an operator asks for, of the options of a command. */
export interface WantedTerms {
  /** Left out: the protocol of the epoch. */
  readonly protocol?: string;
  readonly parameters: readonly (readonly [name: string, text: string])[];
}

/**
 * The terms that a change names, complete: numbers that the operator did not name stay as they are. Those of another protocol must
 * all be named, but for those with words. Undefined when nothing is asked for.
 *
 * @param inForce - Undefined when the member does not tell them.
 * @throws CliError `CLI_INVALID_INPUT`, with the number, its bounds and their reason.
 */
export function namedTerms(
  { protocol, parameters }: WantedTerms,
  inForce: ProtocolTerms | undefined,
  protocols: FoundingProtocols,
): NewTerms | undefined {
  if (protocol === undefined && parameters.length === 0) return undefined;
  if (inForce === undefined)
    throw invalidInput(
      'this member does not tell the terms in force: its btcfed is too old for a change of them',
    );
  const names = parameters.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw invalidInput(`--parameter ${twice} is given twice: give it once`);
  const isOther = protocol !== undefined && protocol !== inForce.protocol;
  const bounds = protocols.get(protocol ?? inForce.protocol)?.parameters.bounds ?? {};
  const wanted = parameters.map(([name, text]) => [name, numberOf(bounds, name, text)] as const);
  const all = { ...(isOther ? {} : inForce.parameters), ...Object.fromEntries(wanted) };
  const named: NewTerms = {
    needs: TERMS_NEED,
    ...(isOther && { protocol: { id: protocol, version: PROTOCOL_VERSION } }),
    parameters: saidParameters(bounds, all),
    others: [],
  };
  const fault = termsFault(inForce, named, protocols);
  if (fault !== undefined) throw invalidInput(fault);
  return named;
}

/** A name that the protocol lacks is told with the names that it has, by the rule of all terms. */
function numberOf(bounds: ProtocolParameters['bounds'], name: string, text: string): number {
  const read = parameterFrom(Object.hasOwn(bounds, name) ? bounds[name] : undefined, text);
  if ('value' in read) return read.value;
  throw invalidInput(`--parameter ${name}: ${read.problem}`);
}

/** The terms that a change names, against those in force, in words: one line each, none for a number that stays. */
export function termsWords(
  { protocol, parameters, others }: NewTerms,
  inForce: ProtocolTerms | undefined,
): readonly string[] {
  const bounds = FOUNDING_PROTOCOLS.get(protocol?.id ?? inForce?.protocol ?? '')?.parameters.bounds;
  const now = new Map(
    inForce === undefined ? [] : Object.entries(toldParameters(bounds, inForce.parameters)),
  );
  const next = parameters === undefined ? {} : toldParameters(bounds, parameters);
  const numbers = Object.entries(next).filter(([name, value]) => now.get(name) !== value);
  return [
    ...(protocol === undefined ? [] : [`protocol: ${inForce?.protocol ?? 'not told'} -> ${protocol.id}`]),
    ...numbers.map(([name, value]) => `${name}: ${now.get(name) ?? 'not told'} -> ${value}`),
    ...others.map((other) => `${sectionWords(other)}, which this version of btcfed cannot follow`),
  ];
}
