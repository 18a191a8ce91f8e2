/** Calls written down to be made again, one after the other. */
export interface Chain {
  /** Version of the form. */
  chain: 1;
  /** `^[a-z0-9-]{1,60}$`; the name of its file and of its prompt. */
  name: string;
  title: string;
  description?: string | undefined;
  parameters?: Readonly<Record<string, ChainParameter>> | undefined;
  steps: readonly ChainStep[];
}

export interface ChainParameter {
  description?: string | undefined;
  /** Absent: it has to be given. */
  default?: string | number | boolean | undefined;
}

export interface ChainStep {
  /** What later steps refer to it by. */
  name: string;
  /** Name of a tool or an operation. */
  operation: string;
  /**
   * `$since` is a parameter, `${since}` one within a text; `$steps.list.result` the handle that a step made,
   * `$steps.list.rows[*].id` a column of its rows, `$steps.table.id` a field of what it answered.
   */
  arguments?: Readonly<Record<string, unknown>> | undefined;
}
