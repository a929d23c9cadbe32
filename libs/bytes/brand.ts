declare const brand: unique symbol;

/** `Base` that cannot be mixed up with another `Base`: made by one checked constructor, read as it is. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
