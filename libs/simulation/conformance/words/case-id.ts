/** The cases of the kit, in the order in which they are told. */
export const CASE_IDS = [
  ...(['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7'] as const),
  ...(['C8', 'C9', 'C10', 'C11', 'C12', 'C13', 'C14'] as const),
  ...(['C15', 'C16', 'C17', 'C18', 'C19', 'C20', 'C21'] as const),
] as const;

export type CaseId = (typeof CASE_IDS)[number];

/** The subject of each case, as README.md beside this file tells in full. */
export const CASE_TITLES: Readonly<Record<CaseId, string>> = {
  C1: 'the table of votes is one that a key can go by',
  C2: 'signed bytes are those of the vectors, and no two statements share them',
  C3: 'the signer alone keeps every promise against hostile hosts',
  C4: 'the core never asks its own signer for what that refuses',
  C5: 'random faults and lies fork nothing and stop nothing for good',
  C6: 'twins fork nothing',
  C7: 'no crash at any effect breaks a promise',
  C8: 'with f members gone for good the others go on',
  C9: 'whatever may be decided stays the only choice',
  C10: 'weights count, not heads',
  C11: 'who contradicts itself is named, and no honest member ever',
  C12: 'members change, one by one and all at once',
  C13: 'the chain goes over to every other protocol and back',
  C14: 'who was away catches up',
  C15: 'no bytes make a member throw',
  C16: 'memory stays within its bounds, and is freed',
  C17: 'every rule that is taken out is noticed',
  C18: 'real processes agree through crashes and partitions',
  C19: 'a step is a function: the same twice, and nothing else is touched',
  C20: 'a decision costs what the formula says',
  C21: 'the same transactions make the same ledger in every protocol',
};

/** The case that a text names, whatever its letters' size; undefined of no case. */
export function caseNamed(text: string): CaseId | undefined {
  return CASE_IDS.find((id) => id === text.toUpperCase());
}
