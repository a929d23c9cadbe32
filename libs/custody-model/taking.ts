/**
 * Takes one state after the other from those that are open, also while more are put in: deep first, for a fork is many
 * signatures away and few ways lead to none; or in the order of signatures, where a fork is found with as few as it takes,
 * and late.
 */
export function taking<T>(open: T[], isShortest = false): () => T | undefined {
  let taken = 0;
  return isShortest ? () => open[taken++] : () => open.pop();
}
