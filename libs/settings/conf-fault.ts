import type { YamlPlace } from './yaml-place.ts';

/** A value of conf.yaml that a rule refuses. */
export interface ConfFault {
  /** Path of the key, such as `network.addresses[1]`. */
  readonly key: string;
  /** The words of test/requirements/texts.md 2.2. */
  readonly text: string;
  /** The way to write it, where the text does not say so. */
  readonly cure?: string;
  /** The value may be a secret, or the text repeats it already. */
  readonly isHidden?: true;
}

/** Where the fault is, what stands there and what to write: `line 30: it is "loud"; write one of …`. */
export function circumstances({ cure, isHidden }: ConfFault, { line, value }: YamlPlace): string {
  const shown = isHidden === true ? undefined : `it is ${value}`;
  const fact = value === undefined ? 'it is missing' : shown;
  const told = [fact, cure].filter((part) => part !== undefined).join('; ');
  return [line === 0 ? undefined : `line ${line}`, told]
    .filter((part) => part !== undefined && part !== '')
    .join(': ');
}

/** The same fault in plain words: line, key, value and cure. */
export function plainFault(fault: ConfFault, place: YamlPlace): string {
  const { line, value } = place;
  const key = fault.text.includes(fault.key) ? '' : `${fault.key}: `;
  const rest = circumstances(fault, { line: 0, value });
  return `${line === 0 ? '' : `line ${line}: `}${key}${fault.text}${rest === '' ? '' : `; ${rest}`}`;
}
