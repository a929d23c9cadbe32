import { CONTROL_NAME_CHARACTERS_MAX, CONTROL_VALUE_BYTES_MAX } from './limits.ts';

/** A word of the operator to the protocol of its own member. It decides nothing that a rule of safety does not allow. */
export interface ControlWord {
  /** A name that the protocol knows: a-z, 0-9 and "-". */
  readonly name: string;
  /** Text, of a form that the protocol says for the name; empty where the name says all. */
  readonly value: string;
}

/** The fault of any word to a protocol that has stopped for good. */
export const CONTROL_TOO_LATE = 'control comes too late: the protocol has halted; start the member again';

const NAME = /^[a-z][a-z0-9-]*$/;

/** The fault of a word for a protocol that understands these names, with what to do about it; undefined of one that may be said. */
export function controlFault({ name, value }: ControlWord, known: readonly string[]): string | undefined {
  const isName = name.length <= CONTROL_NAME_CHARACTERS_MAX && NAME.test(name);
  if (!isName) {
    return `control name must be at most ${CONTROL_NAME_CHARACTERS_MAX} characters of a-z, 0-9 and "-", the first of them a letter`;
  }
  if (!known.includes(name))
    return `control "${name}" is unknown to the protocol, which has ${namesOf(known)}`;
  const bytes = Buffer.byteLength(value);
  if (bytes <= CONTROL_VALUE_BYTES_MAX) return undefined;
  return `value of control "${name}" has ${bytes} bytes: shorten it to ${CONTROL_VALUE_BYTES_MAX}`;
}

function namesOf(known: readonly string[]): string {
  return known.length === 0 ? 'none' : known.join(', ');
}
