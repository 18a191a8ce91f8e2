/** Runs a change when every earlier one of the same thing is over. */
export type InTurn = <Outcome>(thing: string, change: () => Promise<Outcome>) => Promise<Outcome>;

/** Changes that read what they replace must not overlap: the later would undo the earlier. */
export function createPerKeyQueue(): InTurn {
  const latest = new Map<string, Promise<unknown>>();
  return (thing, change) => {
    const turn = (latest.get(thing) ?? Promise.resolve()).then(change);
    const over = turn
      .catch(() => {})
      .then(() => {
        if (latest.get(thing) === over) latest.delete(thing);
      });
    latest.set(thing, over);
    return turn;
  };
}
