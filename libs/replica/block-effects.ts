import type { Effect, Input } from '#libs/protocol/module.ts';
import type { BlockPort } from './ports.ts';

type BlockEffect = Extract<Effect<never, never>, { readonly kind: 'build' | 'check' | 'fetch' }>;
type BlockInput = Extract<Input<never>, { readonly kind: 'built' | 'checked' }>;

/** Asks for a block, made, judged or fetched; the answer comes back as an input, at once or later, or never. */
export function askForBlock(
  effect: BlockEffect,
  blocks: BlockPort,
  answer: (input: BlockInput) => void,
): void {
  switch (effect.kind) {
    case 'build': {
      const { position, draft } = effect;
      return blocks.build(position, draft, (block) => answer({ kind: 'built', position, block }));
    }
    case 'check': {
      const { digest, header } = effect.block;
      const { height } = header;
      return blocks.check(effect.block, effect.from, (ok) => answer({ kind: 'checked', digest, height, ok }));
    }
    case 'fetch': {
      const { digest } = effect.certificate;
      return blocks.fetch(effect.certificate, effect.from, (ok, height, block) =>
        answer({ kind: 'checked', digest, height, ok, ...(block === undefined ? {} : { block }) }),
      );
    }
  }
}
