type Asynchronous = { [name: string]: (...args: never[]) => Promise<unknown> };

/**
 * An object whose methods are all asynchronous, made when one of them is first called. For parts that a start does not
 * need: what they import is loaded with them.
 */
export function lazyObject<T extends { [Name in keyof T]: (...args: never[]) => Promise<unknown> }>(
  make: () => Promise<T>,
): T & { made(): Promise<T> | undefined } {
  let made: Promise<T> | undefined;
  const target = { made: () => made };
  return new Proxy(target, {
    get(_, name) {
      if (name === 'made') return target.made;
      // Not a promise itself, whoever awaits it.
      if (name === 'then' || typeof name === 'symbol') return undefined;
      return async (...args: never[]) => {
        made ??= make();
        const method = ((await made) as Asynchronous)[name] as Asynchronous[string];
        return method(...args);
      };
    },
  }) as T & { made(): Promise<T> | undefined };
}

/** Makes it when it is first asked for, and once. For schemas that a start seldom needs: making one takes a while. */
export function lazy<T>(make: () => T): (() => T) & { made(): boolean } {
  let made: { value: T } | undefined;
  const get = () => {
    made ??= { value: make() };
    return made.value;
  };
  return Object.assign(get, { made: () => made !== undefined });
}
