import { needsFault } from '#libs/chain/software-version.ts';
import type { NewTerms } from '#libs/membership/new-terms.ts';
import type { FoundingProtocols, ProtocolTerms } from '#libs/protocol/parameters.ts';

/**
 * The terms after those that a change names, or undefined for a change that may not be: by the words of proto/FORMATS.md, 8, and
 * without the rules under test.
 */
export function termsByWords(
  now: ProtocolTerms,
  named: NewTerms | undefined,
  protocols: FoundingProtocols,
): ProtocolTerms | undefined {
  if (named === undefined) return now;
  const { needs, protocol = { id: now.protocol, version: 1 }, parameters, others } = named;
  if (others.length > 0 || needsFault(needs) !== undefined || protocol.version !== 1) return undefined;
  const founding = protocols.get(protocol.id)?.parameters;
  if (founding === undefined) return undefined;
  if (parameters === undefined) return protocol.id === now.protocol ? now : undefined;
  // A number that is said by a word stands there only where it is not 0.
  const bounds = Object.entries(founding.bounds).filter(
    ([name, { words }]) => words === undefined || name in parameters,
  );
  const wanted = bounds.map(([name]) => name);
  const isWhole = Object.keys(parameters).toSorted().join() === wanted.toSorted().join();
  const isBounded = bounds.every(([name, { min, max, words }]) => {
    const value = parameters[name] ?? Number.NaN;
    return value >= (words === undefined ? min : 1) && value <= max;
  });
  if (!isWhole || !isBounded || founding.fault(parameters) !== undefined) return undefined;
  return { protocol: protocol.id, parameters };
}

/** Terms in one text, the same for the same terms. */
export function termsText({ protocol, parameters }: ProtocolTerms): string {
  const numbers = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return [protocol, ...numbers.toSorted()].join(' ');
}

/** New terms that this version can run, in one text; empty for none. */
export function namedText(named: NewTerms | undefined): string {
  if (named === undefined) return '';
  const { needs, protocol, parameters = {} } = named;
  const numbers = termsText({ protocol: `${protocol?.id} ${protocol?.version}`, parameters });
  return `${needs} ${numbers} ${named.parameters === undefined}`;
}
