/** The CometBFT that is measured. `sum` is that of go.sum: other code under the same name is refused. */
export const COMETBFT = {
  path: 'github.com/cometbft/cometbft',
  command: 'github.com/cometbft/cometbft/cmd/cometbft',
  version: 'v0.38.26',
  sum: 'h1:MIPYgOSvyyiN1jo3SZljKy4ZXqs896aQnj3pQFfUmaE=',
} as const;

/** The fault of a program, by the words of `go version -m` about it; undefined: it is built from the pinned module. */
export function moduleFault(words: string): string | undefined {
  const [, path, version, sum] = /^\tmod\t(\S+)\t(\S+)\t(\S+)$/m.exec(words) ?? [];
  const { path: ours, version: wanted, sum: wantedSum } = COMETBFT;
  if (path === undefined) return 'it does not say from which module it is built';
  if (path !== ours || version !== wanted)
    return `it is built from ${path} ${version}, not ${ours} ${wanted}`;
  if (/^\t=>\t/m.test(words)) return `a module in it is replaced by another one`;
  return sum === wantedSum ? undefined : `its source has the sum ${sum}, not ${wantedSum}`;
}
