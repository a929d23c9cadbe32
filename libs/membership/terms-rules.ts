import { needsFault, SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import {
  type FoundingProtocols,
  type FoundingTerms,
  type ParameterValues,
  type ProtocolTerms,
  parametersFault,
} from '#libs/protocol/parameters.ts';
import { MEMBERS_MIN } from './limits.ts';
import type { NewTerms, OtherSection } from './new-terms.ts';
import { applicationFrom, schemeFrom, TERMS_SECTIONS } from './term-sections.ts';

/** The least version of btcfed that reads the sections `protocol` and `parameters` of a change. */
export const TERMS_NEED = '0.2.0';

/** The version of every protocol that this software has. */
export const PROTOCOL_VERSION = 1;

/** The fewest members that a protocol runs with. Fewer than four bear none that fails. */
export function membersLeast({ runsWithoutFaults }: Pick<FoundingTerms, 'runsWithoutFaults'>): number {
  return runsWithoutFaults ? 1 : MEMBERS_MIN;
}

/** The terms in force after new ones, which are judged: each section replaces what it names. */
export function termsAfter(terms: ProtocolTerms, named: NewTerms | undefined): ProtocolTerms {
  return {
    protocol: named?.protocol?.id ?? terms.protocol,
    parameters: named?.parameters ?? terms.parameters,
  };
}

/** Whether both are the same protocol with the same numbers. */
export function areSameTerms(one: ProtocolTerms, other: ProtocolTerms): boolean {
  return one.protocol === other.protocol && areSameValues(one.parameters, other.parameters);
}

/** The fault of terms that should replace those in force, with what to do about it; or undefined. */
export function termsFault(
  terms: ProtocolTerms,
  named: NewTerms,
  protocols: FoundingProtocols,
): string | undefined {
  return (
    sectionsFault(named) ?? protocolFault(terms, named, protocols) ?? numbersFault(terms, named, protocols)
  );
}

/** The fault of sections that this version cannot follow: a member that meets them in a certified block ends with this sentence. */
export function sectionsFault({ needs, others }: NewTerms): string | undefined {
  const [first] = others;
  const newer = needsFault(needs);
  if (newer !== undefined) return `a change of the terms: ${newer}`;
  if (first === undefined) return undefined;
  return `a change of the terms with ${sectionWords(first)}, for which btcfed ${SOFTWARE_VERSION} has no rule: leave the section out, or install a version that has one`;
}

/** A section that this version does not follow, for people: with what it names, where that can be read. */
export function sectionWords({ tag, content }: OtherSection): string {
  if (tag === TERMS_SECTIONS.scheme) {
    const scheme = schemeFrom(content);
    return scheme === undefined ? `section ${tag} (scheme)` : `section ${tag} (scheme ${quoted(scheme)})`;
  }
  if (tag !== TERMS_SECTIONS.application) return `section ${tag}`;
  const named = applicationFrom(content);
  if (named === undefined) return `section ${tag} (application)`;
  return `section ${tag} (application ${quoted(named.id)}, version ${named.version})`;
}

/** A name that another member chose: nothing in it moves the cursor. */
function quoted(name: string): string {
  return JSON.stringify(name.replace(/[^\x20-\x7e]/g, '?'));
}

function protocolFault(
  terms: ProtocolTerms,
  { protocol, parameters }: NewTerms,
  protocols: FoundingProtocols,
): string | undefined {
  if (protocol === undefined) return undefined;
  const { id, version } = protocol;
  if (!protocols.has(id)) {
    const known = [...protocols.keys()].join(', ');
    return `a change to an unknown protocol ${JSON.stringify(id)}; this version has ${known}`;
  }
  if (version !== PROTOCOL_VERSION)
    return `a change to version ${version} of ${id}; this version has version ${PROTOCOL_VERSION}`;
  if (id === terms.protocol || parameters !== undefined) return undefined;
  return `a change to ${id} without its parameters: name all of them`;
}

function numbersFault(
  terms: ProtocolTerms,
  named: NewTerms,
  protocols: FoundingProtocols,
): string | undefined {
  if (named.parameters === undefined) return undefined;
  const { protocol, parameters } = termsAfter(terms, named);
  const founding = protocols.get(protocol);
  if (founding === undefined)
    return `a change of the numbers of ${protocol}, which this version does not have`;
  const fault = parametersFault(founding.parameters, parameters);
  return fault && `a change of parameters.${fault.name}: ${fault.problem}`;
}

function areSameValues(one: ParameterValues, other: ParameterValues): boolean {
  const [ours, theirs] = [one, other].map((values) => Object.entries(values).sort());
  return JSON.stringify(ours) === JSON.stringify(theirs);
}
