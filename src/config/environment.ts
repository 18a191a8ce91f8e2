/** What clients hand on as it is where their user left a field empty: `${user_config.token}`, `${input:token}`. */
const unreplaced = /^\$\{(?:user_config\.|env:|input:)[^}]*\}$/;

/** Whether somebody has set it: neither empty nor a place that a client should have put something in. */
const isSet = (value: unknown): boolean =>
  value !== undefined && value !== '' && !(typeof value === 'string' && unreplaced.test(value));

/** The same without what is not set. */
export const whatIsSet = <Values extends object>(values: Values): Values =>
  Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, Array.isArray(value) ? value.filter(isSet) : value])
      .filter(([, value]) => isSet(value)),
  ) as Values;
